"""POST .../payments/{payment_id}/refund: refunds captured money (TH-8)."""

from tillgate.api.http.endpoint import endpoint
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.calls import on_payment
from tillgate.api.payments.models import Refund
from tillgate.runtime.aws import make_at_init
from tillgate.use_cases.payments.refund_payment import refund_payment

make_at_init("dynamodb", "secretsmanager")


@endpoint
def handler(request: Request) -> Response:
    return on_payment(
        request,
        Refund,
        lambda merchant_id, order_key, payment_id, body, guard: refund_payment(
            request.system,
            merchant_id,
            order_key,
            payment_id,
            amount=body.amount,
            reason=body.reason,
            refund_reason=body.reason_code,
            guard=guard,
        ),
    )
