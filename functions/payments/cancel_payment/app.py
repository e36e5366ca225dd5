"""POST .../payments/{payment_id}/cancel: cancels an authorization, in full or in part (TH-7)."""

from tillgate.api.http.endpoint import endpoint
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.calls import on_payment
from tillgate.api.payments.models import Cancel
from tillgate.runtime.aws import make_at_init
from tillgate.use_cases.payments.cancel_payment import cancel_payment

make_at_init("dynamodb", "secretsmanager")


@endpoint
def handler(request: Request) -> Response:
    return on_payment(
        request,
        Cancel,
        lambda merchant_id, order_key, payment_id, body, guard: cancel_payment(
            request.system, merchant_id, order_key, payment_id, amount=body.amount, guard=guard
        ),
    )
