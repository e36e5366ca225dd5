"""POST .../payments/{payment_id}/sync: asks the PSP now (IS-14)."""

from tillgate.api import models
from tillgate.api.calls import on_payment
from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.use_cases.ask_psp import sync_payment


@endpoint
def handler(request: Request) -> Response:
    return on_payment(
        request,
        models.Nothing,
        lambda merchant_id, order_key, payment_id, _, guard: sync_payment(
            request.system, merchant_id, order_key, payment_id, guard=guard
        ),
    )
