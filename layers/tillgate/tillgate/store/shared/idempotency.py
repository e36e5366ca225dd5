"""Idempotency keys (GO-1): written in the same transaction as the change that they guard, so no crash separates them.

    first call                                      the same key again
    ----------                                      ------------------
    change 1 + key           one transaction        same body: not answered under 60 s: 409; later: the current state
    (the PSP is called)                             answered: the same answer again
    change 2, marked         one transaction        other body: 422

The answer of a call that changes an order is not stored: its last change bears the key's mark, and the answer is made
again from the order as that change left it (ADR 131). For anything else the key holds the answer.

An answer that is kept of an order is listed in index `by_merchant` under the order: a text can be removed from it.

A call that was refused before it changed anything leaves no key. Keys live for 31 days.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from tillgate.domain.orders.order import Order
from tillgate.domain.shared.identifiers import is_of_order, parent_of
from tillgate.store.shared.conditions import write

LIFE = timedelta(days=31)
ANSWERS = "ANSWERS#"
MOST_BODY = 380_000  # bytes: an item has 400 KB; of a larger answer only the status is stored, to keep the change
STILL_RUNNING = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Kept:
    """The call that used a key first. `key` names what it created or changed: an order, a shopper ..."""

    fingerprint: str
    key: str
    began_at: datetime
    subject: str | None
    answer: tuple[int, str | None] | None  # status and body; None while it runs, or after a crash

    @classmethod
    def of(cls, item: dict[str, Any]) -> "Kept":
        body = item["body"]["S"] if "body" in item else None
        answer = (int(item["status"]["N"]), body) if "status" in item else None
        return cls(
            fingerprint=item["fingerprint"]["S"],
            key=item["order_key"]["S"],
            began_at=datetime.fromisoformat(item["began_at"]["S"]),
            subject=item["subject"]["S"] if "subject" in item else None,
            answer=answer,
        )


class KeyTaken(Exception):
    """The key was used before; carries what was stored of that call."""

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self.kept = kept


@dataclass(frozen=True, slots=True)
class Key:
    """A merchant's key with the fingerprint of its request."""

    merchant_id: str
    key: str
    fingerprint: str
    now: datetime

    @property
    def mark(self) -> str:
        """Names it in the change that its call is answered with."""
        return hashlib.sha256(f"{self.merchant_id}#{self.key}".encode()).hexdigest()[:16]

    @property
    def primary_key(self) -> dict[str, Any]:
        return {"pk": {"S": f"IDEMPOTENCY#{self.merchant_id}#{self.key}"}, "sk": {"S": "IDEMPOTENCY"}}


def fingerprint(method: str, path: str, body: object) -> str:
    """Distinguishes requests; equivalent bodies have the same fingerprint."""
    canonical = json.dumps([method, path, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class Keyed(Protocol):
    """What a call creates or changes; its key identifies it."""

    @property
    def key(self) -> str: ...


type Answer[Made] = Callable[[Made], tuple[int, str | None]]


@dataclass(frozen=True, slots=True)
class Record[Made: Keyed = Order]:
    """The write for a change's transaction: takes the key (`begins`), stores the answer, or both at once.

    `subject` names what the call began (a payment), so that its current state can be returned if the call dies.
    """

    key: Key
    begins: bool
    subject: str | None = None
    answer: Answer[Made] | None = None
    moves: bool = False
    """The call that has the key has begun something else in the subject's place."""

    def claim(self, table: str, made: Made) -> dict[str, Any]:
        """Takes the key and nothing else: the answer is found by its mark."""
        return replace(self, answer=None).action(table, made)

    @property
    def mark(self) -> str | None:
        """Of a call that is answered with this change."""
        return self.key.mark if self.answer else None

    def action(self, table: str, made: Made) -> dict[str, Any]:
        """`table` is the orders table, which holds all keys, whatever the calls create."""
        now = self.key.now
        values: dict[str, Any] = {
            "fingerprint": {"S": self.key.fingerprint},
            "order_key": {"S": made.key},
            "began_at": {"S": now.isoformat()},
            "expires_epoch": {"N": str(int((now + LIFE).timestamp()))},
        }
        if self.subject:
            values["subject"] = {"S": self.subject}
        if self.answer:
            status, body = self.answer(made)
            kept = body is not None and len(body.encode()) <= MOST_BODY
            values |= {"status": {"N": str(status)}} | (_kept(body or "", made.key, now) if kept else {})
        put: dict[str, Any] = {"TableName": table, "Item": {**self.key.primary_key, **values}}
        if self.begins:
            put |= {
                "ConditionExpression": "attribute_not_exists(pk) OR expires_epoch < :now",
                "ExpressionAttributeValues": {":now": {"N": str(int(now.timestamp()))}},
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        return {"Put": put}


def _kept(body: str, key: str, now: datetime) -> dict[str, Any]:
    listed = {"list_key": {"S": f"{ANSWERS}{parent_of(key)}"}, "listed_at": {"S": now.isoformat()}}
    return {"body": {"S": body}} | (listed if is_of_order(key) else {})


@dataclass(frozen=True, slots=True)
class Release:
    """The write that releases a key: the call had no effect, so it may be repeated with the same key."""

    key: Key

    def action(self, table: str) -> dict[str, Any]:
        return {"Delete": {"TableName": table, "Key": self.key.primary_key}}


class Keys:
    """Reads stored keys, and stores an answer when there is no change to save it with."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def load(self, key: Key) -> Kept | None:
        answer = self._dynamodb.get_item(TableName=self._table, Key=key.primary_key, ConsistentRead=True)
        item = answer.get("Item")
        expired = item and int(item["expires_epoch"]["N"]) < key.now.timestamp()
        return Kept.of(item) if item and not expired else None

    def finish[Made: Keyed](self, record: Record[Made], made: Made) -> None:
        write(self._dynamodb.put_item, **record.action(self._table, made)["Put"])
