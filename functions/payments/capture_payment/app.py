"""POST .../payments/{payment_id}/capture: captures authorized money (TH-6)."""

from tillgate.api.http.endpoint import endpoint
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.calls import on_payment
from tillgate.api.payments.models import Capture
from tillgate.runtime.aws import make_at_init
from tillgate.use_cases.payments.capture_payment import capture_payment

make_at_init("dynamodb", "secretsmanager")


@endpoint
def handler(request: Request) -> Response:
    return on_payment(
        request,
        Capture,
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
