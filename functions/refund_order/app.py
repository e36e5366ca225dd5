"""POST /orders/{order_key}/refund: refunds over the order's payments, the last captured first (EV-12)."""

from tillgate.api import models
from tillgate.api.calls import on_order
from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.use_cases.refund_order import refund_order


@endpoint
def handler(request: Request) -> Response:
    return on_order(
        request,
        models.Refund,
        lambda merchant_id, order_key, body, guard: refund_order(
            request.system, merchant_id, order_key, amount=body.amount, reason=body.reason, guard=guard
        ),
    )
