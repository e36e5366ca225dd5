"""What happens by itself: the stream, queues, windows, splits and sweeps do pending work, as on AWS.

`settle` runs them until nothing is left to do.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from functions.sandbox_psp.sandbox import consumer as psp_consumer
from proofs.crash import events
from proofs.crash.cloud import Execution, Message, waited

if TYPE_CHECKING:
    from proofs.crash.world import World

CONSUMERS = {
    "psp-in": "apply_psp_notification",
    "merchant-out": "notify_merchant",
    "due": "keep_due",
    "windows": "open_windows",
}
MOST_RECEIVES = 10  # then a message is poison
SEEN_AGAIN = timedelta(seconds=60)  # a message that failed is visible again after this
READERS = {"forward_changes": ("ORDER", "SPLIT#"), "sum_vendors": ("VENDOR_SUMS#",)}  # what their filters let through
SWEEPS = {"sweep_due": ("DUE#", "PARKED", "INSTRUMENTS"), "sweep_notifications": ("ANNOUNCE#", "ENDPOINTS#")}


class Engine:
    """Works on a world. `dead` readers of the stream receive their records and lose them for good."""

    BATCH = 10  # records of the stream

    def __init__(self, world: "World") -> None:
        self.world = world
        self.dead: set[str] = set()
        self._read: dict[str, int] = dict.fromkeys(READERS, 0)

    def settle(self, horizon: timedelta) -> None:
        """Lets time pass too, up to the horizon."""
        cloud = self.world.cloud
        end = cloud.now + horizon
        for _ in range(800):
            if self._work():
                continue
            later = min(self._instants(), default=None)
            if later is None or later > end:
                cloud.now = max(cloud.now, end)
                return
            cloud.now = max(later, cloud.now)
            due = [name for name, shards in SWEEPS.items() if any(at <= cloud.now for at in self._due(shards))]
            if due:
                cloud.now += timedelta(seconds=1)
            for name in due:
                self.world.function(name, {})
        raise AssertionError("it never comes to rest")

    def _work(self) -> bool:
        """One round over everything that can be done now."""
        readers = [self._forward(reader) for reader in READERS]
        queues = [self.consume(queue) for queue in CONSUMERS]
        return any([*readers, *queues, self.psp_works(), self._executions()])

    def _forward(self, reader: str) -> bool:
        """Each reader has its own position in the stream."""
        stream = self.world.cloud.tables.streams.get("orders", [])
        batch = stream[self._read[reader] : self._read[reader] + self.BATCH]
        wanted = [each for each in batch if _is_wanted(each["dynamodb"], READERS[reader])]
        done = len(batch)
        if wanted and reader not in self.dead:
            answer = self.world.function(reader, {"Records": wanted})
            failed = answer["batchItemFailures"] if answer is not None else [{"itemIdentifier": ""}]
            if failed:
                numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
                first = failed[0]["itemIdentifier"]
                done = numbers.index(first) if first in numbers else 0
        self._read[reader] += done
        return bool(batch)

    def consume(self, queue: str) -> bool:
        batch = self._receive(queue)
        if not batch:
            return False
        answer = self.world.function(CONSUMERS[queue], events.of_queue(batch))
        self._delete(queue, batch, answer)
        return True

    def psp_works(self) -> bool:
        batch = self._receive("psp-out")
        if not batch:
            return False
        self._delete("psp-out", batch, psp_consumer.handler(events.of_queue(batch), None))
        return True

    def _receive(self, queue: str) -> list[Message]:
        cloud = self.world.cloud
        waiting = cloud.queues.get(queue, [])
        poison = [each for each in waiting if each.receives >= MOST_RECEIVES and each.visible_at <= cloud.now]
        if poison:
            cloud.dead.setdefault(queue, []).extend(poison)
            cloud.queues[queue] = [each for each in waiting if each not in poison]
        visible = [message for message in cloud.queues.get(queue, []) if message.visible_at <= cloud.now][:10]
        for message in visible:
            message.receives += 1
            message.visible_at = cloud.now + SEEN_AGAIN
        return visible

    def _delete(self, queue: str, batch: list[Message], answer: Any) -> None:
        failed = {message.id for message in batch}
        if answer is not None:
            failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        done = {message.id for message in batch} - failed
        self.world.cloud.queues[queue] = [each for each in self.world.cloud.queues[queue] if each.id not in done]

    def _executions(self) -> bool:
        cloud = self.world.cloud
        over = [each for each in cloud.executions.values() if not each.done and each.due_at <= cloud.now]
        for execution in over:
            if execution.machine == "split":
                self._round(execution)
            else:
                self._close(execution)
        return bool(over)

    def _close(self, execution: Execution) -> None:
        answer = self.world.function("close_window", {"order_key": execution.told["order_key"]})
        execution.done = True  # a dead one is not tried again here: the sweep has to find what it left
        assert answer is None or answer["order_key"] == execution.told["order_key"]

    def _round(self, execution: Execution) -> None:
        """A batch that dies is left for the next round; if settling dies, the execution has failed."""
        told = execution.told
        of = {"order_key": told["order_key"], "split_id": told["split_id"]}
        for number in told["batches"]:
            self.world.function("run_split_batch", {**of, "batch": number})
        answer = self.world.function("settle_split", of)
        execution.done = answer is None or not answer["batches"]
        if answer is not None and not execution.done:
            json.dumps(answer)  # as a state machine holds it
            execution.told = answer
            execution.due_at = waited(answer["wait_until"])

    def _instants(self) -> Iterator[datetime]:
        now = self.world.cloud.now
        for messages in self.world.cloud.queues.values():
            yield from (message.visible_at for message in messages)
        yield from (each.due_at for each in self.world.cloud.executions.values() if not each.done)
        for shards in SWEEPS.values():
            yield from (max(at, now) for at in self._due(shards))

    def _due(self, shards: tuple[str, ...]) -> list[datetime]:
        items = self.world.cloud.tables.items.get("orders", {}).values()
        return [
            datetime.fromisoformat(item["due_at"]["S"])
            for item in items
            if "due_shard" in item and item["due_shard"]["S"].startswith(shards)
        ]


def _is_wanted(change: dict[str, Any], prefixes: tuple[str, ...]) -> bool:
    """The filters of the template."""
    sk = change["Keys"]["sk"]["S"]
    return sk.startswith(prefixes) and (sk != "ORDER" or "forward" in change.get("NewImage", {}))
