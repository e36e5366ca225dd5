"""GET /orders/{order_key}/history: all events of an order, oldest first (IS-15), and why it has its status (ONE-4)."""

from itertools import islice

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import position_of
from tillgate.api.http.fields import Continue
from tillgate.api.http.pages import page
from tillgate.api.http.request import Request, Response
from tillgate.api.orders.history_view import history_view
from tillgate.domain.orders.evolve import replay
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.orders.why import why
from tillgate.domain.shared.refusals import NotFound
from tillgate.store.shared.due_index import instant


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    changes = list(request.system.orders.history(request.path["order_key"]))
    first = changes[0].events[0] if changes else None
    if not isinstance(first, OrderCreated) or first.merchant_id != merchant.merchant_id:
        raise NotFound("this order does not exist")
    order = replay(event for change in changes for event in change.events)
    entries = (
        (entry, f"{instant(order.created_at)}#{number}") for number, entry in enumerate(history_view(changes), 1)
    )
    body = page(islice(entries, _shown_before(request), None), dict) | {"why": why(order)}
    return Response(200, body, xml_root="history")


def _shown_before(request: Request) -> int:
    """How many entries earlier pages had; history only grows."""
    number = (position_of(request.read_query(Continue).cursor) or "").partition("#")[2]
    return int(number) if number.isdecimal() else 0
