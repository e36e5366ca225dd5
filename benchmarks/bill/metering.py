"""The world of the crash proofs with meters: the real functions, API calls with keys, the stream, queues and state
machines, all counted.

Each change of an order reaches the stream's function alone, and each message its consumer: as if no other order were
there to share a batch with. So the counts are the most that an order can cost.
"""

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from benchmarks.bill import units
from proofs.crash.cloud import Cloud, Message
from proofs.crash.engine import Engine
from proofs.crash.table import Tables, key_of
from proofs.crash.world import CLIENT, MERCHANT, World, new_world
from tests import tokens
from tests.handlers import source_of
from tests.template.reading import functions, template
from tillgate.domain.merchants.account import SCOPES

PRICES: dict[str, Any] = json.loads((Path(__file__).parent / "prices.json").read_text())
ASSUMED = PRICES["assumed"]
OURS = ("orders", "merchants", "shoppers")
Call = tuple[str, dict[str, Any]]


class Meter:
    """What was used so far. `calls` are those of DynamoDB that wrote, to be repeated elsewhere."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.calls: list[Call] = []
        self.notes: list[str] = []
        self.series: set[str] = set()  # metrics with their dimensions, each billed by itself
        self.runs = False

    def add(self, name: str, number: float = 1) -> None:
        if self.runs:
            self.counts[name] += number  # type: ignore[assignment]  # a Counter adds up fractions too


class MeteredTables(Tables):
    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter
        self._transaction = False

    def get_item(self, **call: Any) -> dict[str, Any]:
        answer = super().get_item(**call)
        self._read(call, [answer["Item"]] if "Item" in answer else [])
        return answer

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        """A place where nothing is costs as much as a small item."""
        answers = {
            name: [
                self.get_item(TableName=name, Key=key, ConsistentRead=wanted.get("ConsistentRead"))
                for key in wanted["Keys"]
            ]
            for name, wanted in RequestItems.items()
        }
        found = {name: [each["Item"] for each in some if "Item" in each] for name, some in answers.items()}
        return {"Responses": found}

    def query(self, **call: Any) -> dict[str, Any]:
        answer = super().query(**call)
        self._read(call, answer["Items"], together=True)
        return answer

    def transact_write_items(self, TransactItems: list[dict[str, Any]], **more: Any) -> dict[str, Any]:  # noqa: N803
        self._transaction = True
        try:
            self._kept("transact_write_items", {"TransactItems": TransactItems})
            return super().transact_write_items(TransactItems, **more)
        finally:
            self._transaction = False

    def _alone(self, action: dict[str, Any], operation: str) -> dict[str, Any]:
        ((_, call),) = action.items()
        name = {"PutItem": "put_item", "UpdateItem": "update_item", "DeleteItem": "delete_item"}[operation]
        self._kept(name, call)
        return super()._alone(action, operation)

    def _apply(self, action: dict[str, Any]) -> None:
        """A condition costs what a write of the item would."""
        if "ConditionCheck" in action and (call := action["ConditionCheck"])["TableName"] in OURS:
            found = self._table(call).get(key_of(call["Key"]))
            taken = units.of_write(found, None, in_transaction=True)
            self._meter.add("write units", taken)
            if self._meter.runs:
                self._meter.notes.append(
                    f"{taken} + 0  {units.size(found or {}):5} bytes  {call['Key']['sk']['S'][:40]:40} checked"
                )
        super()._apply(action)

    def _kept(self, operation: str, call: dict[str, Any]) -> None:
        actions = [next(iter(each.values())) for each in call.get("TransactItems", [])] or [call]
        if self._meter.runs and all(each["TableName"] in OURS for each in actions):
            self._meter.calls.append((operation, call))

    def _record(self, table: str, key: Any, before: Any, after: Any) -> None:
        if table in OURS:
            base = units.of_write(before, after, in_transaction=self._transaction)
            indexes = units.of_indexes(before, after)
            self._meter.add("write units", base + indexes)
            self._meter.add("of these for indexes", indexes)
            if self._meter.runs:
                size = max(units.size(before or {}), units.size(after or {}))
                self._meter.notes.append(f"{base} + {indexes}  {size:5} bytes  {key[1][:40]:40} {key[0][:20]}")
            stored = units.size(after or {}) - units.size(before or {})
            self._meter.add("bytes stored", stored)
        super()._record(table, key, before, after)

    def _read(self, call: dict[str, Any], items: list[Any], *, together: bool = False) -> None:
        if call["TableName"] in OURS:
            consistent = bool(call.get("ConsistentRead"))
            self._meter.add("read units", units.of_read(items, consistent=consistent, together=together))
            self._meter.add("reads")


class MeteredCloud(Cloud):
    """Cloud, but for what goes to the PSP's own queue."""

    meter: Meter

    def send_message(self, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> dict[str, Any]:  # noqa: N803
        if QueueUrl != "psp-out":
            self.meter.add("queue requests")
        return super().send_message(QueueUrl, MessageBody, DelaySeconds)

    def start_execution(self, **call: Any) -> dict[str, Any]:
        known = call["name"] in self.executions
        answer = super().start_execution(**call)
        if not known:
            self.meter.add("executions")
            self.meter.add("transitions", TRANSITIONS_TO_WAIT)
        return answer


# A window's execution: its start, the wait, the call. The last two come when the wait is over.
TRANSITIONS_TO_WAIT, TRANSITIONS_AFTER = 2, 1


class MeteredEngine(Engine):
    BATCH = 1

    def consume(self, queue: str) -> bool:
        found = super().consume(queue)
        if found:
            self._meter.add("queue requests", 2)  # the batch is received and deleted
        return found

    def _close(self, execution: Any) -> None:
        self._meter.add("transitions", TRANSITIONS_AFTER)
        super()._close(execution)

    def _receive(self, queue: str) -> list[Message]:
        return super()._receive(queue)[:1]

    @property
    def _meter(self) -> Meter:
        return cast(MeteredWorld, self.world).meter


class MeteredWorld(World):
    def __init__(self) -> None:
        super().__init__()
        self.meter = Meter()
        self.cloud = MeteredCloud(now=self.cloud.now, tables=MeteredTables(self.meter))
        self.cloud.meter = self.meter
        self.engine = MeteredEngine(self)
        self._of_wire = self.wire.call
        self.wire.call = self._called  # type: ignore[method-assign]
        self._waited = 0.0
        self.merchant, self.reference = MERCHANT, "shop-2026-000123"

    def _token(self) -> str:
        return tokens.issue(self.merchant, CLIENT, datetime.now(UTC), SCOPES)

    def _called(self, place: str, effect: Callable[[], Any]) -> Any:
        kind = place
        if place.startswith("http"):
            kind = "merchant" if "shop.test" in place else "psp"
        milliseconds = ASSUMED["milliseconds of a call"]
        self._waited += milliseconds.get(kind, milliseconds["other"])
        return self._of_wire(place, effect)

    def api(self, function: str, *body: object, **more: Any) -> tuple[int, Any]:
        """A call's own writes are counted apart, without what follows from them."""
        before = self.meter.counts["write units"]
        answer = super().api(function, *body, **more)
        self.meter.add(f"write units of {function}", self.meter.counts["write units"] - before)
        return answer

    def function(self, name: str, event: dict[str, Any]) -> Any:
        """One invocation: its time is what its calls take and its CPU, at the memory that the template gives it."""
        outer, self._waited = self._waited, 0.0
        out = io.StringIO()
        with redirect_stdout(out):
            answer = super().function(name, event)
        memory = memory_of(name)
        cpu = ASSUMED["milliseconds of CPU an invocation takes on a whole CPU"]
        own = cpu * max(1.0, ASSUMED["MB that buy a whole CPU"] / memory)
        self.meter.add("lambda requests")
        self.meter.add("lambda GB-seconds", memory / 1024 * (self._waited + own) / 1e3)
        lines = out.getvalue().splitlines()
        logged = sum(len(each.encode()) + ASSUMED["bytes CloudWatch Logs adds to an event"] for each in lines)
        self.meter.add("log bytes", logged)
        self._note_series(lines)
        if "httpMethod" in event:
            self._api_call(answer)
        self._waited += outer
        return answer

    def _note_series(self, lines: list[str]) -> None:
        for line in lines if self.meter.runs else ():
            entry = json.loads(line)
            for each in entry.get("_aws", {}).get("CloudWatchMetrics", []):
                values = [entry[name] for (*names,) in each["Dimensions"] for name in names]
                self.meter.series |= {f"{metric['Name']} {values}" for metric in each["Metrics"]}

    def _api_call(self, answer: Any) -> None:
        self.meter.add("api requests")
        self.meter.add("traces", ASSUMED["share of requests that X-Ray records"])
        extra = ASSUMED["bytes CloudWatch Logs adds to an event"]
        self.meter.add("log bytes", ASSUMED["bytes of a line in API Gateway's access log"] + extra)
        self.meter.add("bytes out", len(answer["body"] or "") + 500)  # with headers

    def work(self) -> None:
        """What happens by itself at once, before time passes."""
        while self.engine._work():
            pass


def memory_of(operation: str) -> int:
    """MB, as the template has it."""
    folder = f"{source_of(operation).parent.relative_to(source_of(operation).parents[3])}/"
    (found,) = (each for each in functions().values() if each["CodeUri"] == folder)
    return int(found.get("MemorySize", template()["Globals"]["Function"]["MemorySize"]))


@contextmanager
def metered() -> Iterator[MeteredWorld]:
    world = MeteredWorld()
    with new_world(world=world):
        yield world
