"""GET /orders/{order_key}/history: every event of an order, oldest first (IS-15)."""

from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.api.views import history_view
from tillgate.domain.errors import NotFound
from tillgate.domain.events import OrderCreated


@endpoint
def handler(request: Request) -> Response:
    merchant = request.merchant("orders:read")
    changes = list(request.system.orders.history(request.path["order_key"]))
    first = changes[0].events[0] if changes else None
    if not isinstance(first, OrderCreated) or first.merchant_id != merchant.merchant_id:
        raise NotFound("there is no such order")
    return Response(200, {"items": history_view(changes), "next_cursor": None}, xml_root="history")
