"""Reads items of the orders table: an order, and a change in its history."""

import json
import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor
from tillgate.store.orders.mapping import events_from_json, order_from_json
from tillgate.store.shared.keys import aggregate_key

if TYPE_CHECKING:
    from tillgate.domain.orders.events import Event


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of an order's history: events that were saved together, their actor and cause."""

    version: int
    at: datetime
    actor: Actor
    cause: str
    events: "list[Event]"


def key_of(item: dict[str, Any]) -> str:
    return aggregate_key(item["pk"]["S"], item["sk"]["S"])


def read_order(item: dict[str, Any]) -> Order:
    """The order in an item."""
    order = read_as_written(item)
    if order.kind == "technical":
        from tillgate.store.orders import vendor_sums

        order = vendor_sums.with_allotments(order, item)
    return replace(order, customer=json.loads(item["customer"]["S"])) if "customer" in item else order


def read_as_written(item: dict[str, Any]) -> Order:
    """Only the order's JSON, without the other attributes."""
    return order_from_json(_unpacked(item["order"]))


def _unpacked(document: dict[str, Any]) -> str:
    """The JSON of a large order is stored compressed."""
    return zlib.decompress(document["B"]).decode() if "B" in document else str(document["S"])


def read_change(item: dict[str, Any]) -> Change:
    return Change(
        version=int(item["sk"]["S"].rpartition("#")[2]),
        at=datetime.fromisoformat(item["at"]["S"]),
        actor=Actor(item["actor"]["S"]),
        cause=item["cause"]["S"],
        events=events_from_json(item["events"]["S"]),
    )
