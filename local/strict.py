"""Makes the emulator as strict as AWS where it is not, while a file is there: flows say when (ADR 169).

| AWS | here |
| --- | --- |
| a transaction that meets another is cancelled, a single write is refused | a transaction takes `TAKES` |
| an index, and a read without `ConsistentRead`, may be late | both show a table as it was `LAG` ago |
| a Wait cuts off fractions of a second | always |
| a stream's batch is replayed from the first record that fails | at once, `TRIES` times |
| a stream's batch may come twice | each `EVERY`th does |

Nothing is left to chance: what meets is refused, what is younger than `LAG` is not seen.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

TAKES = 0.005  # seconds
LAG = 0.3  # seconds
EVERY = 3
TRIES = 10  # of a batch
OF_OTHERS = "SandboxPsp"  # in the name of a table that is not ours
SINGLE = ("PutItem", "UpdateItem", "DeleteItem")

type Answer = tuple[int, dict[str, str], bytes]
type Handler = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[Answer]]
type IsOn = Callable[[], bool]
type Place = tuple[str, str]  # a table's name, an item's key


def install(dynamodb: Any, stepfunctions: Any, lambda_svc: Any, is_on: IsOn) -> None:
    """Patches the modules of the emulator."""
    dynamodb.handle_request = Tables(dynamodb, is_on).handle
    until = stepfunctions._sleep_until
    stepfunctions._sleep_until = lambda instant: until(cut(instant) if is_on() else instant)
    lambda_svc._execute_function = Streams(lambda_svc._execute_function, is_on).execute


def cut(instant: str) -> str:
    """An instant (RFC 3339, UTC) without fractions of its second."""
    return instant if "." not in instant else f"{instant.partition('.')[0]}Z"


class Change(NamedTuple):
    at: float
    table: dict[str, Any]
    key: tuple[str, str]
    before: dict[str, Any] | None


class Tables:
    """DynamoDB: transactions that take time, reads that are late."""

    def __init__(self, dynamodb: Any, is_on: IsOn) -> None:
        self._dynamodb = dynamodb
        self._is_on = is_on
        self._handle: Handler = dynamodb.handle_request
        self._set, self._remove = dynamodb._set_item, dynamodb._remove_item
        dynamodb._set_item, dynamodb._remove_item = self._noted(self._set), self._noted(self._remove)
        self._ongoing: set[Place] = set()
        self._changes: deque[Change] = deque()

    async def handle(self, method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Answer:
        if not self._is_on():
            return await self._handle(method, path, headers, body, query)
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        call: dict[str, Any] = json.loads(body) if body else {}

        async def go_on() -> Answer:
            return await self._handle(method, path, headers, body, query)

        if operation == "TransactWriteItems":
            return await self._transact(call, go_on)
        if operation in SINGLE and self._place(call) in self._ongoing:
            return refused("TransactionConflictException", message="Transaction is ongoing for the item")
        with self._as_it_was(late_tables(operation, call)):
            return await go_on()  # the emulator answers a read without ever waiting: nobody else sees this

    async def _transact(self, call: dict[str, Any], go_on: Callable[[], Awaitable[Answer]]) -> Answer:
        places = [self._place(action) for each in call["TransactItems"] for action in each.values()]
        met = [place in self._ongoing for place in places]
        if any(met):
            reasons = [{"Code": "TransactionConflict" if each else "None"} for each in met]
            return refused("TransactionCanceledException", CancellationReasons=reasons)
        ours = {place for place in places if OF_OTHERS not in place[0]}
        self._ongoing |= ours
        try:
            await asyncio.sleep(TAKES if ours else 0)
            return await go_on()
        finally:
            self._ongoing -= ours

    def _place(self, action: Mapping[str, Any]) -> Place:
        table = self._dynamodb._tables.get(action["TableName"]) or {}
        key = action.get("Key") or action.get("Item") or {}
        names = [table.get("pk_name"), table.get("sk_name")]
        return action["TableName"], json.dumps([key.get(name) for name in names])

    def _noted(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def noted(table: dict[str, Any], pk: str, sk: str, *item: Any) -> Any:
            before = table["items"].get(pk, {}).get(sk)
            if self._is_on():
                self._changes.append(Change(time.monotonic(), table, (pk, sk), before))
            return write(table, pk, sk, *item)

        return noted

    @contextmanager
    def _as_it_was(self, names: set[str]) -> Iterator[None]:
        """Takes back what is younger than `LAG` from the tables of those names, for as long as it is looked at."""
        while self._changes and time.monotonic() - self._changes[0].at >= LAG:
            self._changes.popleft()
        undone = []
        for change in reversed(self._changes):
            if change.table.get("TableName") in names:
                undone.append((change, change.table["items"].get(change.key[0], {}).get(change.key[1])))
                self._put(change, change.before)
        try:
            yield
        finally:
            for change, after in reversed(undone):
                self._put(change, after)

    def _put(self, change: Change, item: dict[str, Any] | None) -> None:
        if item is None:
            self._remove(change.table, *change.key)
        else:
            self._set(change.table, *change.key, item)


def late_tables(operation: str, call: Mapping[str, Any]) -> set[str]:
    """The tables that a call reads without asking for consistency."""
    if operation == "BatchGetItem":
        asked = call.get("RequestItems", {})
    elif operation in ("GetItem", "Query"):
        asked = {call.get("TableName", ""): call}
    else:
        return set()
    return {name for name, each in asked.items() if not each.get("ConsistentRead") and OF_OTHERS not in name}


def refused(error: str, **more: Any) -> Answer:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{error}", "message": error} | more).encode()
    return 400, {"Content-Type": "application/x-amz-json-1.0", "x-amzn-errortype": error}, body


class Streams:
    """Lambda: a batch of a stream is replayed from its first failure, and each `EVERY`th comes twice."""

    def __init__(self, execute: Callable[[Any, dict[str, Any]], dict[str, Any]], is_on: IsOn) -> None:
        self._execute = execute
        self._is_on = is_on
        self._batches = 0

    def execute(self, function: Any, event: dict[str, Any]) -> dict[str, Any]:
        records = event.get("Records", []) if isinstance(event, dict) else []
        if not records or records[0].get("eventSource") != "aws:dynamodb" or not self._is_on():
            return self._execute(function, event)
        self._batches += 1
        result = self._until_done(function, records)
        return self._until_done(function, records) if self._batches % EVERY == 0 else result

    def _until_done(self, function: Any, records: list[dict[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for _ in range(TRIES):
            result = self._execute(function, {"Records": records})
            if (left := from_first_failure(records, result)) == []:
                break
            records = left
        return result


def from_first_failure(records: list[dict[str, Any]], result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is replayed: the records from the first that a function has named as failed; none if it named none."""
    body = result.get("body")
    answer = json.loads(body) if isinstance(body, str | bytes) and body else body
    failures = answer.get("batchItemFailures") or [] if isinstance(answer, dict) else []
    failed = {each["itemIdentifier"] for each in failures}
    first = next((at for at, each in enumerate(records) if each["dynamodb"]["SequenceNumber"] in failed), len(records))
    return records[first:]
