"""Turns a PSP's reports into events, from every source: an answer, a notification, the shopper's return or a query.

Knowledge about an operation only grows (`OperationStatus.rank`), so facts commute: any order and any number of copies
lead to the same state (IS-12, IS-13). A fact that is not news makes no event. An impossible fact is recorded without
effect, for an operator to review; it takes effect when later facts make it possible.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.invariants import broken
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.reactions import react
from tillgate.domain.payments.disputes import DisputeNotice
from tillgate.domain.payments.events import (
    AuthorizationEnriched,
    CheckPutOff,
    FactRefused,
    InstrumentSaved,
    OperationObserved,
    OutcomeLearned,
    PaymentNoted,
    TraceLost,
)
from tillgate.domain.payments.fingerprints import fingerprint
from tillgate.domain.payments.lifecycle import Capture, IllegalStep, PaymentStatus
from tillgate.domain.payments.limit_checks import emulated
from tillgate.domain.payments.operations import Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE, Instructions, Payment, Redirect
from tillgate.domain.psp.disputes import learn_dispute
from tillgate.domain.psp.failed_parts import failed_for_good, was_given_up
from tillgate.domain.shoppers.saved_instruments import StoredInstrument

CAN_FAIL_LATER = (OperationType.CAPTURE, OperationType.CANCEL, OperationType.REFUND)
MOST_NOTES = 1_000  # bytes of a payment's details, and of a connector's notes, names and values together
CHECK_GAPS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),  # and daily from then on
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One report by a PSP about one operation. `amount` None: the requested amount, or the whole amount.

    `operation_id` None: it answers no request of ours (GO-13). Then `kind` and `psp_reference` identify the operation;
    an unknown one is recorded as the PSP's own. `captured` says whether an authorization took the money at once, as
    auto capture requests (RG-2).
    """

    payment_id: str
    operation_id: str | None
    status: OperationStatus
    amount: int | None = None
    reason_code: str | None = None
    psp_reference: str | None = None  # of this operation; an authorization's is the payment's
    brand: str | None = None
    redirect: Redirect | None = None
    instructions: Instructions | None = None
    waits_until: datetime | None = None  # how long the shopper is awaited, if not half an hour
    captured: bool = False
    instrument: StoredInstrument | None = None  # what the PSP has stored with this authorization
    fingerprint: str | None = None  # the PSP's own of what is paid with: the same whatever its token
    blocked: bool = False  # the merchant does not accept what was paid with
    kind: OperationType | None = None
    as_of: datetime | None = None  # the time that the PSP gives; without it, facts count in order of arrival
    expires_at: datetime | None = None  # of the authorization hold
    lapsed: bool = False  # a cancel: the hold ran out at the PSP
    dispute: DisputeNotice | None = None  # a report on a dispute, and then on no operation
    not_begun: bool = False  # FAILED, and the PSP has certainly done nothing: another one may be tried
    by_hand: bool = False  # PENDING until an operator has done it: no PSP can be queried for the outcome
    raw_reason: str | None = None  # the PSP's own word for the reason
    details: Mapping[str, str] = field(default_factory=dict)  # what merchants may want to know of the payment
    remember: Mapping[str, str] = field(default_factory=dict)  # the connector's notes about the payment
    remember_shopper: Mapping[str, str] = field(default_factory=dict)  # and about its shopper

    @staticmethod
    def of_dispute(payment_id: str, dispute: DisputeNotice) -> "Fact":
        return Fact(payment_id, None, OperationStatus.SUCCEEDED, dispute=dispute)


def next_check(operation_checks: int, now: datetime) -> datetime:
    """When to query the PSP next: 1, 5, 15 minutes, 1 hour, 6 hours, then daily (GO-4)."""
    return now + CHECK_GAPS[min(operation_checks, len(CHECK_GAPS) - 1)]


def learn(order: Order, facts: list[Fact], now: datetime) -> list[Event]:
    """The events for the facts, and for what the system owes because of them. Empty if nothing is new."""
    events: list[Event] = []
    for fact in (_less_emulated(order, each) for each in facts):
        found, order = _identified(order, fact, now)
        events += found
        if fact.dispute:
            found, order = learn_dispute(order, fact.payment_id, fact.dispute, now)
            events += found
            continue
        if fact.operation_id is None:
            fact = replace(fact, operation_id=operation_of(order, fact))
        news = _news(order, fact, now)
        while news:
            event, order = news
            events.append(event)
            news = _possible_now(order, now)
        for more in (_noted, _saved):
            told = more(order, fact, now)
            if told:
                events.append(told)
                order = evolve(order, told)
    return events + react(order, now) if events else []


def operation_of(order: Order, fact: Fact) -> str | None:
    """The id of the operation that a fact is about: matched by kind and the PSP's reference, never by amount."""
    payment = order.payment(fact.payment_id)
    if payment is None or fact.operation_id is not None:
        return fact.operation_id
    if fact.kind is OperationType.AUTHORIZE:
        return payment.authorization.operation_id
    same = (op for op in payment.operations if op.type is fact.kind and op.psp_reference == fact.psp_reference)
    return next((op.operation_id for op in same if fact.psp_reference), None)


