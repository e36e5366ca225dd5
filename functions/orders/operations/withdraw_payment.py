"""POST .../payments/{payment_id}/withdraw: ends a payment that no shopper has taken up (EV-5)."""

from tillgate.api.http.fields import Nothing
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.calls import on_payment
from tillgate.use_cases.payments.withdraw_payment import withdraw_payment


def answer(request: Request) -> Response:
    return on_payment(
        request,
        Nothing,
        lambda merchant_id, order_key, payment_id, _, guard: withdraw_payment(
            request.system, merchant_id, order_key, payment_id, guard=guard
        ),
    )
