"""The state of the merchants' servers that receive notifications; one without an item is healthy.

| what | pk | sk |
| --- | --- | --- |
| a receiver that fails or is stopped | `ENDPOINT#merchant#hash of its URL` | `ENDPOINT` |

A receiver with waiting deliveries is in index `due` itself, in one of a few shards. The deliveries have a shard per
receiver. So the sweep finds every receiver, however many deliveries wait for another: a slow or dead one delays only
itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from tillgate.runtime.bounded import Bounded
from tillgate.store.shared.conditions import succeeds, write
from tillgate.store.shared.due_index import instant
from tillgate.store.shared.reading import Lookup

SHARDS = 4
LIFE = timedelta(days=31)
STOPPED_FOR = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Receiver:
    """`failures` are consecutive; `stopped_at` is when it responded with 410. `last_failure_at` is as stored."""

    endpoint_id: str
    failures: int = 0
    stopped_at: datetime | None = None
    last_failure_at: str | None = None

    @property
    def is_well(self) -> bool:
        return not self.failures and self.stopped_at is None

    def stops(self, named_at: datetime | None) -> bool:
        """It responded with 410, and the merchant has not named it again since."""
        return self.stopped_at is not None and (named_at is None or named_at <= self.stopped_at)


class Receivers:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._known: Bounded[str, tuple[str, ...]] = Bounded()

    def load(self, endpoint: str, *, consistent: bool = False) -> Receiver:
        answer = self._dynamodb.get_item(TableName=self._table, Key=_endpoint_key(endpoint), ConsistentRead=consistent)
        return _state(endpoint, answer.get("Item", {}))

    def lookup(self, endpoint: str) -> Lookup[Receiver]:
        key = _endpoint_key(endpoint)
        return Lookup((self._table, key["pk"]["S"], key["sk"]["S"]), lambda item: _state(endpoint, item or {}))

    def known_of(self, merchant_id: str) -> tuple[str, ...]:
        """The receivers that this process notified last for a merchant: most likely those of its next change."""
        return self._known.get(merchant_id, ())

    def remember(self, merchant_id: str, endpoints: tuple[str, ...]) -> None:
        self._known[merchant_id] = endpoints

    def due(self, shard: int, now: datetime, limit: int) -> list[str]:
        """Receivers with waiting deliveries that may be retried, longest overdue first."""
        answer = self._dynamodb.query(
            TableName=self._table,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard AND due_at <= :now",
            ExpressionAttributeValues={":shard": {"S": f"ENDPOINTS#{shard}"}, ":now": {"S": instant(now)}},
            Limit=limit,
        )
        return [str(item["pk"]["S"]).removeprefix("ENDPOINT#") for item in answer["Items"]]

    def failed(self, endpoint: str, now: datetime) -> Receiver:
        """Counts a failure."""
        answer = write(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_endpoint_key(endpoint),
            UpdateExpression="ADD failures :one SET last_failure_at = :now, expires_epoch = :expires",
            ExpressionAttributeValues={
                ":one": {"N": "1"},
                ":now": {"S": instant(now)},
                ":expires": {"N": str(int((now + LIFE).timestamp()))},
            },
            ReturnValues="ALL_NEW",
        )
        return _state(endpoint, answer["Attributes"])

    def wake(self, endpoint: str, at: datetime) -> None:
        """A delivery waits for this receiver: makes it due at `at`, unless it is due earlier."""
        succeeds(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_endpoint_key(endpoint),
            UpdateExpression="SET due_shard = :shard, due_at = :at, expires_epoch = :expires",
            ConditionExpression="attribute_not_exists(due_at) OR due_at > :at",
            ExpressionAttributeValues={
                ":shard": {"S": _shard(endpoint)},
                ":at": {"S": instant(at)},
                ":expires": {"N": str(int((at + LIFE).timestamp()))},
            },
        )

    def claim(self, endpoint: str, now: datetime, until: datetime) -> bool:
        """Claims a due receiver until `until`, so that no two processes work on it. False if it is taken."""
        return succeeds(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_endpoint_key(endpoint),
            UpdateExpression="SET due_at = :until",
            ConditionExpression="due_at <= :now",
            ExpressionAttributeValues={":until": {"S": instant(until)}, ":now": {"S": instant(now)}},
        )

    def release(self, state: Receiver, claimed_until: datetime, due_at: datetime | None) -> None:
        """Sets when the receiver is due next, or never, unless it was woken or failed meanwhile."""
        claimed = {":claimed": {"S": instant(claimed_until)}}
        if due_at:
            succeeds(
                self._dynamodb.update_item,
                TableName=self._table,
                Key=_endpoint_key(state.endpoint_id),
                UpdateExpression="SET due_at = :due",
                ConditionExpression="due_at = :claimed",
                ExpressionAttributeValues={**claimed, ":due": {"S": instant(due_at)}},
            )
            return
        succeeds(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_endpoint_key(state.endpoint_id),
            UpdateExpression="REMOVE due_shard, due_at",
            ConditionExpression=(
                "due_at = :claimed AND (attribute_not_exists(last_failure_at) OR last_failure_at = :last)"
            ),
            ExpressionAttributeValues={**claimed, ":last": {"S": state.last_failure_at or ""}},
        )

    def recovered(self, endpoint: str) -> None:
        write(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_endpoint_key(endpoint),
            UpdateExpression="SET failures = :none REMOVE stopped_at",
            ExpressionAttributeValues={":none": {"N": "0"}},
        )

    def stop(self, endpoint: str, now: datetime) -> None:
        write(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_endpoint_key(endpoint),
            UpdateExpression="SET stopped_at = :now, expires_epoch = :expires",
            ExpressionAttributeValues={
                ":now": {"S": instant(now)},
                ":expires": {"N": str(int((now + STOPPED_FOR).timestamp()))},
            },
        )


def _endpoint_key(endpoint: str) -> dict[str, Any]:
    return {"pk": {"S": f"ENDPOINT#{endpoint}"}, "sk": {"S": "ENDPOINT"}}


def _shard(endpoint: str) -> str:
    return f"ENDPOINTS#{crc32(endpoint.encode()) % SHARDS}"


def _state(endpoint: str, item: dict[str, Any]) -> Receiver:
    stopped = item.get("stopped_at", {}).get("S")
    return Receiver(
        endpoint_id=endpoint,
        failures=int(item.get("failures", {"N": "0"})["N"]),
        stopped_at=datetime.fromisoformat(stopped) if stopped else None,
        last_failure_at=item.get("last_failure_at", {}).get("S"),
    )
