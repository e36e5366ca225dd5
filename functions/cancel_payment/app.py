"""POST .../payments/{payment_id}/cancel: releases held money (TH-7)."""

from tillgate.api import models
from tillgate.api.calls import on_payment
from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.use_cases.cancel_payment import cancel_payment


@endpoint
def handler(request: Request) -> Response:
    return on_payment(
        request,
        models.Cancel,
        lambda merchant_id, order_key, payment_id, body, guard: cancel_payment(
            request.system, merchant_id, order_key, payment_id, amount=body.amount, guard=guard
        ),
    )
