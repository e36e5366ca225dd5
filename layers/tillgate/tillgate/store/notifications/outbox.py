"""Changes whose merchant has still to be told: their items `CHANGE#n` stand in index `due`.

A change comes to stand there in its own transaction, and goes once every receiver has its delivery. So it does not
matter what is lost on the way, a stream record, a message or a function: the sweep finds what still stands (ADR 59).
"""

from datetime import timedelta
from typing import Any
from zlib import crc32

from tillgate.domain.orders.order import Order
from tillgate.store.shared.due_index import instant
from tillgate.store.shared.keys import history_prefix

SHARDS = tuple(f"ANNOUNCE#{number}" for number in range(4))
GRACE = timedelta(minutes=5)  # the stream and the queue come first


def mark(order: Order) -> dict[str, Any]:
    """What the item of the order's latest change has until it is announced."""
    shard = SHARDS[crc32(order.order_key.encode()) % len(SHARDS)]
    return {"due_shard": {"S": shard}, "due_at": {"S": instant(order.updated_at + GRACE)}}


def change_key(order_key: str, version: int) -> tuple[str, str]:
    return order_key, f"{history_prefix(order_key)}{version:06d}"


def version_of(sk: str) -> int:
    return int(sk.rpartition("#")[2])
