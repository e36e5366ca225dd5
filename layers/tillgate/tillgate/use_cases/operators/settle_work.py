"""For operators: tries again what is on the work list and is no order, or sets it aside (GO-4, ONE-9).

| on the list | tried again | set aside |
| --- | --- | --- |
| a vendor's payout that was refused or returned | it is paid once more, at the PSP that is asked before | - |
| a PSP's notification about an unknown payment | applied, if the payment is known by now | forgotten |
| notifications that a receiver did not take | sent again, for 72 hours | given up for good |
| what keeps failing | by the sweep, within a minute | - |
"""

from collections.abc import Callable
from dataclasses import replace

from tillgate.domain.notifications.delivery import Delivery
from tillgate.domain.payouts.payout import is_payout
from tillgate.domain.shared.refusals import NotFound, OperationNotAllowed
from tillgate.runtime.telemetry import logger
from tillgate.store.shared.work_items import ENDPOINT, FAILING, PARKED
from tillgate.use_cases.marketplace.pay_out_vendors import Result, pay_again
from tillgate.use_cases.operators.resolve import check_who_and_why
from tillgate.use_cases.operators.work_list import describe, place_of
from tillgate.use_cases.psp.apply_notification import forget, try_again
from tillgate.wiring import System

SECONDS = 15.0  # a call; a repeated one goes on
AT_A_TIME = 25

_PAID_AGAIN = {
    Result.PAID: "it is paid",
    Result.PENDING: "it is requested; the PSP has not told its outcome yet",
    Result.NOT_PAID: "the PSP has refused it again",
    Result.SUSPENDED: "the vendor or the merchant is suspended; it is paid once that ends",
    Result.WAITING: "the vendor's new account waits to be approved; it is paid after that",
    Result.HELD: "the vendor owes more than it earned, or what a bank took back is not debited yet; nothing is paid",
    Result.BY_HAND: "this PSP pays no vendors; pay it by hand, and book it with adjust_vendor",
    Result.NOTHING: "nothing is left to be paid",
}


def retry_work(system: System, item: str, *, by: str, reason: str) -> str:
    """What came of it. Raises `NotFound` if it is not on the list any more."""
    _check(system, item, by, reason)
    logger.info("work tried again", extra={"item": item, "by": by, "reason": reason})
    if is_payout(item):
        return _PAID_AGAIN[pay_again(system, item)]
    if item.startswith(PARKED):
        done = try_again(system, item.removeprefix(PARKED))
        return "it is applied" if done else "the payment is still unknown"
    if item.startswith(ENDPOINT):
        return f"notifications sent again: {_send_again(system, item.removeprefix(ENDPOINT))}"
    if item.startswith(FAILING):
        system.due.hasten(*place_of(item), system.now())
        return "it is tried within a minute"
    raise OperationNotAllowed("an order is settled by what its own entry on the list says")


def set_aside_work(system: System, item: str, *, by: str, reason: str) -> str:
    """What came of it. Raises `NotFound` if it is not on the list any more, `OperationNotAllowed` for what pays."""
    _check(system, item, by, reason)
    logger.info("work set aside", extra={"item": item, "by": by, "reason": reason})
    if item.startswith(PARKED):
        forget(system, item.removeprefix(PARKED))
        return "it is forgotten"
    if item.startswith(ENDPOINT):
        receiver = item.removeprefix(ENDPOINT)
        return f"notifications given up: {_each(system, receiver, lambda dead: replace(dead, set_aside=True))}"
    raise OperationNotAllowed("this cannot be set aside: it has to be settled")


def _check(system: System, item: str, by: str, reason: str) -> None:
    check_who_and_why(by, reason)
    if describe(system, item) is None:
        raise NotFound("this is not on the work list any more")


def _send_again(system: System, receiver: str) -> int:
    now = system.now()
    sent = _each(system, receiver, lambda dead: dead.again(now, now))
    system.receivers.wake(receiver, now)
    return sent


def _each(system: System, receiver: str, after: Callable[[Delivery], Delivery]) -> int:
    """How many of a receiver's dead notifications were changed. The sweep takes the receiver off the list."""
    done, until = 0, system.clock() + SECONDS
    while system.clock() < until and (dead := system.deliveries.dead(receiver, AT_A_TIME)):
        done += sum(system.deliveries.save(each, after(each)) for each in dead)
    return done
