"""Retries giving back what a PSP refused to give back, when an operator calls `resolve` or redrives (IS-9).

Vendors come first: the order's own ending depends on their sums. If there are too many for one call, the next call
continues: it retries those that got stuck before the order did, and one that is refused again is stuck later than that.
"""

from datetime import datetime, timedelta

from tillgate.domain.orders.order import Order
from tillgate.domain.orders.reactions import retry
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.refusals import OperationNotAllowed
from tillgate.use_cases.marketplace.vendor_sums import take_over_sums
from tillgate.use_cases.shared.changes import change, execute_requests, load
from tillgate.wiring import System

PAGE = 100
CLOCKS_DIFFER = timedelta(seconds=1)  # the order's end and its vendors' outcomes are timed by different clocks


def retry_ending(
    system: System, order_key: str, *, cause: str, seconds: float, stuck_before: datetime | None = None
) -> tuple[Order, bool]:
    """The order after it, and whether everything was tried: if not, the call has to be repeated for the rest.

    `stuck_before`: whatever got stuck later is left alone, and so is an order that has nothing else. Raises
    `OperationNotAllowed` if there is nothing to retry.
    """
    order = load(system, order_key)
    of_vendors = any(payment.vendors.stuck for payment in order.payments)
    if of_vendors:
        since = stuck_before or (order.stuck.since + CLOCKS_DIFFER if order.stuck else None)
        if not _retry_vendors(system, order_key, cause, since, seconds):
            return load(system, order_key), False
        take_over_sums(system, order_key, cause=cause)
    saved = change(
        system,
        order_key,
        lambda order: retry(order, system.now(), stuck_before),
        actor=Actor.OPERATOR,
        cause=cause,
    )
    if not (saved.events or of_vendors) and stuck_before is None:
        raise OperationNotAllowed("no cancel or refund of this order was refused")
    return execute_requests(system, saved), True


def _retry_vendors(system: System, order_key: str, cause: str, stuck_before: datetime | None, seconds: float) -> bool:
    """Retries at least one. Whether every stuck vendor payment has been retried."""
    deadline = system.clock() + seconds
    position: str | None = None
    tried = 0
    while True:
        parts, position = system.vendor_payments.page(order_key, PAGE, position)
        for part in parts:
            if not retry(part, system.now(), stuck_before):
                continue
            if tried and system.clock() > deadline:
                return False
            _retry_part(system, part.order_key, cause, stuck_before)
            tried += 1
        if position is None:
            return True


def _retry_part(system: System, key: str, cause: str, stuck_before: datetime | None) -> None:
    saved = change(system, key, lambda part: retry(part, system.now(), stuck_before), actor=Actor.OPERATOR, cause=cause)
    execute_requests(system, saved)
