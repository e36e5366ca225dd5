"""Saves orders: every change is one transaction with its history and all its consequences (see `orders`).

Separate from `orders`, so that functions that only read orders do not load it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from tillgate.domain.ledger.entries import entries_of
from tillgate.domain.ledger.movements import Step, movements_of
from tillgate.domain.notifications.noteworthy import noteworthy
from tillgate.domain.orders import budget
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.payments.events import OperationRequested
from tillgate.domain.payments.operations import Actor, OperationType
from tillgate.store.ledger import books, taken_back
from tillgate.store.ledger.entries import posts
from tillgate.store.notifications import outbox
from tillgate.store.operators import work_list
from tillgate.store.orders import vendor_refunds, vendor_sums
from tillgate.store.orders.items import changes_of
from tillgate.store.orders.written_items import (
    PASSING,
    can_wait,
    change_item,
    entry_of,
    for_the_stream,
    order_item,
    waiting_item,
)
from tillgate.store.payments import disputes
from tillgate.store.psp import bookings, transfer_references
from tillgate.store.shared import psp_references
from tillgate.store.shared.due_index import PUT_OFF_SINCE
from tillgate.store.shared.idempotency import Keyed, Record
from tillgate.store.shared.keys import primary_key
from tillgate.store.shared.packing import packed
from tillgate.store.shared.sizes import size_of
from tillgate.store.shared.transactions import Cancelled, LostRace, NoSuchShopper, transact


class DuplicateReference(Exception):
    """The merchant has used this order reference."""


class Refused(Exception):
    """The condition of a write beside a new order was not met; carries its number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def create(
    dynamodb: Any,
    table: str,
    event: OrderCreated,
    record: Record | None = None,
    beside: Sequence[dict[str, Any]] = (),
    customer: Mapping[str, Any] | None = None,
) -> Order:
    """Saves a new order, with the writes `beside` it: `Refused` names the one whose condition was not met.

    Raises `DuplicateReference`, or `KeyTaken` for a repeated idempotency key.
    """
    order = replace(evolve(None, event), version=1, customer=customer)
    change = _Change([event], Actor.MERCHANT, "api", record.mark if record and _is_replayable(order) else None)
    # An order of nothing is safe at once, which has to be told; all others have nothing to tell yet.
    item, puts, order = _written(None, order, change, announced=int(order.is_free))
    reference = {
        "pk": {"S": f"REFERENCE#{order.merchant_id}#{order.order_reference}"},
        "sk": {"S": "REFERENCE"},
        "order_key": {"S": order.order_key},
    }
    actions = [
        _put(table, packed(item), "attribute_not_exists(pk)"),
        _put(table, reference, "attribute_not_exists(pk)"),
        *beside,
        *(_put(table, packed(each)) for each in puts),
    ]
    try:
        transact(dynamodb, [*actions, *_of_key(table, record, order)])
    except Cancelled as cancelled:
        cancelled.raise_if_key_taken(len(actions))
        if cancelled.failed(1):
            raise DuplicateReference from None
        refused = next((number for number in range(len(beside)) if cancelled.failed(2 + number)), None)
        raise (LostRace() if refused is None else Refused(refused)) from None
    return order


def save(
    dynamodb: Any,
    table: str,
    before: Order,
    events: list[Event],
    actor: Actor,
    cause: str,
    record: Record | None = None,
    beside: Sequence[dict[str, Any]] = (),
) -> Order:
    """Applies `events` to `before` and saves the result. Raises `LostRace` if it was changed since, or `KeyTaken`.

    A booking that was recorded since is a lost race too.

    `beside` saves an instrument of the order's shopper. Raises `NoSuchShopper` if the shopper was erased.
    """
    _refuse_void(events)
    steps = _steps(before, events)
    after = replace(steps[-1][1] if steps else before, version=before.version + 1)
    announced = after.version if noteworthy(before, after) else None
    change = _Change(events, actor, cause, record.mark if record and _is_replayable(after) else None)
    item, puts, after = _written(before, after, change, announced)
    actions = [_update(table, after, packed(item)), *(_put(table, packed(each)) for each in puts)]
    actions += work_list.changes(table, before, after) + transfer_references.changes(table, before, after)
    actions += bookings.changes(table, events) + disputes.changes(table, before, after)
    actions += taken_back.changes(table, before, after)
    actions += posts(table, after.merchant_id, entries_of(before, after))
    actions += books.puts(table, after.merchant_id, movements_of(steps, after.version))
    if after.share:
        actions += vendor_sums.consequences(table, before, after) + vendor_refunds.added(table, after, events)
    all_of_it = [*actions, *beside]
    try:
        transact(dynamodb, [*all_of_it, *_of_key(table, record, after)])
    except Cancelled as cancelled:
        cancelled.raise_if_key_taken(len(all_of_it))
        raise (NoSuchShopper if beside and cancelled.failed(len(actions)) else LostRace) from None
    return after