def _less_emulated(order: Order, fact: Fact) -> Fact:
    """A PSP gives back all that it holds: also what was cancelled in parts that it was not told of."""
    payment = order.payment(fact.payment_id)
    if payment is None or fact.operation_id or fact.kind is not OperationType.CANCEL or fact.amount is None:
        return fact
    return replace(fact, amount=max(0, fact.amount - emulated(payment)))


def observed_id(payment_id: str, reference: str) -> str:
    """The id of an operation of the PSP's own: derived from its reference, so that every source gives the same id."""
    return f"{payment_id}_psp_{hashlib.sha256(reference.encode()).hexdigest()[:12]}"


def _identified(order: Order, fact: Fact, now: datetime) -> tuple[list[Event], Order]:
    """Records an operation of the PSP's own, if the fact matches no operation that is known."""
    payment = order.payment(fact.payment_id)
    known = fact.operation_id is not None or operation_of(order, fact) is not None
    if payment is None or known or fact.kind is None or not fact.psp_reference:
        return [], order
    observed = OperationObserved(
        payment_id=payment.payment_id,
        operation_id=observed_id(payment.payment_id, fact.psp_reference),
        operation=fact.kind,
        amount=_whole(payment, fact.kind) if fact.amount is None else fact.amount,
        psp_reference=fact.psp_reference,
        ends_as=PaymentStatus.EXPIRED if fact.lapsed else None,
        at=now,
    )
    if observed.amount <= 0:  # nothing is left that it could have been done to
        return [], order
    return [observed], evolve(order, observed)


def _whole(payment: Payment, kind: OperationType) -> int:
    """The whole amount that such an operation can move."""
    if kind is OperationType.REFUND:
        return payment.taken - payment.refunded
    return payment.captured if kind is OperationType.REVERSAL else payment.held


def _noted(order: Order, fact: Fact, now: datetime) -> PaymentNoted | None:
    """What the fact tells beside the outcome, as far as it is new."""
    payment = order.payment(fact.payment_id)
    operation = payment.operation(fact.operation_id) if payment and fact.operation_id else None
    if payment is None or operation is None:
        return None
    details, memory = _news_in(payment.details, fact.details), _news_in(payment.memory, fact.remember)
    awaits = fact.status is operation.status is OperationStatus.AWAITING_SHOPPER and payment.awaits_shopper
    redirect = fact.redirect if awaits and fact.redirect != payment.redirect else None
    if not (details or memory or redirect):
        return None
    return PaymentNoted(
        payment_id=payment.payment_id,
        operation_id=operation.operation_id,
        details=details or None,
        memory=memory or None,
        redirect=redirect,
        at=now,
    )


