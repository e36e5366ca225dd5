"""Applies a PSP's notification to the order that it is about (IS-12, IS-13).

| a fact is | what happens |
| --- | --- |
| new | the order changes |
| a duplicate, or late: more is known already | nothing (`OperationStatus.rank`) |
| impossible in the present state | recorded without effect, for an operator (`FactRefused`) |
| early: about a payment or operation that is not known yet | the notification is parked and tried again |
| about another PSP's payment, or another merchant's | nothing; counted, and parked as if the payment were unknown |
| about a payment or operation that never becomes known | parked, tried for 30 days; work for an operator |

A notification may only say that something happened to a payment: then the PSP is asked, and if it cannot be reached,
the notification is parked too.

A signature proves the sender, not the ownership of payments: a PSP may only report on payments that were begun with it
and, if it reports on a merchant's own account, on that merchant's. Test credentials speak of test payments only.

A fact that names no request of ours has a kind and the PSP's reference instead; `routing` makes sure it is not ours.
"""

from collections import defaultdict
from datetime import timedelta
from math import inf

from tillgate.domain.operators.work_list import LONG
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.payment import Payment
from tillgate.domain.payouts.payout import Payout, is_payout
from tillgate.domain.psp.facts import CHECK_GAPS, Fact, operation_of
from tillgate.domain.shared.identifiers import aggregate_key_of
from tillgate.domain.shared.refusals import NotFound
from tillgate.domain.shoppers.saved_instruments import is_token
from tillgate.runtime.telemetry import count, logger
from tillgate.store.psp.parked_notifications import SHARD, Parked, id_of, once_more
from tillgate.store.shared.documents import from_json_list
from tillgate.store.shared.work_items import PARKED
from tillgate.use_cases.payouts.pay_out import ask_now, learn
from tillgate.use_cases.psp.ask_psp import asked
from tillgate.use_cases.psp.routing import resolved
from tillgate.use_cases.shared.changes import execute_requests, learn_facts, load
from tillgate.use_cases.shared.postpone import postpone_on_failure
from tillgate.wiring import System

AT_FIRST = timedelta(seconds=10)  # a notification that is only slightly early should not wait for a whole minute


def apply_notification(system: System, notification: Parked) -> None:
    """Applies the facts about known operations, and parks the notification if it has others."""
    said = facts_in(system, notification)
    known = _all_known(system, said, notification, cause="notification")
    if not _all_seen(system, notification) or not known:
        system.parked.save(notification, system.now() + AT_FIRST)
        count("NotificationParked", connector=notification.connector)
        logger.warning("notification parked", extra={"payments": sorted({each.payment_id for each in said})})


def facts_in(system: System, notification: Parked) -> list[Fact]:
    """What the connector read when it came. One that an earlier version has queued is read now."""
    if notification.facts:
        return from_json_list(Fact, notification.body)
    psp = system.psp(notification.connector, notification.merchant_id)
    return psp.read_verified(notification.body.encode())


def try_parked_again(system: System, limit: int, until: float = inf) -> int:
    """Retries parked notifications that are due, with growing gaps. Returns the number of attempts.

    None begins after `until` (of `System.clock`), as each may wait for a PSP that does not answer.
    """
    tried = 0
    for waiting in system.due.find(SHARD, system.now(), limit):
        if system.clock() >= until:
            break
        postpone_on_failure(system, waiting, lambda each: try_again(system, id_of(each.pk)))
        tried += 1
    return tried


def try_again(system: System, parked_id: str) -> bool:
    """Whether everything that it speaks of is known by now, and it is applied. Seven hours of trying are enough for an
    operator to look at it; after thirty days it is left to an operator alone."""
    parked = system.parked.load(parked_id)
    if parked is None:
        return True
    said = facts_in(system, parked)
    known = _all_known(system, said, parked, cause="parked notification")
    if _all_seen(system, parked) and known:
        forget(system, parked_id)
        return True
    now, end = system.now(), parked.given_up_at
    if parked.tries >= LONG or now >= end:
        system.work.add(f"{PARKED}{parked_id}", parked.received_at, now)
    if now < end:
        gap = CHECK_GAPS[min(parked.tries, len(CHECK_GAPS) - 1)]
        system.parked.save(once_more(parked), min(now + gap, end))
        return False
    system.parked.save(parked, None)
    count("NotificationGivenUp")
    logger.error("a notification was never known", extra={"payments": sorted({each.payment_id for each in said})})
    return False


def forget(system: System, parked_id: str) -> None:
    """It is off the operators' work list first: the sweep makes up for what does not follow."""
    system.work.remove(f"{PARKED}{parked_id}")
    system.parked.remove(parked_id)


def _all_seen(system: System, told: Parked) -> bool:
    """Asks the PSP about each case that something happened to. Whether all are known and it has answered."""
    unseen = [case for case in told.looks if not _seen(system, case, told)]
    return not unseen


def _seen(system: System, case: str, told: Parked) -> bool:
    if is_token(case):
        return True  # the sweep asks about instruments that are not confirmed yet
    key = _order_key_or_none(case)
    if key is not None and is_payout(key):
        payout = system.payouts.load(key)
        return payout is not None and _may_speak(told, payout.merchant_id, payout) and ask_now(system, payout)
    try:
        order = load(system, key or "")
    except NotFound:
        return False
    payment = order.payment(case)
    if payment is None or not _may_speak(told, order.merchant_id, payment):
        return False
    return asked(system, order, case, cause="notification") is not None


def _all_known(system: System, said: list[Fact], told: Parked, *, cause: str) -> bool:
    """Saves the facts about known operations. Whether all operations were known."""
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
    """Whether the fact's payment belongs to the sender; one that is not known (yet) may belong to it."""
    sender = (told.connector, told.mode)
    if of is None or ((of.connector, of.mode) == sender and told.merchant_id in (None, merchant_id)):
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
