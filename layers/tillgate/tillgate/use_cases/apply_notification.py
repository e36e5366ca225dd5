"""Takes what a PSP has notified into the order it is about (IS-12, IS-13).

| a fact is | what happens |
| --- | --- |
| new | the order changes |
| a copy, or late: more is known already | nothing (`OperationStatus.rank`) |
| impossible as things stand | recorded without effect, an operator looks (`FactRefused`) |
| early: of a payment or operation that is not known yet | the notification is parked and tried again |
| of a payment or operation that is never known | parked, tried for 30 days, then counted and let go |
"""

from collections import defaultdict
from datetime import timedelta

from tillgate.domain.errors import NotFound
from tillgate.domain.facts import CHECK_GAPS, Fact
from tillgate.domain.keys import aggregate_key_of
from tillgate.domain.order import Order
from tillgate.store.parked import Parked, once_more
from tillgate.telemetry import count, logger
from tillgate.wiring import System

from .changes import carry_out, learn_facts, load

AT_FIRST = timedelta(seconds=10)  # what is only just early is not kept waiting for a whole minute


def apply_notification(system: System, notification: Parked) -> None:
    """Applies what is known and parks the notification if something in it is not."""
    facts = system.connector(notification.connector).read_notification(notification.body.encode())
    if not _all_known(system, facts, cause="notification"):
        system.parked.save(notification, system.now() + AT_FIRST)
        count("NotificationParked", connector=notification.connector)
        logger.warning("notification parked", extra={"payments": sorted({fact.payment_id for fact in facts})})


def try_parked_again(system: System, limit: int) -> int:
    """Parked notifications whose time has come, with growing gaps; answers how many there were."""
    due = system.parked.due(system.now(), limit)
    for parked in due:
        try:
            _try_again(system, parked)
        except Exception:
            # One that cannot be applied must not hold up the others; it stays where it is.
            logger.exception("a parked notification failed", extra={"parked": parked.id})
            count("SweepFailed")
    return len(due)


def _try_again(system: System, parked: Parked) -> None:
    facts = system.connector(parked.connector).read_notification(parked.body.encode())
    if _all_known(system, facts, cause="parked notification"):
        system.parked.remove(parked.id)
    elif system.now() >= parked.given_up_at:
        system.parked.remove(parked.id)
        count("NotificationGivenUp")
        logger.error("a notification was never known", extra={"payments": sorted({f.payment_id for f in facts})})
    else:
        gap = CHECK_GAPS[min(parked.tries, len(CHECK_GAPS) - 1)]
        system.parked.save(once_more(parked), min(system.now() + gap, parked.given_up_at))


def _all_known(system: System, facts: list[Fact], *, cause: str) -> bool:
    """Learns the facts that are of known operations; whether all were."""
    by_order: dict[str | None, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_order[_order_key_or_none(fact.payment_id)].append(fact)
    unknown = [key for key, its_facts in by_order.items() if not _learned(system, key, its_facts, cause)]
    return not unknown


def _order_key_or_none(payment_id: str) -> str | None:
    try:
        return aggregate_key_of(payment_id)
    except NotFound:
        return None


def _learned(system: System, order_key: str | None, facts: list[Fact], cause: str) -> bool:
    try:
        order = load(system, order_key or "")
    except NotFound:
        return False
    order = carry_out(system, learn_facts(system, order, facts, cause=cause))
    return all(_is_known(order, fact) for fact in facts)


def _is_known(order: Order, fact: Fact) -> bool:
    payment = order.payment(fact.payment_id)
    return payment is not None and payment.operation(fact.operation_id) is not None
