"""POST .../payments/{payment_id}/sync: queries the PSP now (IS-14)."""

from tillgate.api.http.fields import Nothing
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.calls import on_payment
from tillgate.use_cases.payments.sync_payment import sync_payment


def answer(request: Request) -> Response:
    return on_payment(
        request,
        Nothing,
        lambda merchant_id, order_key, payment_id, _, guard: sync_payment(
            request.system, merchant_id, order_key, payment_id, guard=guard
        ),
    )
