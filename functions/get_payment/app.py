"""GET /orders/{order_key}/payments/{payment_id} and GET /payments/{payment_id}: one payment (EV-2, RG-13)."""

from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.api.views import payment_view
from tillgate.domain.commands import find, order_key_of
from tillgate.use_cases.changes import load


@endpoint
def handler(request: Request) -> Response:
    merchant = request.merchant("orders:read")
    payment_id = request.path["payment_id"]
    order_key = request.path.get("order_key") or order_key_of(payment_id)
    order = load(request.system, order_key, merchant.merchant_id)
    return Response(200, payment_view(order, find(order, payment_id)), xml_root="payment")
