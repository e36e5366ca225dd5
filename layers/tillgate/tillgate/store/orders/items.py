"""Reads items of the orders table: an order, and a change in its history."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor
from tillgate.store.orders.mapping import events_from, order_from_json
from tillgate.store.shared.keys import aggregate_key
from tillgate.store.shared.packing import text_of

if TYPE_CHECKING:
    from tillgate.domain.orders.events import Event


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of an order's history: events that were saved together, their actor and cause.

    `answers` is the mark of the idempotency key whose call is answered with the order as this change left it.
    """

    version: int
    at: datetime
    actor: Actor
    cause: str
    events: "list[Event]"
    answers: str | None = None


def key_of(item: dict[str, Any]) -> str:
    return aggregate_key(item["pk"]["S"], item["sk"]["S"])


def read_order(item: dict[str, Any]) -> Order:
    """The order in an item."""
    order = replace(read_as_written(item), waiting=tuple(read_waiting(item)))
    if order.kind == "technical":
        from tillgate.store.orders import vendor_sums

        order = vendor_sums.with_allotments(order, item)
    return replace(order, customer=json.loads(item["customer"]["S"])) if "customer" in item else order


def read_as_written(item: dict[str, Any]) -> Order:
    """Only the order's JSON, without the other attributes."""
    return order_from_json(text_of(item, "order"))


def read_waiting(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The changes that an order's own item holds until the next one that is announced: oldest first, as written."""
    found: list[dict[str, Any]] = json.loads(text_of(item, "waiting")) if "waiting" in item else []
    return found


def read_changes(item: dict[str, Any]) -> Iterator[Change]:
    """The changes in an item of the history: those that had waited, then its own."""
    yield from changes_of(json.loads(text_of(item, "earlier")) if "earlier" in item else [])
    yield Change(
        version=int(item["sk"]["S"].rpartition("#")[2]),
        at=datetime.fromisoformat(item["at"]["S"]),
        actor=Actor(item["actor"]["S"]),
        cause=item["cause"]["S"],
        events=events_from(json.loads(text_of(item, "events"))),
        answers=item["answers"]["S"] if "answers" in item else None,
    )


def changes_of(waiting: Iterable[dict[str, Any]]) -> Iterator[Change]:
    for each in waiting:
        yield Change(
            version=each["version"],
            at=datetime.fromisoformat(each["at"]),
            actor=Actor(each["actor"]),
            cause=each["cause"],
            events=events_from(each["events"]),
            answers=each.get("answers"),
        )
