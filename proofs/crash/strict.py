"""A cloud as strict as AWS where ours is not, for the world of the crash proofs: tables that lag, writes that meet.

| AWS | here |
| --- | --- |
| an index, and a read without `ConsistentRead`, may be late | for `LAG`, both show an item as it was before |
| a single write to an item in a running transaction is refused | each `EVERY`th is refused once |
| two transactions that meet: one is cancelled, or both | each `EVERY`th is cancelled once |
| a Wait cuts off fractions of a second | `cloud.waited`, always |
| a stream is replayed from the first record that fails | `Engine`, always |
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from proofs.crash.cloud import Cloud
from proofs.crash.expressions import Item
from proofs.crash.table import Key, Tables, refused
from proofs.crash.world import World, new_world
from tillgate.runtime import backoff

LAG = timedelta(seconds=1.5)
EVERY = 3


class StrictTables(Tables):
    """`refused_writes` and `stale_reads` count what was refused and what was seen late."""

    def __init__(self) -> None:
        super().__init__()
        self.now: Callable[[], datetime] = datetime.now
        self.refused_writes = self.stale_reads = self._writes = 0
        self._before: dict[tuple[str, Key], tuple[datetime, Item | None]] = {}

    def get_item(self, **call: Any) -> dict[str, Any]:
        answer = super().get_item(**call)
        if call.get("ConsistentRead"):
            return answer
        key = call["Key"]["pk"]["S"], call["Key"]["sk"]["S"]
        seen = self._as_seen(call["TableName"], key, answer.get("Item"))
        return {"Item": copy.deepcopy(seen)} if seen else {}

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        answers = {
            name: [
                self.get_item(TableName=name, Key=key, ConsistentRead=wanted.get("ConsistentRead")).get("Item")
                for key in wanted["Keys"]
            ]
            for name, wanted in RequestItems.items()
        }
        return {"Responses": {name: [item for item in items if item] for name, items in answers.items()}}

    def query(self, **call: Any) -> dict[str, Any]:
        """An index, or a query that does not ask for consistency, shows the items as they were."""
        if call.get("ConsistentRead"):
            return super().query(**call)
        name = call["TableName"]
        stored = self._table(call)
        keys = {*stored, *(key for table, key in self._before if table == name)}
        shown = {key: self._as_seen(name, key, stored.get(key)) for key in keys}
        with patch.dict(self.items, {name: {key: item for key, item in shown.items() if item}}):
            return super().query(**call)

    def transact_write_items(self, TransactItems: list[dict[str, Any]], **more: Any) -> dict[str, Any]:  # noqa: N803
        if self._is_refused(str(TransactItems)):
            reasons = [{"Code": "TransactionConflict"}, *({"Code": "None"} for _ in TransactItems[1:])]
            raise refused("TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons)
        return super().transact_write_items(TransactItems, **more)

    def _alone(self, action: dict[str, Any], operation: str) -> dict[str, Any]:
        if self._is_refused(str(action)):
            raise refused("TransactionConflictException", operation)
        return super()._alone(action, operation)

    def _is_refused(self, write: str) -> bool:
        """The sandbox PSP's own tables are left alone."""
        self._writes += 1
        refuses = self._writes % EVERY == 0 and "'TableName': 'psp'" not in write
        self.refused_writes += refuses
        return refuses

    def _record(self, table: str, key: Key, before: Item | None, after: Item | None) -> None:
        self._before[table, key] = self.now(), before
        super()._record(table, key, before, after)

    def _as_seen(self, table: str, key: Key, stored: Item | None) -> Item | None:
        at, before = self._before.get((table, key), (None, None))
        if at is None or self.now() - at >= LAG or before == stored:
            return stored
        self.stale_reads += 1
        return before


@contextmanager
def strict_world() -> Iterator[tuple[World, StrictTables]]:
    """Its merchant and vendors have been there for long. Pauses between tries take no time."""
    world, tables = World(), StrictTables()
    world.cloud = Cloud(now=world.now, tables=tables)
    tables.now = lambda: world.cloud.now
    with patch.object(backoff, "sleep", lambda _: None), new_world(world=world):
        world.pass_time(LAG)
        yield world, tables
