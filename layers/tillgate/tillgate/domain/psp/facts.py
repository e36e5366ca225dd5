"""What a PSP says becomes events, whichever way it came: answer, notification, return of the shopper, or asked for.

What is known of an operation only grows (`OperationStatus.rank`), so facts commute: in any order and any number of
copies they lead to the same state (IS-12, IS-13). A fact that is not news makes no event. One that cannot be true is
recorded without effect, for an operator to look at; it takes effect when later facts make it possible.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.invariants import broken
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.reactions import react
from tillgate.domain.payments.events import CheckPutOff, FactRefused, InstrumentSaved, OutcomeLearned, TraceLost
from tillgate.domain.payments.lifecycle import Capture, IllegalStep
from tillgate.domain.payments.operations import Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE, Instructions, Payment, Redirect
from tillgate.domain.shoppers.saved_instruments import StoredInstrument

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
    """One thing a PSP said of one operation. `amount` None: the amount that was asked for.

    `captured` says of an authorization whether it took the money at once, as capture auto asks for (RG-2).
    """

    payment_id: str
    operation_id: str
    status: OperationStatus
    amount: int | None = None
    reason_code: str | None = None
    psp_reference: str | None = None
    brand: str | None = None
    redirect: Redirect | None = None
    instructions: Instructions | None = None
    waits_until: datetime | None = None  # how long the shopper is awaited, where that is not half an hour
    captured: bool = False
    instrument: StoredInstrument | None = None  # what the PSP has stored with this authorization
    by_hand: bool = False  # PENDING until an operator has done it: nobody can be asked what became of it


def next_check(operation_checks: int, now: datetime) -> datetime:
    """When to ask the PSP next: 1, 5, 15 minutes, 1 hour, 6 hours, then daily (GO-4)."""
    return now + CHECK_GAPS[min(operation_checks, len(CHECK_GAPS) - 1)]


def learn(order: Order, facts: list[Fact], now: datetime) -> list[Event]:
    """The events that the facts make, and what the system owes because of them. Empty if nothing is new."""
    events: list[Event] = []
    for fact in facts:
        news = _news(order, fact, now)
        while news:
            event, order = news
            events.append(event)
            news = _possible_now(order, now)
        saved = _saved(order, fact, now)
        if saved:
            events.append(saved)
            order = evolve(order, saved)
    return events + react(order, now) if events else []


def _saved(order: Order, fact: Fact, now: datetime) -> InstrumentSaved | None:
    """Saved once, whichever fact brings the instrument first, and only of a payment that was authorized (RG-5)."""
    payment = order.payment(fact.payment_id)
    if payment is None or payment.saves_as is None or payment.instrument or fact.instrument is None:
        return None
    approved = payment.authorization.status in (OperationStatus.SUCCEEDED, OperationStatus.REVERSED)
    return InstrumentSaved(payment_id=payment.payment_id, token=payment.saves_as, at=now) if approved else None


def _possible_now(order: Order, now: datetime) -> tuple[Event, Order] | None:
    """What was refused and has become possible."""
    parked = (
        Fact(payment.payment_id, op.operation_id, dispute.status, dispute.amount, dispute.reason_code)
        for payment in order.payments
        for op in payment.operations
        for dispute in op.disputes
    )
    return next((news for fact in parked if (news := _news(order, fact, now))), None)


def _news(order: Order, fact: Fact, now: datetime) -> tuple[Event, Order] | None:
    """The event that the fact makes and the order after it, or None if it is not news."""
    payment = order.payment(fact.payment_id)
    operation = payment.operation(fact.operation_id) if payment else None
    if payment is None or operation is None or not _is_news(operation, fact):
        return None
    learned = _learned(order, payment, operation, fact, now)
    after, why = _after(order, operation, learned)
    if not why:
        return learned, after
    if any(dispute.status is fact.status for dispute in operation.disputes):
        return None
    refused = FactRefused(
        payment_id=fact.payment_id,
        operation_id=fact.operation_id,
        status=fact.status,
        amount=learned.amount,
        why=why,
        at=now,
        reason_code=fact.reason_code,
    )
    return refused, evolve(order, refused)


def _is_news(operation: Operation, fact: Fact) -> bool:
    return fact.status.rank > operation.status.rank


def _comes_in(operation: Operation, status: OperationStatus) -> bool:
    """Money is approved."""
    return operation.type is OperationType.AUTHORIZE and status is OperationStatus.SUCCEEDED


def _learned(order: Order, payment: Payment, operation: Operation, fact: Fact, now: datetime) -> OutcomeLearned:
    amount = operation.amount if fact.amount is None else fact.amount
    coming = _comes_in(operation, fact.status)
    return OutcomeLearned(
        payment_id=payment.payment_id,
        operation_id=operation.operation_id,
        status=fact.status,
        amount=amount,
        at=now,
        reason_code=fact.reason_code,
        psp_reference=fact.psp_reference,
        brand=fact.brand,
        redirect=fact.redirect,
        instructions=fact.instructions,
        waits_until=fact.waits_until,
        captured=coming and fact.captured and payment.capture is Capture.AUTO and payment.traits.holds,
        surplus=coming and (order.is_over or amount > order.open),
        next_check_at=next_check(operation.checks, now) if fact.status.at_psp and not fact.by_hand else None,
    )


def _after(order: Order, operation: Operation, event: OutcomeLearned) -> tuple[Order, str]:
    """The order after `event`, and why that cannot be: empty if it can."""
    why = _misfit(operation, event)
    if why:
        return order, why
    try:
        after = evolve(order, event)
    except IllegalStep as illegal:
        return order, str(illegal)
    return after, "; ".join(broken(after))


def _misfit(operation: Operation, event: OutcomeLearned) -> str:
    """Why nothing of the kind can come of such an operation, in whatever state; empty if it can."""
    if operation.type is not OperationType.AUTHORIZE:
        if event.amount != operation.amount:
            return f"{event.amount} instead of {operation.amount}"
        if event.status in (OperationStatus.AWAITING_SHOPPER, OperationStatus.REVERSED):
            return f"only an authorization can be {event.status}"
    if _comes_in(operation, event.status) and event.amount <= 0:
        return f"{event.amount} authorized"
    return ""


def no_news(order: Order, payment: Payment, operation: Operation, now: datetime) -> list[Event]:
    """The PSP was asked and could not tell more: ask later, or give the trace up at the authorization's end (EV-7)."""
    is_authorization = operation.type is OperationType.AUTHORIZE
    if is_authorization and now >= operation.requested_at + AUTHORIZATION_LIFE:
        lost = TraceLost(payment_id=payment.payment_id, at=now)
        return [lost, *react(evolve(order, lost), now)]
    return [
        CheckPutOff(
            payment_id=payment.payment_id,
            operation_id=operation.operation_id,
            next_check_at=next_check(operation.checks + 1, now),
            at=now,
        )
    ]