def _steps(before: Order, events: Sequence[Event]) -> list[Step]:
    steps: list[Step] = []
    for event in events:
        after = evolve(before, event)
        steps.append((before, after, event))
        before = after
    return steps


class _Change(NamedTuple):
    events: list[Event]
    actor: Actor
    cause: str
    answers: str | None


def _written(
    before: Order | None, after: Order, change: _Change, announced: int | None
) -> tuple[dict[str, Any], list[dict[str, Any]], Order]:
    """The order's item, its history's, and the order as it is stored. Raises `OrderTooLarge`.

    A change that is announced is written, as the outbox marks it, and those that waited with it; any other waits.
    """
    item = order_item(after, announced) | for_the_stream(before, after, announced)
    events, actor, cause, answers = change
    entry = change_item(after, events, actor, cause)
    budget.check(actor, events, after, size_of(item), size_of(entry))
    waiting = (*after.waiting, entry_of(after, events, actor, cause, answers))
    told = bool(announced) and not after.share
    if not told and can_wait(waiting):
        return item | waiting_item(waiting), [], replace(after, waiting=waiting)
    entry = change_item(after, events, actor, cause, answers, after.waiting)
    waited = [event for each in changes_of(after.waiting) for event in each.events]
    references = {} if after.share else psp_references.learned(before, waited, after, events)
    if told:
        return item, [entry | outbox.mark(before, after) | psp_references.mark(references)], replace(after, waiting=())
    return item, [entry, *psp_references.items(references)], replace(after, waiting=())


def _is_replayable(order: Order) -> bool:
    """What a call is answered with can be made again from history alone: nothing of it is stored elsewhere."""
    return order.kind == "single" and order.share is None


def _of_key(table: str, record: Record | None, order: Order) -> list[dict[str, Any]]:
    """What takes an idempotency key, or finishes it. An answer that can be made again is not stored."""
    if record is None:
        return []
    if not _is_replayable(order):
        return [record.action(table, order)]
    return [record.claim(table, order)] if record.begins or record.moves else []


def _refuse_void(events: list[Event]) -> None:
    """A request to move zero or a negative amount is never recorded, so never sent. Raises ValueError."""
    for event in events:
        if isinstance(event, OperationRequested) and event.operation is not OperationType.CLOSE and event.amount <= 0:
            raise ValueError(f"{event.operation_id} asks for {event.amount}")


def _update(table: str, order: Order, item: dict[str, Any]) -> dict[str, Any]:
    """Replaces the order on condition that it has not changed since it was read."""
    values = {name: value for name, value in item.items() if name not in ("pk", "sk")}
    removed = [name for name in (*PASSING, PUT_OFF_SINCE) if name not in values]
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
    expression += " REMOVE " + ", ".join(f"#{name}" for name in removed)
    condition, allotments = vendor_sums.as_read(order)
    return {
        "Update": {
            "TableName": table,
            "Key": primary_key(order.order_key),
            "UpdateExpression": expression,
            "ConditionExpression": f"#version = :read{condition}",
            "ExpressionAttributeNames": {f"#{name}": name for name in (*values, *removed)},
            "ExpressionAttributeValues": {
                **{f":{name}": value for name, value in values.items()},
                ":read": {"N": str(order.version - 1)},
                **allotments,
            },
        }
    }


def _put(table: str, item: dict[str, Any], condition: str | None = None) -> dict[str, Any]:
    put: dict[str, Any] = {"TableName": table, "Item": item}
    if condition:
        put["ConditionExpression"] = condition
    return {"Put": put}


def transact_with[Made: Keyed](
    dynamodb: Any, table: str, actions: list[dict[str, Any]], record: Record[Made] | None, made: Made
) -> None:
    """Executes all actions and the idempotency key's record, or nothing: `Cancelled` says why."""
    transact(dynamodb, [*actions, record.action(table, made)] if record else actions)
