"""A merchant's books: each movement of money is an item, written in the transaction of the change that moved it (US-7).

| what | pk | sk |
| --- | --- | --- |
| a movement of money | `BOOKS#merchant#UTC day` | `instant#movement id` |
| of a PSP's test money | `BOOKS_TEST#merchant#UTC day` | the same |

A day of a merchant's time zone is a range of instants, in two or three days of UTC. A day is spread over as many keys
as the merchant's other lists (`shards`). An item is never changed and never deleted; only a redaction takes a text out
of it.
"""

import heapq
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tillgate.domain.ledger.movements import Movement
from tillgate.store.shared import shards
from tillgate.store.shared.documents import from_json, leave_defaults, to_json
from tillgate.store.shared.due_index import instant


def puts(table: str, merchant_id: str, movements: Iterable[Movement]) -> list[dict[str, Any]]:
    """The writes for the transaction that moves the money."""
    return [{"Put": {"TableName": table, "Item": _item(merchant_id, movement)}} for movement in movements]


class Books:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def movements(
        self,
        merchant_id: str,
        since: datetime,
        until: datetime,
        *,
        after: str | None = None,
        at_once: int = 1000,
        test: bool = False,
    ) -> Iterator[tuple[Movement, str]]:
        """What was booked from `since` to before `until`, oldest first, each with its position; none up to `after`.

        It is read as it is taken, `at_once` movements a query.
        """
        first, last = max(instant(since), after or ""), instant(until)
        day = datetime.fromisoformat(first.partition("#")[0]).astimezone(UTC).date()
        while day <= until.astimezone(UTC).date():
            names = shards.list_keys(_name(merchant_id, day.isoformat(), test))
            streams = [self._query(name, first, last, at_once) for name in names]
            for item in heapq.merge(*streams, key=lambda item: str(item["sk"]["S"])):
                if item["sk"]["S"] != after:
                    yield from_json(Movement, item["movement"]["S"]), item["sk"]["S"]
            day += timedelta(days=1)

    def _query(self, pk: str, first: str, last: str, at_once: int) -> Iterator[dict[str, Any]]:
        if first >= last:
            return
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={":pk": {"S": pk}, ":first": {"S": first}, ":last": {"S": last}},
            PaginationConfig={"PageSize": at_once},
        )
        for page in pages:
            yield from page["Items"]


def key_of(merchant_id: str, movement: Movement) -> dict[str, Any]:
    """An order's movements of a day are in one shard."""
    name = _name(merchant_id, movement.at.astimezone(UTC).date().isoformat(), movement.is_test)
    pk = shards.list_key(name, movement.order_key or movement.movement_id)
    return {"pk": {"S": pk}, "sk": {"S": f"{instant(movement.at)}#{movement.movement_id}"}}


def of_order(
    dynamodb: Any, table: str, merchant_id: str, order_key: str, changed_at: Iterable[datetime]
) -> Iterator[dict[str, Any]]:
    """The items of an order's movements, found by the instants of its changes: for a redaction."""
    payments = f"pay_{order_key.removeprefix('ord_')}_"
    for at in sorted(set(changed_at)):
        day = at.astimezone(UTC).date().isoformat()
        names = [_name(merchant_id, day, test) for test in (False, True)]
        for pk in (key for name in names for key in shards.list_keys(name)):
            values = {":pk": {"S": pk}, ":first": {"S": f"{instant(at)}#{payments}"}}
            pages = dynamodb.get_paginator("query").paginate(
                TableName=table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :first)",
                ExpressionAttributeValues=values,
                ConsistentRead=True,
            )
            for page in pages:
                yield from page["Items"]


def _item(merchant_id: str, movement: Movement) -> dict[str, Any]:
    return key_of(merchant_id, movement) | {"movement": {"S": to_json(movement, leave_defaults)}}


def _name(merchant_id: str, day: str, test: bool) -> str:
    return f"{'BOOKS_TEST' if test else 'BOOKS'}#{merchant_id}#{day}"
