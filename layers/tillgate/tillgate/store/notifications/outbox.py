"""Changes that have not been announced to their merchant yet: their items `CHANGE#n` are in index `due`.

A change enters the outbox in its own transaction and leaves it when every receiver has its delivery record. So nothing
depends on a stream record, a message or a function that can fail: the sweep finds what is left (ADR 59).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zlib import crc32

from tillgate.domain.notifications.event_types import happened
from tillgate.domain.orders.order import Order
from tillgate.store.shared.conditions import write
from tillgate.store.shared.due_index import PUT_OFF_SINCE, instant
from tillgate.store.shared.keys import history_prefix
from tillgate.store.shared.reading import Item, Lookup
from tillgate.store.shared.transactions import Cancelled, transact

SHARDS = tuple(f"ANNOUNCE#{number}" for number in range(4))
GRACE = timedelta(minutes=5)  # the stream and the queue normally do it earlier


@dataclass(frozen=True, slots=True)
class Announcement:
    """A change that has not been announced yet, with the event types that it caused."""

    happened: frozenset[str]


def mark(before: Order, after: Order) -> Item:
    """The attributes that the history item of the latest change has until it is announced."""
    shard = SHARDS[crc32(after.order_key.encode()) % len(SHARDS)]
    return {
        "due_shard": {"S": shard},
        "due_at": {"S": instant(after.updated_at + GRACE)},
        "happened": {"SS": sorted(happened(before, after))},
    }


def version_of(sk: str) -> int:
    return int(sk.rpartition("#")[2])


class Outbox:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def lookup(self, order_key: str, version: int) -> Lookup[Announcement | None]:
        """None once the change has been announced."""
        return Lookup((self._table, order_key, _sort_key(order_key, version)), _read)

    def announced(self, order_key: str, version: int, additions: list[Item]) -> None:
        """Takes a change out of the outbox and adds its deliveries (`Deliveries.addition`), in one transaction.

        A delivery that exists already is left unchanged: the same message was processed twice.
        """
        leaving = self._leaving(order_key, version)
        if not additions:
            write(self._dynamodb.update_item, **leaving)
            return
        try:
            transact(self._dynamodb, [*additions, {"Update": leaving}])
        except Cancelled as cancelled:
            new = [each for number, each in enumerate(additions) if not cancelled.failed(number)]
            if len(new) == len(additions):
                raise
            self.announced(order_key, version, new)

    def _leaving(self, order_key: str, version: int) -> Item:
        return {
            "TableName": self._table,
            "Key": {"pk": {"S": order_key}, "sk": {"S": _sort_key(order_key, version)}},
            "UpdateExpression": f"REMOVE due_shard, due_at, happened, {PUT_OFF_SINCE}",
            "ConditionExpression": "attribute_exists(pk)",
        }


def _sort_key(order_key: str, version: int) -> str:
    return f"{history_prefix(order_key)}{version:06d}"


def _read(item: Item | None) -> Announcement | None:
    if item is None or "due_at" not in item:
        return None
    return Announcement(frozenset(item["happened"]["SS"]))
