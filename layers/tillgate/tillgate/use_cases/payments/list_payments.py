"""A merchant's payments, newest first (EV-1), whenever their orders were created.

Payments that were started before there was a list of them come after it, those of the newest orders first.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.payment import Payment
from tillgate.store.shared.due_index import instant
from tillgate.use_cases.shared.paging import AT_ONCE, Paged, paged
from tillgate.wiring import System

_FIRST, _LAST = "1970", "9999"


@dataclass(frozen=True, slots=True)
class Filter:
    """None does not filter."""

    status: PaymentStatus | None = None
    method: str | None = None

    def takes(self, each: "Listed") -> bool:
        return (self.status is None or each.payment.status is self.status) and (
            self.method is None or each.payment.method == self.method
        )


class Listed(NamedTuple):
    """A payment with its order, and the position after it."""

    order: Order
    payment: Payment
    position: str


def list_payments(system: System, merchant_id: str, wanted: Filter, *, limit: int, before: str | None) -> Paged[Listed]:
    """At most `limit` of them, each with the position after it."""
    left = limit
    if before is None or "#pay_" in before:
        for found in _listed(system, merchant_id, wanted, limit=limit, before=before):
            yield found
            if found[0] is None:
                return
            left -= 1
        since = system.orders.payments_listed_since(merchant_id) or _LAST
        before = f"{since}#0"
    older = _older(system, merchant_id, wanted, limit=max(1, left), before=before)
    if left:
        yield from older
    elif next(older, None):
        yield None, before


def _listed(system: System, merchant_id: str, wanted: Filter, *, limit: int, before: str | None) -> Paged[Listed]:
    def read(limit: int, before: str | None) -> tuple[list[Listed], str | None]:
        started, after = system.orders.started_payments(merchant_id, limit=limit, before=before)
        keys = list(dict.fromkeys(each.order_key for each in started))
        orders = {order.order_key: order for order in system.orders.load_many(keys)}
        return [
            Listed(orders[each.order_key], orders[each.order_key].payments[number - 1], f"{each.listed_at}-{number}")
            for each in started
            for number in each.numbers
            if each.order_key in orders and not _was_listed(each.listed_at, number, before)
        ], after

    return paged(read, lambda each: each.position, wanted.takes, limit=limit, before=before)


def _was_listed(listed_at: str, number: int, before: str | None) -> bool:
    """A page may have ended between the payments that one change began."""
    first_left = (before or "").removeprefix(f"{listed_at}-")
    return first_left.isdecimal() and number >= int(first_left)


def _older(system: System, merchant_id: str, wanted: Filter, *, limit: int, before: str) -> Paged[Listed]:
    """Payments from before there was a list. A position is that of an order, and how many of its payments are left."""
    since = system.orders.payments_listed_since(merchant_id)
    until = datetime.fromisoformat(since) if since else None

    def read(_: int, before: str | None) -> tuple[list[Listed], str | None]:
        keys, after = system.orders.list_keys(merchant_id, since=_FIRST, until=_LAST, limit=AT_ONCE, before=before)
        return [
            Listed(order, order.payments[left - 1], f"{instant(order.created_at)}#{order.order_key}-{left - 1}")
            for order in system.orders.load_many(keys)
            for left in range(_left(order, before), 0, -1)
            if until is None or order.payments[left - 1].created_at < until
        ], after

    return paged(read, lambda each: each.position, wanted.takes, limit=limit, before=before)


def _left(order: Order, before: str | None) -> int:
    _, _, left = (before or "").partition(f"{order.order_key}-")
    return min(int(left), len(order.payments)) if left.isdecimal() else len(order.payments)
