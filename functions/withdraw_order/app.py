"""POST /orders/{order_key}/withdraw: ends an order nobody has begun to pay (EV-5)."""

from tillgate.api import models
from tillgate.api.calls import on_order
from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.use_cases.end_order import withdraw_order


@endpoint
def handler(request: Request) -> Response:
    return on_order(
        request,
        models.Nothing,
        lambda merchant_id, order_key, _, guard: withdraw_order(request.system, merchant_id, order_key, guard=guard),
    )
