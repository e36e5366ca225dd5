"""Tries once more to give back what a PSP refused to: an operator asks for it, by `resolve` or by a redrive (IS-9).

Vendors come first: the order's own ending looks at what they come to. Where there are too many for one call, the next
one goes on; whoever was tried after `stuck_before` is not tried again.
"""

from datetime import datetime

from tillgate.domain.duties import retry
from tillgate.domain.errors import OperationNotAllowed
from tillgate.domain.order import Actor, Order, OrderStatus
from tillgate.wiring import System

from .changes import carry_out, change, load
from .vendor_sums import take_over_sums

PAGE = 100


def retry_ending(
    system: System, order_key: str, *, cause: str, seconds: float, stuck_before: datetime | None = None
) -> tuple[Order, bool]:
    """The order after it, and whether all was tried. Raises `OperationNotAllowed` where there is nothing to try."""
    order = load(system, order_key)
    if any(payment.vendors.stuck for payment in order.payments):
        if not _retry_vendors(system, order, cause, stuck_before or system.now(), seconds):
            return load(system, order_key), False
        take_over_sums(system, order_key, cause=cause)
    saved = change(
        system,
        order_key,
        lambda order: retry(order, system.now(), stuck_before),
        actor=Actor.OPERATOR,
        cause=cause,
    )
    if not saved.events and stuck_before is None:
        raise OperationNotAllowed("nothing that should have gone back was refused")
    return carry_out(system, saved), True


def _retry_vendors(system: System, order: Order, cause: str, stuck_before: datetime, seconds: float) -> bool:
    """Whether every vendor payment that was stuck has been tried."""
    deadline = system.clock() + seconds
    position: str | None = None
    while True:
        parts, position = system.vendor_payments.page(order.order_key, PAGE, position)
        for part in parts:
            if part.ended is not OrderStatus.MANUAL_INTERVENTION_NEEDED:
                continue
            if system.clock() > deadline:
                return False
            retry_part(system, part.order_key, cause, stuck_before)
        if position is None:
            return True


def retry_part(system: System, key: str, cause: str, stuck_before: datetime) -> Order:
    saved = change(system, key, lambda part: retry(part, system.now(), stuck_before), actor=Actor.OPERATOR, cause=cause)
    return carry_out(system, saved)
