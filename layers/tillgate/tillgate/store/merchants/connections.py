"""The merchants' own accounts with PSPs, in the merchants table.

| what | pk | sk |
| --- | --- | --- |
| a merchant's settings of one connector | `MERCHANT#id` | `CONNECTION#connector` |
| which merchants have accounts with a PSP | `CONNECTIONS#connector` | `merchant id` |

The list is written with the settings, so that it is never behind them; settings of before there was a list are listed
when they are next changed.

Payments read them all the time and merchants change them rarely: a process keeps them for a minute, so that a rotation
or a revocation takes effect everywhere within that time and a warm call reads nothing here.
It keeps a bounded number, since strangers can name merchants too.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from tillgate.domain.merchants.connections import Connection
from tillgate.domain.shared.modes import Mode
from tillgate.runtime.backoff import tries
from tillgate.runtime.bounded import Bounded
from tillgate.store.merchants.items import check_seen, utc_now
from tillgate.store.shared.documents import from_json, leave_defaults, to_json
from tillgate.store.shared.failures import Contended
from tillgate.store.shared.idempotency import Record
from tillgate.store.shared.transactions import Cancelled, transact

KEPT_SECONDS = 60
TRIES = 8  # every race has a winner


class Connections:
    """`keys_table` holds the idempotency keys: they are written with what they guard."""

    def __init__(
        self,
        dynamodb: Any,
        table: str,
        clock: Callable[[], float] = time.monotonic,
        keys_table: str = "",
        wall: Callable[[], datetime] = utc_now,
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._keys_table = keys_table
        self._clock = clock
        self._wall = wall
        self._kept: Bounded[tuple[str, str], tuple[float, Connection | None]] = Bounded()

    def find(self, merchant_id: str, connector: str) -> Connection | None:
        """At most a minute old; None if the merchant has never set it."""
        at, found = self._kept.get((merchant_id, connector), (None, None))
        if at is None or self._clock() - at >= KEPT_SECONDS:
            found = self.load(merchant_id, connector)
            self._kept[merchant_id, connector] = (self._clock(), found)
        return found

    def load(self, merchant_id: str, connector: str) -> Connection | None:
        """As stored now."""
        answer = self._dynamodb.get_item(TableName=self._table, Key=_key(merchant_id, connector), ConsistentRead=True)
        return _read(answer["Item"]) if "Item" in answer else None

    def of_merchant(self, merchant_id: str) -> list[Connection]:
        """Every connection of the merchant, as stored now."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :connection)",
            ExpressionAttributeValues={":pk": {"S": f"MERCHANT#{merchant_id}"}, ":connection": {"S": "CONNECTION#"}},
            ConsistentRead=True,
        )
        return [_read(item) for page in pages for item in page["Items"]]

    def of_connector(self, connector: str) -> list[tuple[str, Mode]]:
        """The merchants with credentials for it, test or live, as stored now."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"CONNECTIONS#{connector}"}},
            ConsistentRead=True,
        )
        items = (item for page in pages for item in page["Items"])
        return [(item["sk"]["S"], Mode(mode["S"])) for item in items for mode in item["modes"]["L"]]

    def change(
        self,
        merchant_id: str,
        connector: str,
        change: Callable[[Connection | None], Connection],
        record: Record[Connection] | None = None,
    ) -> Connection:
        """Reads, changes and writes a connection; decides again if it was changed in the meantime, so that no writer
        loses another one's change. Raises `Contended` if others keep writing it, `KeyTaken` for a repeated call.
        """
        for _ in tries(TRIES):
            before = self.load(merchant_id, connector)
            check_seen(f"CONNECTION/{merchant_id}/{connector}", str(before.revision if before else 0))
            revision = before.revision if before else 0
            after = replace(change(before), revision=revision + 1)
            entry = self._history(before, after)
            if self._save(after, revision, record, entry):
                self._kept.pop((merchant_id, connector), None)
                return after
        raise Contended(f"the connection {merchant_id} {connector} is being changed by others")

    def _history(self, before: Connection | None, after: Connection) -> list[dict[str, Any]]:
        from tillgate.store.merchants import history  # only who changes a connection loads it

        return history.entries(self._table, before, after, self._wall())

    def _save(
        self, connection: Connection, expected: int, record: Record[Connection] | None, entry: list[dict[str, Any]]
    ) -> bool:
        """False if the revision is another one by now."""
        writes = [{"Update": self._update(connection, expected)}, {"Put": self._listed(connection)}, *entry]
        try:
            transact(self._dynamodb, writes + ([record.action(self._keys_table, connection)] if record else []))
        except Cancelled as cancelled:
            if record:
                cancelled.raise_if_key_taken(len(writes))
            return False
        return True

    def _listed(self, connection: Connection) -> dict[str, Any]:
        modes = [{"S": mode} for mode in Mode if connection.of(mode)]
        key = {"pk": {"S": f"CONNECTIONS#{connection.connector}"}, "sk": {"S": connection.merchant_id}}
        return {
            "TableName": self._table,
            "Item": key | {"modes": {"L": modes}, "revision": {"N": str(connection.revision)}},
            "ConditionExpression": "attribute_not_exists(pk) OR revision < :revision",
            "ExpressionAttributeValues": {":revision": {"N": str(connection.revision)}},
        }

    def _update(self, connection: Connection, expected: int) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Key": _key(connection.merchant_id, connection.connector),
            "UpdateExpression": "SET document = :document, revision = :revision",
            "ConditionExpression": "revision = :expected" if expected else "attribute_not_exists(pk)",
            "ExpressionAttributeValues": {
                ":document": {"S": to_json(connection, leave_defaults)},
                ":revision": {"N": str(connection.revision)},
            }
            | ({":expected": {"N": str(expected)}} if expected else {}),
        }


def _key(merchant_id: str, connector: str) -> dict[str, Any]:
    return {"pk": {"S": f"MERCHANT#{merchant_id}"}, "sk": {"S": f"CONNECTION#{connector}"}}


def _read(item: dict[str, Any]) -> Connection:
    return from_json(Connection, item["document"]["S"])
