"""POST .../payments/{payment_id}/capture: takes held money (TH-6)."""

from tillgate.api import models
from tillgate.api.calls import on_payment
from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.use_cases.capture_payment import capture_payment


@endpoint
def handler(request: Request) -> Response:
    return on_payment(
        request,
        models.Capture,
        lambda merchant_id, order_key, payment_id, body, guard: capture_payment(
            request.system,
            merchant_id,
            order_key,
            payment_id,
            amount=body.amount,
            final=body.final,
            fee=body.fee,
            guard=guard,
        ),
    )
