"""GET /orders/{order_key}/history: all events of an order, oldest first (IS-15), and why it has its status (ONE-4)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.orders.history_view import history_view
from tillgate.domain.orders.evolve import replay
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.orders.why import why
from tillgate.domain.shared.refusals import NotFound


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    changes = list(request.system.orders.history(request.path["order_key"]))
    first = changes[0].events[0] if changes else None
    if not isinstance(first, OrderCreated) or first.merchant_id != merchant.merchant_id:
        raise NotFound("this order does not exist")
    order = replay(event for change in changes for event in change.events)
    body = {"items": history_view(changes), "why": why(order), "next_cursor": None}
    return Response(200, body, xml_root="history")
