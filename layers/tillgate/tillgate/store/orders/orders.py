"""The orders table: an order is one item, its history one item a change, a merchant's reference one item.

| what | pk | sk |
| --- | --- | --- |
| order; its customer data is an attribute of its own | order key | `ORDER` |
| change number n of its history | order key | `CHANGE#n` |
| vendor payment, its history, their sums (see `vendors`) | order key | `VENDOR_...` |
| reference, so that it is used once | `REFERENCE#merchant#reference` | `REFERENCE` |
| which payment a transfer is for (see `references`) | `TRANSFER#reference` | `TRANSFER` |
| what was booked for it (see `bookings`) | `BOOKING#id` | `BOOKING` |
| what needs an operator (see `work`) | `WORK#order key` | `WORK` |
| idempotency key (see `idempotency`) | `IDEMPOTENCY#merchant#key` | `IDEMPOTENCY` |

Index `by_merchant` lists a merchant's orders, newest first; `due` holds what time demands something of (see `due`), and
each change whose merchant has still to be told (see `outbox`).

Every change is one transaction: the order, on condition that its version is the one that was read, and the change's
history. Two that race cannot both win, and history cannot drift from state.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tillgate.domain.ledger.entries import entries_of
from tillgate.domain.notifications.noteworthy import noteworthy
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.identifiers import parent_of
from tillgate.store.ledger.entries import posts
from tillgate.store.notifications import outbox
from tillgate.store.operators import work_list
from tillgate.store.orders import vendor_sums
from tillgate.store.orders.items import PASSING, Change, change_item, key_of, order_item, read_change, read_order
from tillgate.store.psp import bookings, transfer_references
from tillgate.store.shared.due_index import PUT_OFF_SINCE
from tillgate.store.shared.idempotency import Keyed, Record
from tillgate.store.shared.keys import history_prefix
from tillgate.store.shared.keys import primary_key as _key
from tillgate.store.shared.transactions import Cancelled, LostRace, NoSuchShopper, transact


class DuplicateReference(Exception):
    """The merchant has used this order reference."""


class Refused(Exception):
    """What was to be written beside a new order, by its number, found its condition not met."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Orders:
    """Loads and saves orders. One read, one transaction."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self.dynamodb = dynamodb
        self.table = table

    def load(self, order_key: str) -> Order | None:
        """The order as it stands now (one consistent read), or None."""
        answer = self.dynamodb.get_item(TableName=self.table, Key=_key(order_key), ConsistentRead=True)
        item = answer.get("Item")
        return read_order(item) if item else None

    def create(
        self,
        event: OrderCreated,
        record: Record | None = None,
        beside: Sequence[dict[str, Any]] = (),
        customer: Mapping[str, Any] | None = None,
    ) -> Order:
        """Saves a new order, with the writes `beside` it: `Refused` names the one whose condition was not met.

        Raises `DuplicateReference`, or `KeyTaken` for a repeated idempotency key.
        """
        order = replace(evolve(None, event), version=1, customer=customer)
        reference = {
            "pk": {"S": f"REFERENCE#{order.merchant_id}#{order.order_reference}"},
            "sk": {"S": "REFERENCE"},
            "order_key": {"S": order.order_key},
        }
        actions = [
            self._put(order_item(order, announced=0), "attribute_not_exists(pk)"),
            self._put(change_item(order, [event], Actor.MERCHANT, "api")),
            self._put(reference, "attribute_not_exists(pk)"),
            *beside,
        ]
        try:
            self.transact(actions, record, order)
        except Cancelled as cancelled:
            cancelled.raise_if_key_taken(len(actions))
            if cancelled.failed(2):
                raise DuplicateReference from None
            refused = next((number for number in range(len(beside)) if cancelled.failed(3 + number)), None)
            raise (LostRace() if refused is None else Refused(refused)) from None
        return order

    def save(
        self,
        before: Order,
        events: list[Event],
        actor: Actor,
        cause: str,
        record: Record | None = None,
        beside: Sequence[dict[str, Any]] = (),
    ) -> Order:
        """Saves what `events` make of `before`. Raises `LostRace` if it was changed since, or `KeyTaken`.

        A booking that was told since is a lost race too.

        `beside` keeps an instrument of the order's shopper. Raises `NoSuchShopper` if that is erased.
        """
        after = before
        for event in events:
            after = evolve(after, event)
        after = replace(after, version=before.version + 1)
        announced = after.version if noteworthy(before, after) else None
        entry = change_item(after, events, actor, cause)
        if announced and not after.share:
            entry |= outbox.mark(after)
        actions = [self._update(after, announced), self._put(entry)]
        actions += work_list.changes(self.table, before, after) + transfer_references.changes(self.table, before, after)
        actions += bookings.changes(self.table, events)
        actions += posts(self.table, after.merchant_id, entries_of(before, after))
        if after.share:
            actions += vendor_sums.consequences(self.table, before, after)
        all_of_it = [*actions, *beside]
        try:
            self.transact(all_of_it, record, after)
        except Cancelled as cancelled:
            cancelled.raise_if_key_taken(len(all_of_it))
            raise (NoSuchShopper if beside and cancelled.failed(len(actions)) else LostRace) from None
        return after

    def history(self, order_key: str) -> Iterator[Change]:
        """Every change, oldest first."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :change)",
            ExpressionAttributeValues={
                ":pk": {"S": parent_of(order_key)},
                ":change": {"S": history_prefix(order_key)},
            },
            ConsistentRead=True,
        )
        return (read_change(item) for page in pages for item in page["Items"])

    def list_keys(
        self, merchant_id: str, *, since: str, until: str, limit: int, before: str | None
    ) -> tuple[list[str], str | None]:
        """A page of a merchant's order keys, newest first, and where the next page begins. Instants as in `instant`."""
        newest = min(before, until) if before else until
        answer = self.dynamodb.query(
            TableName=self.table,
            IndexName="by_merchant",
            KeyConditionExpression="list_key = :merchant AND listed_at BETWEEN :since AND :newest",
            ExpressionAttributeValues={
                ":merchant": {"S": merchant_id},
                ":since": {"S": since},
                ":newest": {"S": newest},
            },
            ScanIndexForward=False,
            Limit=limit + 1,
        )
        items = [item for item in answer["Items"] if item["listed_at"]["S"] != before]
        found = [key_of(item) for item in items[:limit]]
        more = len(items) > limit or "LastEvaluatedKey" in answer
        return found, items[len(found) - 1]["listed_at"]["S"] if more and found else None

    def load_many(self, order_keys: list[str]) -> list[Order]:
        """Orders in the order of their keys; those that are gone are left out. At most 100."""
        left = {self.table: {"Keys": [_key(order_key) for order_key in order_keys]}} if order_keys else {}
        found: dict[str, Order] = {}
        while left:
            answer = self.dynamodb.batch_get_item(RequestItems=left)
            for item in answer["Responses"].get(self.table, []):
                found[key_of(item)] = read_order(item)
            left = answer.get("UnprocessedKeys") or {}
        return [found[order_key] for order_key in order_keys if order_key in found]

    def by_reference(self, merchant_id: str, order_reference: str) -> Order | None:
        """The order of that reference: two reads."""
        key = {"pk": {"S": f"REFERENCE#{merchant_id}#{order_reference}"}, "sk": {"S": "REFERENCE"}}
        item = self.dynamodb.get_item(TableName=self.table, Key=key, ConsistentRead=True).get("Item")
        return self.load(item["order_key"]["S"]) if item else None

    def query(self, order_key: str, prefix: str) -> list[dict[str, Any]]:
        """The items of an order whose sort key begins so; for few and small ones."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={":pk": {"S": order_key}, ":prefix": {"S": prefix}},
            ConsistentRead=True,
        )
        return [item for page in pages for item in page["Items"]]

    def payment_by_reference(self, reference: str) -> str | None:
        """The id of the payment that awaits a bank transfer with this reference, or did."""
        return transfer_references.payment_id_of(self.dynamodb, self.table, reference)

    def booking(self, booking_id: str) -> bookings.Booking | None:
        """What was told of that booking; None if nothing was."""
        return bookings.find(self.dynamodb, self.table, booking_id)

    def needing_operators(self, limit: int) -> list[tuple[str, str]]:
        """The work list: keys of orders and payouts and since when they need an operator, longest first."""
        return work_list.waiting(self.dynamodb, self.table, limit)

    def _update(self, order: Order, announced: int | None) -> dict[str, Any]:
        """Replaces the order on condition that nobody else has since it was read."""
        values = {name: value for name, value in order_item(order, announced).items() if name not in ("pk", "sk")}
        removed = [name for name in (*PASSING, PUT_OFF_SINCE) if name not in values]
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        expression += " REMOVE " + ", ".join(f"#{name}" for name in removed)
        condition, allotments = vendor_sums.as_read(order)
        return {
            "Update": {
                "TableName": self.table,
                "Key": _key(order.order_key),
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

    def _put(self, item: dict[str, Any], condition: str | None = None) -> dict[str, Any]:
        put: dict[str, Any] = {"TableName": self.table, "Item": item}
        if condition:
            put["ConditionExpression"] = condition
        return {"Put": put}

    def transact[Made: Keyed](self, actions: list[dict[str, Any]], record: Record[Made] | None, made: Made) -> None:
        """All of the actions and the idempotency key's record, or none of it: `Cancelled` says why."""
        if record:
            actions = [*actions, record.action(self.table, made)]
        transact(self.dynamodb, actions)
