"""The list of a merchant's payments: each START's entry of the order's history is in index `by_merchant` too.

list_key <merchant>#PAYMENTS    listed_at <instant>#<payment id>

It costs no item of its own; one that waits in its order's item is listed with the next (ADR 131). A change may begin
several payments, which follow each other: then the first one's id is followed by their number, `pay_x_2-3`. Payments of
vendors are listed with their order.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import PaymentStarted
from tillgate.store.shared import lists, shards
from tillgate.store.shared.due_index import instant


class Started(NamedTuple):
    """A change that began payments: where it stands in the list, the order, and their ordinals in it, newest first."""

    listed_at: str
    order_key: str
    numbers: list[int]


def mark(order: Order, events: Iterable[Event]) -> dict[str, Any]:
    """The attributes of the history's entry for the index; none for most changes."""
    started = [event for event in events if isinstance(event, PaymentStarted)]
    if not started or order.share:
        return {}
    more = f"-{len(started)}" if len(started) > 1 else ""
    listed_at = f"{instant(started[0].at)}#{started[0].payment_id}{more}"
    name = shards.list_key(_list_key(order.merchant_id), order.order_key)
    return {"list_key": {"S": name}, "listed_at": {"S": listed_at}}


def list_started(
    dynamodb: Any, table: str, merchant_id: str, *, limit: int, before: str | None
) -> tuple[list[Started], str | None]:
    """Changes that began payments, newest first, and where the next page begins."""
    name = _list_key(merchant_id)
    items, position = lists.page(dynamodb, table, name, since=" ", newest=before or "9999", below=before, limit=limit)
    return [_read(item) for item in items], position


def first_instant(dynamodb: Any, table: str, merchant_id: str) -> str | None:
    """Since when payments are in the list; None if none is."""
    return min(_oldest(dynamodb, table, merchant_id), default=None)


def _oldest(dynamodb: Any, table: str, merchant_id: str) -> Iterator[str]:
    """The instant of the oldest entry in each shard of the list that has any."""
    for name in shards.list_keys(_list_key(merchant_id)):
        answer = dynamodb.query(
            TableName=table,
            IndexName="by_merchant",
            KeyConditionExpression="list_key = :payments",
            ExpressionAttributeValues={":payments": {"S": name}},
            Limit=1,
        )
        yield from (str(item["listed_at"]["S"]).partition("#")[0] for item in answer["Items"])


def _read(item: dict[str, Any]) -> Started:
    listed_at = item["listed_at"]["S"]
    first, _, more = listed_at.rpartition("_")[2].partition("-")
    numbers = range(int(first), int(first) + int(more or 1))
    return Started(listed_at, item["pk"]["S"], list(reversed(numbers)))


def _list_key(merchant_id: str) -> str:
    return f"{merchant_id}#PAYMENTS"
