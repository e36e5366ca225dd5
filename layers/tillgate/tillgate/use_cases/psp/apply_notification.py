"""Takes what a PSP has notified into the order it is about (IS-12, IS-13).

| a fact is | what happens |
| --- | --- |
| new | the order changes |
| a copy, or late: more is known already | nothing (`OperationStatus.rank`) |
| impossible as things stand | recorded without effect, an operator looks (`FactRefused`) |
| early: of a payment or operation that is not known yet | the notification is parked and tried again |
| of another PSP's payment, or another merchant's | nothing; counted, and parked as if the payment were not known |
| of a payment or operation that is never known | parked, tried for 30 days, then counted and let go |

A signature proves who speaks, not of whose payments: a PSP is heard about those that were begun with it, and one that
speaks of a merchant's own account about that merchant's.

What names no request of ours has a kind and the PSP's reference instead; `routing` sees to it that it is not ours.
"""

from collections import defaultdict
from datetime import timedelta
from math import inf

from tillgate.connectors.api import news
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.payment import Payment
from tillgate.domain.payouts.payout import Payout, is_payout
from tillgate.domain.psp.facts import CHECK_GAPS, Fact, operation_of
from tillgate.domain.shared.identifiers import aggregate_key_of
from tillgate.domain.shared.refusals import NotFound
from tillgate.runtime.telemetry import count, logger
from tillgate.store.psp.parked_notifications import SHARD, Parked, id_of, once_more
from tillgate.use_cases.payouts.pay_out import learn
from tillgate.use_cases.psp.routing import resolved
from tillgate.use_cases.shared.changes import execute_requests, learn_facts, load
from tillgate.use_cases.shared.postpone import postpone_on_failure
from tillgate.wiring import System

AT_FIRST = timedelta(seconds=10)  # what is only just early is not kept waiting for a whole minute


def apply_notification(system: System, notification: Parked) -> None:
    """Applies what is known and parks the notification if something in it is not."""
    said = news(system.connector(notification.connector), notification.body.encode())
    if not _all_known(system, said, notification, cause="notification"):
        system.parked.save(notification, system.now() + AT_FIRST)
        count("NotificationParked", connector=notification.connector)
        logger.warning("notification parked", extra={"payments": sorted({each.payment_id for each in said})})


def try_parked_again(system: System, limit: int, until: float = inf) -> int:
    """Parked notifications whose time has come, with growing gaps; answers how many were tried.

    None is begun after `until` (of `System.clock`): a PSP that does not answer takes its time with each.
    """
    tried = 0
    for waiting in system.due.find(SHARD, system.now(), limit):
        if system.clock() >= until:
            break
        postpone_on_failure(system, waiting, lambda each: _try_again(system, id_of(each.pk)))
        tried += 1
    return tried


def _try_again(system: System, parked_id: str) -> None:
    parked = system.parked.load(parked_id)
    if parked is None:
        return
    said = news(system.connector(parked.connector), parked.body.encode())
    if _all_known(system, said, parked, cause="parked notification"):
        system.parked.remove(parked.id)
    elif system.now() >= parked.given_up_at:
        system.parked.remove(parked.id)
        count("NotificationGivenUp")
        logger.error("a notification was never known", extra={"payments": sorted({each.payment_id for each in said})})
    else:
        gap = CHECK_GAPS[min(parked.tries, len(CHECK_GAPS) - 1)]
        system.parked.save(once_more(parked), min(system.now() + gap, parked.given_up_at))


def _all_known(system: System, said: list[Fact], told: Parked, *, cause: str) -> bool:
    """Learns what is of known operations; whether all was."""
    by_order: dict[str | None, list[Fact]] = defaultdict(list)
    for each in said:
        by_order[_order_key_or_none(each.payment_id)].append(each)
    unknown = [key for key, of_it in by_order.items() if not _learned(system, key, of_it, told, cause)]
    return not unknown


def _order_key_or_none(payment_id: str) -> str | None:
    if is_payout(payment_id):
        return payment_id
    try:
        return aggregate_key_of(payment_id)
    except NotFound:
        return None


def _learned(system: System, order_key: str | None, said: list[Fact], told: Parked, cause: str) -> bool:
    if order_key and is_payout(order_key):
        return _learned_of_payout(system, order_key, said, told)
    try:
        order = load(system, order_key or "")
    except NotFound:
        return False
    heard = [each for each in said if _may_speak(told, order.merchant_id, order.payment(each.payment_id))]
    facts, others_told = resolved(system, order, heard, cause=cause)
    order = execute_requests(system, learn_facts(system, order, facts, cause=cause))
    return len(heard) == len(said) and others_told and all(_is_known(order, fact) for fact in facts)


def _learned_of_payout(system: System, payout_id: str, facts: list[Fact], told: Parked) -> bool:
    payout = system.payouts.load(payout_id)
    if payout is None or not _may_speak(told, payout.merchant_id, payout):
        return False
    learn(system, payout, facts)
    return True


def _may_speak(told: Parked, merchant_id: str, of: Payment | Payout | None) -> bool:
    """Whether what it is about is the speaker's; what is not known (yet) may be."""
    if of is None or (of.connector == told.connector and told.merchant_id in (None, merchant_id)):
        return True
    count("NotificationOfAnother")
    logger.error(
        "a PSP has spoken of what is not its own",
        extra={"connector": told.connector, "account_of": told.merchant_id, "merchant_id": merchant_id},
    )
    return False


def _is_known(order: Order, fact: Fact) -> bool:
    payment = order.payment(fact.payment_id)
    if payment is None or fact.dispute:
        return payment is not None
    return payment.operation(operation_of(order, fact) or "") is not None
