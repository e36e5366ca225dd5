"""Vendor payments: created here, changed like any order (`Orders.save`), listed with their order."""

from dataclasses import replace
from typing import Any

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payments.payment import VendorSums
from tillgate.domain.shared.identifiers import parent_of
from tillgate.store.orders import vendor_refunds, vendor_sums
from tillgate.store.orders.orders import Orders
from tillgate.store.orders.written_items import entry_of, listed_at, order_item, waiting_item
from tillgate.store.shared.due_index import DueIndex
from tillgate.store.shared.idempotency import Record
from tillgate.store.shared.keys import VENDOR_SUMS
from tillgate.store.shared.packing import packed
from tillgate.store.shared.transactions import Cancelled, LostRace


class AlreadyPaid(Exception):
    """A vendor payment with this sub-order reference exists: read it."""


class PartClosed(Exception):
    """Another run of the same split has reported this part as unpaid, which is final."""


class VendorPayments:
    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    def create(self, order: Order, events: list[Event], record: Record | None = None) -> Order:
        """Saves a vendor payment and allots its amount in one transaction.

        Raises `AlreadyPaid`; `LostRace` if the order changed or has no room any more; `KeyTaken`.
        """
        part = _made(events)
        payment = order.payment(part.share.technical_payment_id) if part.share else None
        if payment is None:
            raise ValueError("a vendor payment is carved out of a technical one")
        actions = [
            self._put(part),
            vendor_sums.allot(self._orders.table, order, payment, part.amount),
        ]
        try:
            self._orders.transact(actions, record, part)
        except Cancelled as cancelled:
            cancelled.raise_if_key_taken(len(actions))
            raise (AlreadyPaid if cancelled.failed(0) else LostRace) from None
        return part

    def create_allotted(self, events: list[Event], is_open: dict[str, Any]) -> Order:
        """The same for a part of a split, whose amount is already allotted: the order's item is not written.

        Raises `PartClosed` if `is_open` (see `Splits.part_is_open`) does not hold.
        """
        part = _made(events)
        try:
            self._orders.transact([self._put(part), is_open], None, part)
        except Cancelled as cancelled:
            if cancelled.failed(0):
                raise AlreadyPaid from None
            raise (PartClosed if cancelled.failed(1) else LostRace) from None
        return part

    def page(self, order_key: str, limit: int, before: str | None) -> tuple[list[Order], str | None]:
        """An order's vendor payments, newest first, and where the next page begins."""
        keys, position = self._orders.list_keys(
            vendor_sums.vendors_of(order_key), since="0", until="9999~", limit=limit, before=before
        )
        return self._orders.load_many(keys), position

    @staticmethod
    def position(part: Order) -> str:
        """Where the list goes on after it."""
        return listed_at(part)

    def refunds(self, order_key: str, limit: int, before: str | None) -> list[tuple[str, str]]:
        """Positions of the vendors' refunds, newest first, each with the key of its vendor payment."""
        return vendor_refunds.page(self._orders.dynamodb, self._orders.table, order_key, limit, before)

    def sums(self, order_key: str) -> dict[str, VendorSums]:
        """The exact sums over the vendors of each technical payment: one small read."""
        return vendor_sums.read_sums(self.sum_items(order_key), order_key)

    def sum_items(self, order_key: str) -> list[dict[str, Any]]:
        return self._orders.query(order_key, VENDOR_SUMS)

    def taken_over(self, items: list[dict[str, Any]]) -> None:
        """The order has these sums: they leave index `due`, unless they have changed since they were read."""
        due = DueIndex(self._orders.dynamodb, self._orders.table)
        for item in items:
            if "due_at" in item:
                as_read = {":changes": item["changes"]}
                due.done(item["pk"]["S"], item["sk"]["S"], "changes = :changes", ExpressionAttributeValues=as_read)

    def _put(self, part: Order) -> dict[str, Any]:
        item = packed(order_item(part, announced=0) | waiting_item(part.waiting))
        once = {"ConditionExpression": "attribute_not_exists(pk)"}
        return {"Put": {"TableName": self._orders.table, "Item": item, **once}}


def _made(events: list[Event]) -> Order:
    part: Order | None = None
    for event in events:
        part = evolve(part, event)
    if part is None or part.share is None or parent_of(part.order_key) == part.order_key:
        raise ValueError("a vendor payment begins with its creation")
    part = replace(part, version=1)
    return replace(part, waiting=(entry_of(part, events, Actor.MERCHANT, "api", None),))
