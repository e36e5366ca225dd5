"""POST .../payments/{payment_id}/refund: gives captured money back (TH-8)."""

from tillgate.api import models
from tillgate.api.calls import on_payment
from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.use_cases.refund_payment import refund_payment


@endpoint
def handler(request: Request) -> Response:
    return on_payment(
        request,
        models.Refund,
        lambda merchant_id, order_key, payment_id, body, guard: refund_payment(
            request.system,
            merchant_id,
            order_key,
            payment_id,
            amount=body.amount,
            reason=body.reason,
            guard=guard,
        ),
    )
