"""The orders table: an order is one item, its history has one item per change, and a reference is one item.

| what | pk | sk |
| --- | --- | --- |
| order; its customer data is an attribute of its own | order key | `ORDER` |
| change number n of its history, with those that waited for it | order key | `CHANGE#n` |
| vendor payment, its history, their sums (see `vendor_sums`) | order key | `VENDOR_...` |
| reference, to make it unique | `REFERENCE#merchant#reference` | `REFERENCE` |
| the payment that a transfer is for (see `transfer_references`) | `TRANSFER#reference` | `TRANSFER` |
| a payment that a PSP calls so (see `psp_references`) | `PSP_REFERENCE#reference` | payment id |
| a booking for it (see `bookings`) | `BOOKING#id` | `BOOKING` |
| a dispute, in its merchant's list | `DISPUTE#id` | `DISPUTE` |
| payments, in their merchant's list (see `listed_payments`) | order key | `CHANGE#n` |
| what needs an operator (see `work_items`) | `WORK#order key` | `WORK` |
| idempotency key (see `idempotency`) | `IDEMPOTENCY#merchant#key` | `IDEMPOTENCY` |

Index `by_merchant` lists a merchant's orders, payments and disputes, newest first; `due` holds items with something to
do at a time (see `due_index`), and changes that have not been announced to their merchant (see `outbox`).

Every change is one transaction: the order, on condition that its version is the one that was read, and the change's
history. Two racing changes cannot both win, and history cannot drift from state. A change that nobody is told of waits
in the order's own item (attribute `waiting`) and is written with the next that is announced: an item less (ADR 131).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import batched
from typing import TYPE_CHECKING, Any

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.identifiers import parent_of
from tillgate.store.orders.items import (
    Change,
    changes_of,
    key_of,
    read_as_written,
    read_changes,
    read_order,
    read_waiting,
)
from tillgate.store.shared import lists
from tillgate.store.shared.keys import history_prefix
from tillgate.store.shared.keys import primary_key as _key
from tillgate.store.shared.reading import Lookup, Place, get_many

if TYPE_CHECKING:
    from tillgate.domain.orders.events import Event
    from tillgate.domain.orders.order_events import OrderCreated
    from tillgate.store.payments.listed_payments import Started
    from tillgate.store.psp.bookings import Booking
    from tillgate.store.shared.idempotency import Keyed, Record

MOST_READ = 100  # items, in one call


class Orders:
    """Loads and saves orders. One read, one transaction."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self.dynamodb = dynamodb
        self.table = table

    def load(self, order_key: str) -> Order | None:
        """The order's current state (one consistent read), or None."""
        answer = self.dynamodb.get_item(TableName=self.table, Key=_key(order_key), ConsistentRead=True)
        item = answer.get("Item")
        return read_order(item) if item else None

    def lookup_as_written(self, order_key: str) -> Lookup[Order | None]:
        """The order exactly as its last change left it: the result of replaying its history.

        Without customer data, which history does not contain, and without later allotments to vendors.
        """
        return Lookup(self._place(order_key), lambda item: read_as_written(item) if item else None)

    def _place(self, order_key: str) -> Place:
        key = _key(order_key)
        return self.table, key["pk"]["S"], key["sk"]["S"]

    def create(
        self,
        event: "OrderCreated",
        record: "Record | None" = None,
        beside: Sequence[dict[str, Any]] = (),
        customer: Mapping[str, Any] | None = None,
    ) -> Order:
        """Saves a new order, with the writes `beside` it: `Refused` names the one whose condition was not met.

        Raises `DuplicateReference`, or `KeyTaken` for a repeated idempotency key; `OrderTooLarge`.
        """
        from tillgate.store.orders import saving

        return saving.create(self.dynamodb, self.table, event, record, beside, customer)

    def save(
        self,
        before: Order,
        events: "list[Event]",
        actor: Actor,
        cause: str,
        record: "Record | None" = None,
        beside: Sequence[dict[str, Any]] = (),
    ) -> Order:
        """Applies `events` to `before` and saves the result. Raises `LostRace` if it was changed since, or `KeyTaken`.

        A booking that was recorded since is a lost race too. Raises `OrderTooLarge` if the order has no room for a
        request of merchant or shopper.

        `beside` saves an instrument of the order's shopper. Raises `NoSuchShopper` if the shopper was erased.
        """
        from tillgate.store.orders import saving

        return saving.save(self.dynamodb, self.table, before, events, actor, cause, record, beside)

    def history(self, order_key: str) -> Iterator[Change]:
        """Every change, oldest first; those that still wait in the order's item come last.

        The order is read first: what is written to the history meanwhile is there twice, and returned once.
        """
        item = self.dynamodb.get_item(TableName=self.table, Key=_key(order_key), ConsistentRead=True).get("Item", {})
        waiting, last = read_waiting(item), 0
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :change)",
            ExpressionAttributeValues={
                ":pk": {"S": parent_of(order_key)},
                ":change": {"S": history_prefix(order_key)},
            },
            ConsistentRead=True,
        )
        for change in (each for page in pages for item in page["Items"] for each in read_changes(item)):
            last = change.version
            yield change
        yield from changes_of(each for each in waiting if each["version"] > last)

    def as_answered(self, order_key: str, mark: str) -> Order | None:
        """The order as the call with that idempotency key was answered (`Key.mark`); None if it was not, or not so."""
        from tillgate.domain.orders.evolve import evolve

        order: Order | None = None
        found: Order | None = None
        for change in self.history(order_key):
            for event in change.events:
                order = evolve(order, event)
            if order and change.answers == mark:
                found = replace(order, version=change.version)
        return found

    def list_keys(
        self, merchant_id: str, *, since: str, until: str, limit: int, before: str | None
    ) -> tuple[list[str], str | None]:
        """A page of a merchant's order keys, newest first, and where the next page begins. Instants as by `instant`."""
        newest = min(before, until) if before else until
        if newest < since:  # DynamoDB refuses a range that ends before it begins
            return [], None
        items, position = lists.page(
            self.dynamodb, self.table, merchant_id, since=since, newest=newest, below=before, limit=limit
        )
        return [key_of(item) for item in items], position

    def dispute_ids(self, merchant_id: str, *, limit: int, before: str | None) -> tuple[list[str], str | None]:
        """A page of the ids of a merchant's disputes, newest first, and where the next page begins."""
        from tillgate.store.payments import disputes

        return disputes.list_ids(self.dynamodb, self.table, merchant_id, limit=limit, before=before)

    def started_payments(
        self, merchant_id: str, *, limit: int, before: str | None
    ) -> tuple[list["Started"], str | None]:
        """Changes that began payments of a merchant, newest first, and where the next page begins."""
        from tillgate.store.payments import listed_payments

        return listed_payments.list_started(self.dynamodb, self.table, merchant_id, limit=limit, before=before)

    def payments_listed_since(self, merchant_id: str) -> str | None:
        """The instant of the oldest payment in that list."""
        from tillgate.store.payments import listed_payments

        return listed_payments.first_instant(self.dynamodb, self.table, merchant_id)

    def load_many(self, order_keys: list[str]) -> list[Order]:
        """Orders in the order of their keys, without those that are gone. At most 100."""
        places = [self._place(order_key) for order_key in order_keys]
        found = get_many(self.dynamodb, places)
        return [read_order(found[place]) for place in places if place in found]

    def by_reference(self, merchant_id: str, order_reference: str) -> Order | None:
        """The order with that reference: two reads."""
        key = {"pk": {"S": _reference(merchant_id, order_reference)}, "sk": {"S": "REFERENCE"}}
        item = self.dynamodb.get_item(TableName=self.table, Key=key, ConsistentRead=True).get("Item")
        return self.load(item["order_key"]["S"]) if item else None

    def keys_by_reference(self, merchant_ids: Sequence[str], order_reference: str) -> list[str]:
        """The keys of the orders with that reference, one for each merchant that has used it."""
        places = [(self.table, _reference(each, order_reference), "REFERENCE") for each in merchant_ids]
        found = [get_many(self.dynamodb, some) for some in batched(places, MOST_READ, strict=False)]
        return [str(item["order_key"]["S"]) for items in found for item in items.values()]

    def query(self, order_key: str, prefix: str) -> list[dict[str, Any]]:
        """The items of an order whose sort key has that prefix; for few and small ones."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={":pk": {"S": order_key}, ":prefix": {"S": prefix}},
            ConsistentRead=True,
        )
        return [item for page in pages for item in page["Items"]]

    def payments_by_references(self, references: Sequence[str]) -> dict[str, str]:
        """The ids of the payments that await a bank transfer with one of these references, or did."""
        from tillgate.store.psp import transfer_references

        return transfer_references.payment_ids_of(self.dynamodb, self.table, references)

    def payments_called(self, psp_reference: str) -> list[str]:
        """The ids of the payments that a PSP calls so; vendor payments are not among them."""
        from tillgate.store.shared import psp_references

        return psp_references.payment_ids_of(self.dynamodb, self.table, psp_reference)

    def booking(self, booking_id: str) -> "Booking | None":
        """The recorded booking; None if there is none."""
        from tillgate.store.psp import bookings

        return bookings.find(self.dynamodb, self.table, booking_id)

    def transact[Made: Keyed](self, actions: list[dict[str, Any]], record: "Record[Made] | None", made: Made) -> None:
        """Executes all actions and the idempotency key's record, or nothing: `Cancelled` says why."""
        from tillgate.store.orders import saving

        saving.transact_with(self.dynamodb, self.table, actions, record, made)


def _reference(merchant_id: str, order_reference: str) -> str:
    return f"REFERENCE#{merchant_id}#{order_reference}"
