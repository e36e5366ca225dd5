"""Index `due` of the orders table: items with something to do at a time, in shards, longest overdue first.

| shard | what it holds | read by |
| --- | --- | --- |
| `DUE#n` | orders, vendor payments, splits; sums over vendors that were not taken over | `sweep_due`, `keep_due` |
| `PARKED` | notifications of PSPs about payments that are not known yet | `sweep_due` |
| `ANNOUNCE#n` | changes that have not been announced to their merchant | `sweep_notifications` |
| `ENDPOINTS#n`, `ENDPOINT#...` | receivers with waiting deliveries, and these deliveries | `sweep_notifications` |
| `KEPT#n` | orders that are over and have personal data, by their last change | `erase_personal_data` |
| `DEAD#...` | deliveries that a receiver did not take for 72 hours | operators |
| `WORK` | what needs an operator: see `work_items` | operators; `sweep_due` tells its length |
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tillgate.store.shared import shards
from tillgate.store.shared.conditions import succeeds

KEPT = "KEPT"
WORK = "WORK"
PUT_OFF_SINCE = "put_off_since"
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item that is due, and the instant as stored in the index."""

    pk: str
    sk: str
    due_at: str


def shard_of(key: str, kind: str = "DUE") -> str:
    return f"{kind}#{shards.number(key, shards.DUE)}"


def shards_to_read(kind: str = "DUE") -> list[str]:
    return [f"{kind}#{number}" for number in range(shards.read(shards.DUE))]


def instant(at: datetime) -> str:
    """Fixed width, so that strings sort like instants."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class DueIndex:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def find(self, shard: str, now: datetime, limit: int) -> list[Waiting]:
        answer = self._dynamodb.query(
            TableName=self._table,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard AND due_at <= :now",
            ExpressionAttributeValues={":shard": {"S": shard}, ":now": {"S": instant(now)}},
            Limit=limit,
        )
        return [_waiting(item) for item in answer["Items"]]

    def lying(self, shard: str, limit: int) -> list[Waiting]:
        """Whatever is in a shard, due or not, oldest first."""
        answer = self._dynamodb.query(
            TableName=self._table,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard",
            ExpressionAttributeValues={":shard": {"S": shard}},
            Limit=limit,
        )
        return [_waiting(item) for item in answer["Items"]]

    def postpone(self, waiting: Waiting, now: datetime) -> datetime:
        """Lets others go first: the item is due again after as long as it has waited so far, a minute to an hour.

        Does nothing if the item has changed since it was found. Returns since when it has been put off.
        """
        key = {"pk": {"S": waiting.pk}, "sk": {"S": waiting.sk}}
        item = self._dynamodb.get_item(TableName=self._table, Key=key).get("Item", {})
        since = item.get(PUT_OFF_SINCE, {}).get("S", waiting.due_at)
        began = datetime.fromisoformat(since)
        gap = min(max(now - began, SHORTEST), LONGEST)
        succeeds(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=key,
            UpdateExpression=f"SET due_at = :later, {PUT_OFF_SINCE} = :since",
            ConditionExpression="due_at = :seen",
            ExpressionAttributeValues={
                ":later": {"S": instant(now + gap)},
                ":since": {"S": since},
                ":seen": {"S": waiting.due_at},
            },
        )
        return began

    def is_put_off(self, pk: str, sk: str) -> bool:
        """Whether it has failed, and has not been done since."""
        item = self._dynamodb.get_item(TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}}).get("Item", {})
        return PUT_OFF_SINCE in item and "due_at" in item

    def hasten(self, pk: str, sk: str, now: datetime) -> None:
        """Makes an item due at once, if it is in the index."""
        succeeds(
            self._dynamodb.update_item,
            TableName=self._table,
            Key={"pk": {"S": pk}, "sk": {"S": sk}},
            UpdateExpression="SET due_at = :now",
            ConditionExpression="attribute_exists(due_at)",
            ExpressionAttributeValues={":now": {"S": instant(now)}},
        )

    def done(self, pk: str, sk: str, condition: str = "attribute_exists(due_at)", **values: Any) -> None:
        """Takes an item out of the index, unless the condition fails."""
        succeeds(
            self._dynamodb.update_item,
            TableName=self._table,
            Key={"pk": {"S": pk}, "sk": {"S": sk}},
            UpdateExpression=f"REMOVE due_shard, due_at, {PUT_OFF_SINCE}",
            ConditionExpression=condition,
            **values,
        )


def _waiting(item: dict[str, Any]) -> Waiting:
    return Waiting(item["pk"]["S"], item["sk"]["S"], item["due_at"]["S"])
