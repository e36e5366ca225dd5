"""POST .../payments/{payment_id}/withdraw: ends a payment that nobody took up (EV-5)."""

from tillgate.api import models
from tillgate.api.calls import on_payment
from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.use_cases.withdraw_payment import withdraw_payment


@endpoint
def handler(request: Request) -> Response:
    return on_payment(
        request,
        models.Nothing,
        lambda merchant_id, order_key, payment_id, _, guard: withdraw_payment(
            request.system, merchant_id, order_key, payment_id, guard=guard
        ),
    )
