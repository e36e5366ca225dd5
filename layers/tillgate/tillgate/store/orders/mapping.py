"""Orders and events as JSON, both ways. Defaults are left out: bytes are write units."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order

_ORDER = TypeAdapter(Order)
_EVENTS: TypeAdapter[list[Event]] = TypeAdapter(list[Annotated[Event, Field(discriminator="type")]])


def order_to_json(order: Order) -> str:
    return _ORDER.dump_json(order, exclude_defaults=True).decode()


def order_from_json(text: str) -> Order:
    return _ORDER.validate_json(text)


def events_to_json(events: list[Event]) -> str:
    return _EVENTS.dump_json(events, exclude_none=True).decode()


def events_from_json(text: str) -> list[Event]:
    return _EVENTS.validate_json(text)
