"""Splits: a head item, and items with batches of parts, so that neither a state machine nor one item holds them all.

SPLIT#<split_id>                 the head; `run` names the execution that it needs, the stream starts it
SPLIT_PARTS#<split_id>#<batch>   50 parts and their results
SPLIT_CLOSED#<split_id>#<batch>#<position>   one that is closed: to check 50 parts for each payment is dear
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tillgate.domain.marketplace.splits import BATCH, Part, Result, Split, SplitStatus
from tillgate.domain.orders.order import Order
from tillgate.store.orders import vendor_sums
from tillgate.store.orders.orders import Orders
from tillgate.store.shared.conditions import succeeds, write
from tillgate.store.shared.documents import from_json, from_json_list, leave_defaults, to_json
from tillgate.store.shared.due_index import instant, shard_of
from tillgate.store.shared.idempotency import Record
from tillgate.store.shared.transactions import Cancelled, LostRace, transact

STALLED = timedelta(minutes=3)  # a round takes less: a split without progress for so long has lost its execution


class SplitExists(Exception):
    """The same split was created before: read it."""


class Splits:
    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._dynamodb = orders.dynamodb
        self._table = orders.table

    def create(self, order: Order, split: Split, parts: Sequence[Part], record: Record[Split] | None) -> Split:
        """Saves the parts, then the head and the reservation in one transaction.

        Raises `SplitExists`, `KeyTaken`, and `LostRace` if the order changed or has no room any more.
        """
        batches = [(n, parts[n * BATCH : (n + 1) * BATCH]) for n in range(split.batches)]
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda one: self._put_parts(split, *one), batches))
        head = {"TableName": self._table, "Item": _head(split), "ConditionExpression": "attribute_not_exists(pk)"}
        actions = [{"Put": head}]
        payment = order.payment(split.technical_payment_id)
        if payment and split.reserved:
            actions.append(vendor_sums.allot(self._table, order, payment, split.reserved))
        try:
            self._orders.transact(actions, record, split)
        except Cancelled as cancelled:
            cancelled.raise_if_key_taken(len(actions))
            raise (SplitExists if cancelled.failed(0) else LostRace) from None
        return split

    def load(self, order_key: str, split_id: str) -> Split | None:
        answer = self._dynamodb.get_item(TableName=self._table, Key=_key(order_key, split_id), ConsistentRead=True)
        return from_json(Split, answer["Item"]["split"]["S"]) if "Item" in answer else None

    def save(self, before: Split, after: Split, given_back: int = 0) -> Split:
        """Saves the head; at its end, the same transaction returns what was not needed. Raises `LostRace`."""
        after = replace(after, version=before.version + 1)
        values = {":read": {"N": str(before.version)}}
        put = {
            "TableName": self._table,
            "Item": _head(after),
            "ConditionExpression": "version = :read",
            "ExpressionAttributeValues": values,
        }
        actions: list[dict[str, Any]] = [{"Put": put}]
        if given_back:
            back = vendor_sums.give_room_back(self._table, after.order_key, after.technical_payment_id, given_back)
            actions.append(back)
        try:
            transact(self._dynamodb, actions)
        except Cancelled:
            raise LostRace from None
        return after

    def batch(self, split: Split, number: int) -> tuple[list[Part], list[Result]]:
        answer = self._dynamodb.get_item(TableName=self._table, Key=_parts_key(split, number), ConsistentRead=True)
        return _parts_and_results(answer["Item"])

    def batches(self, split: Split) -> list[tuple[list[Part], list[Result]]]:
        """All parts with their results, in the order in which they were given."""
        items = self._orders.query(split.order_key, f"SPLIT_PARTS#{split.split_id}#")
        return [_parts_and_results(item) for item in items]

    def save_results(self, split: Split, number: int, results: list[Result]) -> None:
        """Two runs of the same batch both write what they found at the PSP; the last write wins."""
        write(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_parts_key(split, number),
            UpdateExpression="SET results = :results",
            ExpressionAttributeValues={":results": {"S": to_json(results, leave_defaults)}},
        )

    def close_part(self, split: Split, number: int, position: int) -> None:
        """From now on no run can create a vendor payment for this part, not even a delayed one.

        The amount reserved for a part is returned when the split ends, so a part reported as unpaid has to stay so.
        """
        if split.closes_apart:
            write(self._dynamodb.put_item, TableName=self._table, Item=_closed_key(split, number, position))
            return
        write(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_parts_key(split, number),
            UpdateExpression="ADD closed :part",
            ExpressionAttributeValues={":part": {"NS": [str(position)]}},
        )

    def part_is_open(self, split: Split, number: int, position: int) -> dict[str, Any]:
        """The condition under which a vendor payment for this part may be created; charged for by the item's size."""
        if split.closes_apart:
            key = _closed_key(split, number, position)
            return {
                "ConditionCheck": {
                    "TableName": self._table,
                    "Key": key,
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
        check = {
            "TableName": self._table,
            "Key": _parts_key(split, number),
            "ConditionExpression": "attribute_not_exists(closed) OR NOT contains(closed, :part)",
            "ExpressionAttributeValues": {":part": {"N": str(position)}},
        }
        return {"ConditionCheck": check}

    def _put_parts(self, split: Split, number: int, parts: Sequence[Part]) -> None:
        item = _parts_key(split, number) | {"parts": {"S": to_json(list(parts), leave_defaults)}}
        is_new = {"ConditionExpression": "attribute_not_exists(pk)"}  # else the same split, with the same parts
        succeeds(self._dynamodb.put_item, TableName=self._table, Item=item, **is_new)


def due_at(split: Split) -> datetime | None:
    return split.updated_at + STALLED if split.status is SplitStatus.RUNNING else None


def _key(order_key: str, split_id: str) -> dict[str, Any]:
    return {"pk": {"S": order_key}, "sk": {"S": f"SPLIT#{split_id}"}}


def _parts_key(split: Split, number: int) -> dict[str, Any]:
    return {"pk": {"S": split.order_key}, "sk": {"S": f"SPLIT_PARTS#{split.split_id}#{number:04d}"}}


def _closed_key(split: Split, number: int, position: int) -> dict[str, Any]:
    return {"pk": {"S": split.order_key}, "sk": {"S": f"SPLIT_CLOSED#{split.split_id}#{number:04d}#{position}"}}


def _head(split: Split) -> dict[str, Any]:
    item: dict[str, Any] = {
        **_key(split.order_key, split.split_id),
        "split": {"S": to_json(split, leave_defaults)},
        "version": {"N": str(split.version)},
        "status": {"S": split.status},
        "run": {"N": str(split.run)},
        "batches": {"N": str(split.batches)},
    }
    due = due_at(split)
    if due:
        item["due_shard"] = {"S": shard_of(split.split_id)}
        item["due_at"] = {"S": instant(due)}
    return item


def _parts_and_results(item: dict[str, Any]) -> tuple[list[Part], list[Result]]:
    results = item["results"]["S"] if "results" in item else "[]"
    return from_json_list(Part, item["parts"]["S"]), from_json_list(Result, results)
