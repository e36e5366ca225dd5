"""The operators' work list, in the orders table: one item for each thing that needs a person (GO-4).

| what needs a person | pk | sk |
| --- | --- | --- |
| an order or a payout | `WORK#its key` | `WORK` |
| a PSP's notification about a payment that nobody knows | `WORK#PARKED#hash` | `WORK` |
| a receiver that has not taken notifications for 72 hours | `WORK#ENDPOINT#merchant#hash` | `WORK` |
| an item of index `due` that has kept failing for an hour | `WORK#FAILING#pk|sk` | `WORK` |

All lie in shard `WORK` of index `due`, by the instant since which they wait. Those of orders and payouts are written
with the change that adds or removes them, so they cannot drift; the sweep takes off others that settled by themselves.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tillgate.store.shared.conditions import succeeds, write
from tillgate.store.shared.due_index import WORK, Waiting, instant

PARKED, ENDPOINT, FAILING = "PARKED#", "ENDPOINT#", "FAILING#"
LATE = timedelta(minutes=5)  # longer than an index lags behind its table
_PREFIX = "WORK#"
_PLACE = ("due_shard", "due_at", "pk", "sk")
type Position = Sequence[str]
"""Where a page ends: instant, pk and sk of its last item."""


def needs(table: str, key: str, since: datetime) -> dict[str, Any]:
    """Puts it on the list, as an action of a transaction."""
    place = {"due_shard": {"S": WORK}, "due_at": {"S": instant(since)}}
    return {"Put": {"TableName": table, "Item": _key(key) | place}}


def settled(table: str, key: str) -> dict[str, Any]:
    """Takes it off the list, as an action of a transaction."""
    return {"Delete": {"TableName": table, "Key": _key(key)}}


class WorkItems:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def add(self, key: str, since: datetime, now: datetime) -> None:
        """What is on the list already keeps its place."""
        write(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_key(key),
            UpdateExpression="SET due_shard = :shard, due_at = if_not_exists(due_at, :since), added_at = :now",
            ExpressionAttributeValues={
                ":shard": {"S": WORK},
                ":since": {"S": instant(since)},
                ":now": {"S": instant(now)},
            },
        )

    def remove(self, key: str) -> None:
        write(self._dynamodb.delete_item, **settled(self._table, key)["Delete"])

    def tidy(self, key: str, now: datetime) -> None:
        """Takes off what an index says is settled, unless it was added so lately that the index may not know."""
        succeeds(
            self._dynamodb.delete_item,
            **settled(self._table, key)["Delete"],
            ConditionExpression="added_at < :before",
            ExpressionAttributeValues={":before": {"S": instant(now - LATE)}},
        )

    def page(self, limit: int, after: Position = ()) -> tuple[list[Waiting], Position | None]:
        """What waits, longest first, and what the next page begins after."""
        query: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": "due",
            "KeyConditionExpression": "due_shard = :shard",
            "ExpressionAttributeValues": {":shard": {"S": WORK}},
            "Limit": limit,
        }
        if after:
            query["ExclusiveStartKey"] = dict(zip(_PLACE, ({"S": each} for each in (WORK, *after)), strict=True))
        answer = self._dynamodb.query(**query)
        last = answer.get("LastEvaluatedKey")
        found = [Waiting(item["pk"]["S"], item["sk"]["S"], item["due_at"]["S"]) for item in answer["Items"]]
        return found, tuple(last[name]["S"] for name in _PLACE[1:]) if last else None


def key_of(waiting: Waiting) -> str:
    """What an item of the list is about."""
    return waiting.pk.removeprefix(_PREFIX)


def _key(key: str) -> dict[str, Any]:
    return {"pk": {"S": f"{_PREFIX}{key}"}, "sk": {"S": "WORK"}}