def _news_in(known: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    """What is new, unless there would be too much of it: several facts together can tell more than one."""
    news = {name: value for name, value in told.items() if known.get(name) != value}
    size = sum(len(text.encode("utf-8", "replace")) for pair in {**known, **news}.items() for text in pair)
    return news if size <= MOST_NOTES else {}


def _saved(order: Order, fact: Fact, now: datetime) -> InstrumentSaved | None:
    """Saved once, by the first fact that brings the instrument, and only after the payment was authorized (RG-5)."""
    payment = order.payment(fact.payment_id)
    if payment is None or payment.saves_as is None or payment.instrument or fact.instrument is None:
        return None
    approved = payment.authorization.status in (OperationStatus.SUCCEEDED, OperationStatus.REVERSED)
    return InstrumentSaved(payment_id=payment.payment_id, token=payment.saves_as, at=now) if approved else None


def _possible_now(order: Order, now: datetime) -> tuple[Event, Order] | None:
    """A refused fact that has become possible, as an event with the order after it."""
    parked = (
        Fact(payment.payment_id, op.operation_id, contradiction.status, contradiction.amount, contradiction.reason_code)
        for payment in order.payments
        for op in payment.operations
        for contradiction in op.contradictions
    )
    return next((news for fact in parked if (news := _news(order, fact, now))), None)


def _news(order: Order, fact: Fact, now: datetime) -> tuple[Event, Order] | None:
    """The event for the fact and the order after it, or None if the fact is not news."""
    payment = order.payment(fact.payment_id)
    operation = payment.operation(fact.operation_id) if payment and fact.operation_id else None
    if payment is None or operation is None:
        return None
    status = _becomes(operation, fact)
    if status is None:
        return _enriched(order, payment, operation, fact, now)
    learned = _learned(order, payment, operation, replace(fact, status=status), now)
    after, why = _after(order, operation, learned)
    if not why:
        return learned, after
    if any(contradiction.status is status for contradiction in operation.contradictions):
        return None
    refused = FactRefused(
        payment_id=fact.payment_id,
        operation_id=operation.operation_id,
        status=status,
        amount=learned.amount,
        why=why,
        at=now,
        reason_code=fact.reason_code,
    )
    return refused, evolve(order, refused)


def _becomes(operation: Operation, fact: Fact) -> OperationStatus | None:
    """The operation's status after the fact; None if that is known already.

    A capture, cancel, refund or reversal that is reported FAILED after it had succeeded has failed later: its success
    is taken back. The same holds if the failure arrives first and the success is the older report.
    """
    told, known = fact.status, operation.status
    if operation.type in CAN_FAIL_LATER and {told, known} == {OperationStatus.FAILED, OperationStatus.SUCCEEDED}:
        is_older = fact.as_of is not None and operation.as_of is not None and fact.as_of < operation.as_of
        if is_older == (told is OperationStatus.SUCCEEDED):
            return OperationStatus.REVERSED
        return None if is_older else told
    return told if told.rank > known.rank else None


def _enriched(
    order: Order, payment: Payment, operation: Operation, fact: Fact, now: datetime
) -> tuple[Event, Order] | None:
    """What a second fact of equal rank adds to a successful authorization: details that arrive second are not lost."""
    both_approve = fact.status is operation.status is OperationStatus.SUCCEEDED
    if operation.type is not OperationType.AUTHORIZE or not both_approve:
        return None
    untouched = payment.captured == payment.allotted == 0 and payment.held > 0 and not payment.pending
    captured = fact.captured and payment.capture is Capture.AUTO and payment.traits.holds and untouched
    later_expiry = fact.expires_at if payment.held and fact.expires_at != payment.authorization_expires_at else None
    enriched = AuthorizationEnriched(
        payment_id=payment.payment_id,
        operation_id=operation.operation_id,
        captured=captured,
        psp_reference=None if payment.psp_reference else fact.psp_reference,
        brand=None if payment.brand else fact.brand,
        expires_at=later_expiry if payment.authorization_expires_at else None,
        at=now,
    )
    if not (captured or enriched.psp_reference or enriched.brand or enriched.expires_at):
        return None
    after = evolve(order, enriched)
    return None if broken(after) else (enriched, after)


def _comes_in(operation: Operation, status: OperationStatus) -> bool:
    """The outcome approves money."""
    return operation.type is OperationType.AUTHORIZE and status is OperationStatus.SUCCEEDED


def _learned(order: Order, payment: Payment, operation: Operation, fact: Fact, now: datetime) -> OutcomeLearned:
    amount = operation.amount if fact.amount is None else fact.amount
    coming = _comes_in(operation, fact.status)
    known = fact.fingerprint and operation.type is OperationType.AUTHORIZE and not payment.traits.limited
    return OutcomeLearned(
        payment_id=payment.payment_id,
        operation_id=operation.operation_id,
        status=fact.status,
        amount=amount,
        at=now,
        reason_code=fact.reason_code,
        raw_reason=fact.raw_reason,
        psp_reference=fact.psp_reference,
        brand=fact.brand,
        redirect=fact.redirect,
        instructions=fact.instructions,
        waits_until=fact.waits_until,
        captured=coming and fact.captured and payment.capture is Capture.AUTO and payment.traits.holds,
        surplus=coming and (fact.blocked or order.is_over or amount > order.open or was_given_up(order, operation)),
        blocked=coming and fact.blocked,
        fingerprint=fingerprint(order.merchant_id, fact.fingerprint or "") if known else None,
        next_check_at=next_check(operation.checks, now) if fact.status.at_psp and not fact.by_hand else None,
        as_of=fact.as_of,
        expires_at=fact.expires_at if coming else None,
    )


def _after(order: Order, operation: Operation, event: OutcomeLearned) -> tuple[Order, str]:
    """The order after `event`, and why that is impossible: empty if it is possible."""
    why = _misfit(operation, event) or failed_for_good(order, operation, event)
    if why:
        return order, why
    try:
        after = evolve(order, event)
    except IllegalStep as illegal:
        return order, str(illegal)
    return after, "; ".join(broken(after))


def _misfit(operation: Operation, event: OutcomeLearned) -> str:
    """Why such an operation can never have this outcome, in any state; empty if it can."""
    if operation.type is not OperationType.AUTHORIZE:
        if event.amount != operation.amount:
            return f"{event.amount} instead of {operation.amount}"
        if event.status is OperationStatus.AWAITING_SHOPPER:
            return f"only an authorization can be {event.status}"
        if event.status is OperationStatus.REVERSED and operation.type not in CAN_FAIL_LATER:
            return f"a {operation.type} cannot be {event.status}"
    if _comes_in(operation, event.status) and event.amount <= 0:
        return f"{event.amount} authorized"
    return ""


def no_news(order: Order, payment: Payment, operation: Operation, now: datetime) -> list[Event]:
    """The query brought nothing new: query again later, or give up the trace at the authorization's end (EV-7)."""
    undecided = operation.type is OperationType.AUTHORIZE and operation.status.at_psp
    if undecided and now >= operation.requested_at + AUTHORIZATION_LIFE:
        lost = TraceLost(payment_id=payment.payment_id, at=now)
        return [lost, *react(evolve(order, lost), now)]
    only_disputed = payment.has_open_dispute and not operation.status.at_psp and not payment.awaits_booking
    return [
        CheckPutOff(
            payment_id=payment.payment_id,
            operation_id=operation.operation_id,
            next_check_at=now + CHECK_GAPS[-1] if only_disputed else next_check(operation.checks + 1, now),
            at=now,
        )
    ]
