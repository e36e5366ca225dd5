"""Counts attempts to pay per instrument, address and merchant, in the orders table (US-3).

| what | pk | sk |
| --- | --- | --- |
| attempts within an hour | `ATTEMPTS#merchant#kind#key` | the hour |

An attempt is counted before its PSP is called, by one conditional write: of many at once, no more pass than are free.
Items end by themselves (`expires_epoch`). Keys are hashes: neither tokens nor addresses are stored.
"""

from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from tillgate.domain.payments.attempts import WINDOW, Subject, Tally
from tillgate.runtime.bounded import Bounded
from tillgate.store.shared.conditions import succeeds, write
from tillgate.store.shared.failures import Reason, reason_of

_FREE = "attribute_not_exists(pk) OR attempts < :limit"
KEPT_SECONDS = 10  # how long a process takes a merchant's failures as known


class Attempts:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._known: Bounded[Subject, tuple[datetime, Tally | None]] = Bounded()

    def begin(self, subject: Subject, now: datetime) -> tuple[int, int]:
        """Counts an attempt if it is allowed now.

        The attempts with it and 0; or 0 and the seconds to wait.
        """
        condition, limit = _FREE, subject.free
        while True:
            try:
                answer = self._add(subject, now, condition, limit)
            except ClientError as error:
                if reason_of(error) is not Reason.CONDITION:
                    raise
                known = _tally(error.response.get("Item"))
                if wait := subject.wait(known, now):
                    return 0, wait
                condition, limit = _seen(known, subject.free)
            else:
                return int(answer["Attributes"]["attempts"]["N"]), 0

    def take_back(self, subject: Subject, now: datetime) -> None:
        """The attempt did not fail."""
        succeeds(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_key(subject, now),
            UpdateExpression="ADD attempts :less",
            ConditionExpression="attempts > :none",
            ExpressionAttributeValues={":less": {"N": "-1"}, ":none": {"N": "0"}},
        )

    def count(self, subject: Subject, now: datetime) -> None:
        """Counts a failure of what is not counted before it, for it would be one item for all."""
        self._add(subject, now, f"{_FREE} OR attempts >= :limit", 0)

    def wait(self, subject: Subject, now: datetime) -> int:
        """Seconds to wait after the counted failures; seldom read, so a few more may pass."""
        at, tally = self._known.get(subject, (None, None))
        if at is None or (now - at).total_seconds() >= KEPT_SECONDS:
            item = self._dynamodb.get_item(TableName=self._table, Key=_key(subject, now)).get("Item")
            tally = _tally(item)
            self._known[subject] = (now, tally)
        return subject.wait(tally, now)

    def _add(self, subject: Subject, now: datetime, condition: str, limit: int) -> Any:
        return write(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_key(subject, now),
            UpdateExpression="ADD attempts :one SET last_at = :now, expires_epoch = :expires",
            ConditionExpression=condition,
            ExpressionAttributeValues={
                ":one": {"N": "1"},
                ":now": {"S": now.isoformat()},
                ":expires": {"N": str(int((now + 2 * WINDOW).timestamp()))},
                ":limit": {"N": str(limit)},
            },
            ReturnValues="UPDATED_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )


def _seen(known: Tally | None, free: int) -> tuple[str, int]:
    """The pause is over: the condition under which one attempt passes, and begins the next pause."""
    return ("attempts = :limit", known.attempts) if known else (_FREE, free)


def _tally(item: Any) -> Tally | None:
    return Tally(int(item["attempts"]["N"]), datetime.fromisoformat(item["last_at"]["S"])) if item else None


def _key(subject: Subject, now: datetime) -> dict[str, Any]:
    hour = int(now.timestamp() // WINDOW.total_seconds())
    return {
        "pk": {"S": f"ATTEMPTS#{subject.merchant_id}#{subject.kind}#{subject.key}"},
        "sk": {"S": str(hour)},
    }
