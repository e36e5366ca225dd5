"""POST .../payments/{payment_id}/sync: asks the PSP now (IS-14). It can be said again at will, so it needs no key."""

from tillgate.api import models
from tillgate.api.calls import place_of_payment
from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.api.views import payment_view
from tillgate.domain.commands import find
from tillgate.use_cases.ask_psp import sync_payment


@endpoint
def handler(request: Request) -> Response:
    merchant = request.merchant("orders:write")
    request.read(models.Nothing)
    key, payment_id = place_of_payment(request)
    order = sync_payment(request.system, merchant.merchant_id, key, payment_id)
    return Response(200, payment_view(order, find(order, payment_id)), xml_root="payment")
