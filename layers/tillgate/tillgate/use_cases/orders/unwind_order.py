"""Completes an ending that was not finished in the call that began it (IS-9, TH-5), or takes back from vendors what
the bank reversed: a step of its state machine.

It asks for pending and unknown outcomes and gives vendor payments back. What takes longer than an hour is left to the
due index and the sweep, which also finds endings that were never started.
"""

from datetime import datetime, timedelta

from tillgate.domain.orders.deadlines import next_due, vendors_owe
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.use_cases.orders.meet_deadlines import meet_deadlines
from tillgate.use_cases.orders.retry_ending import retry_ending
from tillgate.use_cases.shared.load_order import load
from tillgate.wiring import System

LONGEST = timedelta(hours=1)
SHORTEST = timedelta(seconds=10)
RETRYING = 30.0  # seconds per call for retrying vendors


def unwind_order(system: System, order_key: str, redriven_at: datetime | None) -> tuple[Order, datetime | None]:
    """The order, and when to check it again: None if it is over, stuck, or left to the sweep or to an operator.

    `redriven_at`: when an operator redrove the execution; what got stuck before that is retried.
    """
    if redriven_at and load(system, order_key).ended is OrderStatus.MANUAL_INTERVENTION_NEEDED:
        order, all_tried = retry_ending(system, order_key, cause="redriven", seconds=RETRYING, stuck_before=redriven_at)
        if not all_tried:
            return order, system.now() + SHORTEST
    order = meet_deadlines(system, order_key, "unwinding")
    if not (order.ending or vendors_owe(order)) or _waits_for_person(order):
        return order, None
    return order, _look_again(order, system.now(), redriven_at)


def _waits_for_person(order: Order) -> bool:
    """Only an operator's transfer is open: the call that reports it completes the ending."""
    open_ones = [op for payment in order.payments for op in payment.operations if op.status.at_psp]
    vendors = any(payment.vendors_stand for payment in order.payments)
    return bool(open_ones) and all(op.waits_for_person for op in open_ones) and not vendors


def _look_again(order: Order, now: datetime, redriven_at: datetime | None) -> datetime | None:
    """When something is due, but not before half the time passed so far has passed again: few transitions."""
    begun = redriven_at or (order.ending.at if order.ending else order.updated_at) or now
    due = next_due(order, timedelta(0)) or now
    at = max(due, now + max(SHORTEST, (now - begun) / 2))
    return at if at <= begun + LONGEST else None
