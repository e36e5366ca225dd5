"""POST /orders/{order_key}/cancel: cancels what is authorized and refunds what was captured; 202 while that runs."""

from tillgate.api.http.fields import Nothing
from tillgate.api.http.request import Request, Response
from tillgate.api.orders.calls import on_order
from tillgate.use_cases.orders.end_order import cancel_order


def answer(request: Request) -> Response:
    return on_order(
        request,
        Nothing,
        lambda merchant_id, order_key, _, guard: cancel_order(request.system, merchant_id, order_key, guard=guard),
        status=lambda order: 200 if order.ended else 202,
    )
