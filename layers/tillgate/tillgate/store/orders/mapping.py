"""Converts orders and events to and from JSON. Defaults are omitted, as bytes cost write units."""

from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from tillgate.domain.orders.order import Order
from tillgate.store.shared.documents import from_json, from_plain, leave_defaults, leave_none, to_json

if TYPE_CHECKING:
    from tillgate.domain.orders.events import Event


def order_to_json(order: Order) -> str:
    return to_json(order, leave_defaults)


def order_from_json(text: str) -> Order:
    return from_json(Order, text)


def events_to_json(events: "list[Event]") -> str:
    return to_json(events, leave_none)


def events_from(documents: list[dict[str, Any]]) -> "list[Event]":
    """Raises ValueError for an unknown event."""
    return [from_plain(_event_type(each["type"]), each) for each in documents]


@cache
def _event_type(name: str) -> Any:
    from tillgate.domain.orders.events import Event  # reading an order needs no events

    for kind in get_args(Event):
        if kind.__dataclass_fields__["type"].default == name:
            return kind
    raise ValueError(f"there is no event {name}")
