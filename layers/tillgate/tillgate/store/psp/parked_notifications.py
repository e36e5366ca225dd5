"""PSP notifications about payments that we do not know (yet), in the orders table: retried for 30 days (IS-12).

| what | pk | sk |
| --- | --- | --- |
| a parked notification | `PARKED#hash of speaker and body` | `PARKED` |

They are in index `due` under a shard of their own while they are tried. Then they wait for an operator, without an end.
The table's TTL only cleans up; nothing depends on it.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tillgate.domain.shared.modes import Mode
from tillgate.store.shared.conditions import write
from tillgate.store.shared.documents import from_json, to_json
from tillgate.store.shared.due_index import instant

SHARD = "PARKED"
KEPT = timedelta(days=30)
TIDIED = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Parked:
    """A notification of a PSP. The same content parked again is the same item.

    `body` has the facts that the connector read; without `facts`, it is what the PSP sent to an earlier version.
    """

    connector: str
    merchant_id: str | None
    body: str
    received_at: datetime
    tries: int = 0
    facts: bool = False
    looks: tuple[str, ...] = ()
    """Payments and payouts that something happened to: the PSP is asked what."""
    mode: Mode | None = None  # of the merchant's own account that it came from; None: the deployment's account

    @property
    def id(self) -> str:
        """The sender is part of it, so that a copy sent for another account cannot replace the genuine notification."""
        speaker = "/".join(each for each in (self.connector, self.merchant_id, self.mode) if each)
        return hashlib.sha256("\n".join((speaker, self.body, *self.looks)).encode()).hexdigest()[:32]

    @property
    def given_up_at(self) -> datetime:
        return self.received_at + KEPT


class ParkedNotifications:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def save(self, parked: Parked, due_at: datetime | None) -> None:
        """Parks it until `due_at`; a duplicate replaces the previous one. None: until an operator decides about it."""
        item = {**_key(parked.id), "parked": {"S": to_json(parked)}}
        if due_at:
            item |= {"due_shard": {"S": SHARD}, "due_at": {"S": instant(due_at)}}
            item["expires_epoch"] = {"N": str(int((parked.received_at + TIDIED).timestamp()))}
        write(self._dynamodb.put_item, TableName=self._table, Item=item)

    def load(self, parked_id: str) -> Parked | None:
        item = self._dynamodb.get_item(TableName=self._table, Key=_key(parked_id), ConsistentRead=True).get("Item")
        return parked_of(item) if item else None

    def remove(self, parked_id: str) -> None:
        write(self._dynamodb.delete_item, TableName=self._table, Key=_key(parked_id))


def once_more(parked: Parked) -> Parked:
    return replace(parked, tries=parked.tries + 1)


def parked_of(item: dict[str, Any]) -> Parked:
    return from_json(Parked, item["parked"]["S"])


def id_of(pk: str) -> str:
    return pk.removeprefix("PARKED#")


def _key(parked_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"PARKED#{parked_id}"}, "sk": {"S": "PARKED"}}
