"""The guards table: what keeps strangers, and merchants' mistakes, from costing much (ADR 128). Nothing here is missed.

| what | pk |
| --- | --- |
| a budget of calls: of a merchant, of an address | `BUDGET#name` |
| wrong guesses of a client's secret from one address, in quarters of an hour | `GUESSES#client#address#quarter` |
| that a client has come from an address with this secret | `KNOWN#client#address` |
| when something was last done that is done every few seconds at most | `LAST#name` |

Of addresses only hashes are stored. Items end by themselves; no logic depends on when.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from tillgate.store.shared.conditions import succeeds, write

WINDOW = timedelta(minutes=15)
MOST = 10  # wrong guesses in a window
REMEMBERED = timedelta(days=30)
_DAY = timedelta(days=1)
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Budget:
    """A token bucket: so many calls a second in the long run, and `burst` at once when it is full."""

    per_second: float
    burst: int


class Guards:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    # Budgets.

    def take(self, name: str, calls: int, budget: Budget, now: datetime) -> float:
        """Takes so many calls out of a budget: 0, or the seconds until there are as many again.

        One number says how full the bucket is: the instant at which it will be full (GCRA, as ATM networks meter).
        """
        at, cost = _milliseconds(now), ceil(calls * 1000 / budget.per_second)
        longest = ceil(budget.burst * 1000 / budget.per_second)
        for _ in range(_TRIES):
            if self._spend(name, at, cost, longest):
                return 0
            full_at = self._full_at(name)
            if full_at is None or full_at < at:
                if self._begin(name, full_at, at + cost):
                    return 0
            elif (wait := full_at + cost - longest - at) > 0:
                return wait / 1000
        return 0  # others began at the same moment; a budget is no lock

    def _spend(self, name: str, at: int, cost: int, longest: int) -> bool:
        return succeeds(
            self._dynamodb.update_item,
            **self._at(f"BUDGET#{name}"),
            UpdateExpression="SET full_at = full_at + :cost, expires_epoch = :expires",
            ConditionExpression="full_at BETWEEN :now AND :latest",
            ExpressionAttributeValues={
                ":cost": _number(cost),
                ":now": _number(at),
                ":latest": _number(at + longest - cost),
                ":expires": _number(at // 1000 + 86_400),
            },
        )

    def _full_at(self, name: str) -> int | None:
        item = self._dynamodb.get_item(**self._at(f"BUDGET#{name}"), ConsistentRead=True).get("Item")
        return int(item["full_at"]["N"]) if item else None

    def _begin(self, name: str, old: int | None, full_at: int) -> bool:
        """A bucket that is full, or new."""
        values = {":full": _number(full_at), ":expires": _number(full_at // 1000 + 86_400)}
        return succeeds(
            self._dynamodb.update_item,
            **self._at(f"BUDGET#{name}"),
            UpdateExpression="SET full_at = :full, expires_epoch = :expires",
            ConditionExpression="attribute_not_exists(pk)" if old is None else "full_at = :old",
            ExpressionAttributeValues=values | ({} if old is None else {":old": _number(old)}),
        )

    # Once every few seconds.

    def first_in(self, name: str, seconds: float, now: datetime) -> bool:
        """Whether nobody has done it for so long; then it counts as done now."""
        at = _milliseconds(now)
        return succeeds(
            self._dynamodb.put_item,
            TableName=self._table,
            Item={**_key(f"LAST#{name}"), "done_at": _number(at), "expires_epoch": _number(at // 1000 + 86_400)},
            ConditionExpression="attribute_not_exists(pk) OR done_at <= :before",
            ExpressionAttributeValues={":before": _number(at - int(seconds * 1000))},
        )

    # Guesses of a client's secret.

    def guess(self, client_id: str, address: str, now: datetime) -> int:
        """Counts a guess before it is looked at: 0, or the seconds until the next is allowed."""
        counted = succeeds(
            self._dynamodb.update_item,
            **self._at(_guesses(client_id, address, now)),
            UpdateExpression="ADD guesses :one SET expires_epoch = :expires",
            ConditionExpression="attribute_not_exists(guesses) OR guesses < :most",
            ExpressionAttributeValues={
                ":one": _number(1),
                ":most": _number(MOST),
                ":expires": _number(int((now + _DAY).timestamp())),
            },
        )
        return 0 if counted else _left(now)

    def was_right(self, client_id: str, address: str, secret: str, now: datetime) -> None:
        """Takes a guess back, and remembers who comes from there: it is counted no more."""
        write(
            self._dynamodb.update_item,
            **self._at(_guesses(client_id, address, now)),
            UpdateExpression="ADD guesses :less",
            ExpressionAttributeValues={":less": _number(-1)},
        )
        item = {**_key(_known(client_id, address)), "proof": {"S": _proof(client_id, secret)}}
        item["expires_epoch"] = _number(int((now + REMEMBERED).timestamp()))
        write(self._dynamodb.put_item, TableName=self._table, Item=item)

    def knows(self, client_id: str, address: str, secret: str) -> bool:
        """Whether the client has come from there with this secret. It proves nothing: the secret may have ended."""
        item = self._dynamodb.get_item(**self._at(_known(client_id, address))).get("Item")
        return bool(item) and item["proof"]["S"] == _proof(client_id, secret)

    def forget(self, client_id: str, address: str) -> None:
        """That secret has ended."""
        write(self._dynamodb.delete_item, **self._at(_known(client_id, address)))

    def _at(self, pk: str) -> dict[str, Any]:
        return {"TableName": self._table, "Key": _key(pk)}


def address_name(address: str) -> str:
    """What an address is called here."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def _known(client_id: str, address: str) -> str:
    return f"KNOWN#{client_id[:100]}#{address_name(address)}"


def _guesses(client_id: str, address: str, now: datetime) -> str:
    return f"GUESSES#{client_id[:100]}#{address_name(address)}#{_window(now)}"


def _proof(client_id: str, secret: str) -> str:
    """A fast hash is enough: secrets are 256 random bits, and whoever knows this one knows no secret."""
    return hashlib.sha256(f"{client_id} {secret}".encode()).hexdigest()


def _key(pk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": "GUARD"}}


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def _milliseconds(now: datetime) -> int:
    return int(now.timestamp() * 1000)


def _window(now: datetime) -> int:
    return int(now.timestamp() // WINDOW.total_seconds())


def _left(now: datetime) -> int:
    return ceil((_window(now) + 1) * WINDOW.total_seconds() - now.timestamp())
