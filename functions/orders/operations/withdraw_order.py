"""POST /orders/{order_key}/withdraw: ends an order that nobody has begun to pay (EV-5)."""

from tillgate.api.http.fields import Nothing
from tillgate.api.http.request import Request, Response
from tillgate.api.orders.calls import on_order
from tillgate.use_cases.orders.end_order import withdraw_order


def answer(request: Request) -> Response:
    return on_order(
        request,
        Nothing,
        lambda merchant_id, order_key, _, guard: withdraw_order(request.system, merchant_id, order_key, guard=guard),
    )
