"""Changes that have not been announced to their merchant yet: their items `CHANGE#n` are in index `due`.

A change enters the outbox in its own transaction and leaves it when every receiver has its delivery record. So nothing
depends on a stream record, a message or a function that can fail: the sweep finds what is left (ADR 59).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tillgate.domain.notifications.event_types import happened
from tillgate.domain.orders.order import Order
from tillgate.store.shared import psp_references, shards
from tillgate.store.shared.conditions import succeeds, write
from tillgate.store.shared.due_index import PUT_OFF_SINCE, instant
from tillgate.store.shared.keys import history_prefix
from tillgate.store.shared.reading import Item, Lookup

GRACE = timedelta(minutes=5)  # the stream and the queue normally do it earlier


@dataclass(frozen=True, slots=True)
class Announcement:
    """A change that has not been announced yet, with the event types that it caused, and the PSPs' references of the
    payments of which it told them."""

    happened: frozenset[str]
    psp_references: Mapping[str, str]


def mark(before: Order | None, after: Order) -> Item:
    """The attributes that the history item of the latest change has until it is announced."""
    return {
        "due_shard": {"S": f"ANNOUNCE#{shards.number(after.order_key, shards.ANNOUNCE)}"},
        "due_at": {"S": instant(after.updated_at + GRACE)},
        "happened": {"SS": sorted(happened(before, after))},
    }


def shards_to_read() -> list[str]:
    return [f"ANNOUNCE#{number}" for number in range(shards.read(shards.ANNOUNCE))]


def version_of(sk: str) -> int:
    return int(sk.rpartition("#")[2])


class Outbox:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def lookup(self, order_key: str, version: int) -> Lookup[Announcement | None]:
        """None once the change has been announced."""
        return Lookup((self._table, order_key, _sort_key(order_key, version)), _read)

    def reference_items(self, references: Mapping[str, str]) -> list[Item]:
        """The writes after which operators find payments by these references."""
        return [{"Put": {"TableName": self._table, "Item": each}} for each in psp_references.items(references)]

    def announced(self, order_key: str, version: int, additions: list[Item]) -> None:
        """Adds what belongs to the change (`Deliveries.addition`, `reference_items`), then takes it out of the outbox.

        One after the other: a transaction would cost twice as much and help nobody. If the second write is lost, the
        change is announced again and finds the deliveries that exist, as it does when a message comes twice.
        """
        for addition in additions:
            succeeds(self._dynamodb.put_item, **addition["Put"])
        write(self._dynamodb.update_item, **self._leaving(order_key, version))

    def _leaving(self, order_key: str, version: int) -> Item:
        return {
            "TableName": self._table,
            "Key": {"pk": {"S": order_key}, "sk": {"S": _sort_key(order_key, version)}},
            "UpdateExpression": f"REMOVE due_shard, due_at, happened, psp_references, {PUT_OFF_SINCE}",
            "ConditionExpression": "attribute_exists(pk)",
        }


def _sort_key(order_key: str, version: int) -> str:
    return f"{history_prefix(order_key)}{version:06d}"


def _read(item: Item | None) -> Announcement | None:
    if item is None or "due_at" not in item:
        return None
    return Announcement(frozenset(item["happened"]["SS"]), psp_references.marked(item))
