"""A merchant's payments, newest first (EV-1): those of its newest orders come first.

A position is that of an order, plus the number of its payments still to be listed if a page ended within it.
"""

from dataclasses import dataclass

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.payment import Payment
from tillgate.store.shared.due_index import instant
from tillgate.wiring import System

MOST_PAGES = 5  # of orders, per answer
ORDERS_A_PAGE = 25
_FIRST, _LAST = "1970", "9999~"


@dataclass(frozen=True, slots=True)
class Filter:
    """None does not filter."""

    status: PaymentStatus | None = None
    method: str | None = None

    def takes(self, payment: Payment) -> bool:
        return (self.status is None or payment.status is self.status) and (
            self.method is None or payment.method == self.method
        )


Found = list[tuple[Order, Payment]]


def list_payments(
    system: System, merchant_id: str, wanted: Filter, *, limit: int, before: str | None
) -> tuple[Found, str | None]:
    """Payments with their orders, and where the next page begins."""
    found: Found = []
    for _ in range(MOST_PAGES):
        keys, after = system.orders.list_keys(
            merchant_id, since=_FIRST, until=_LAST, limit=ORDERS_A_PAGE, before=before
        )
        for order in system.orders.load_many(keys):
            for left in range(_left(order, before), 0, -1):
                payment = order.payments[left - 1]
                if not wanted.takes(payment):
                    continue
                if len(found) == limit:
                    return _newest_first(found), f"{_position(order)}-{left}"
                found.append((order, payment))
        before = after
        if before is None:
            break
    return _newest_first(found), before


def _left(order: Order, before: str | None) -> int:
    """How many of the order's oldest payments are still to be listed; a page may have ended within an order."""
    _, _, left = (before or "").partition(f"{order.order_key}-")
    return min(int(left), len(order.payments)) if left.isdecimal() else len(order.payments)


def _position(order: Order) -> str:
    return f"{instant(order.created_at)}#{order.order_key}"


def _newest_first(found: Found) -> Found:
    return sorted(found, key=lambda each: each[1].created_at, reverse=True)
