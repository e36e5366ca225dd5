"""Applies events: `evolve(order, event)` is the order after it. Replaying an order's history rebuilds it (ONE-4).

Nothing is decided here and nothing is refused, but for steps that the lifecycle does not have.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import singledispatch

from .events import (
    AmountChanged,
    CheckPutOff,
    EndingBegun,
    EndingCalledOff,
    EndingRetried,
    Event,
    FactRefused,
    FactSetAside,
    InstrumentSaved,
    InvoiceSeen,
    InvoiceSendAsked,
    InvoiceSent,
    MetadataChanged,
    MoneyReceived,
    OperationRequested,
    OrderCreated,
    OrderEnded,
    OutcomeLearned,
    PageOpened,
    PaymentStarted,
    PersonalDataErased,
    RaiseUndone,
    SettlementReported,
    TenderNamed,
    TendersDropped,
    TraceLost,
    VendorsSummed,
)
from .lifecycle import Cause, PaymentStatus
from .order import (
    ORDER_WINDOW,
    Actor,
    Dispute,
    Ending,
    Invoice,
    NamedTender,
    Operation,
    OperationStatus,
    OperationType,
    Order,
    OrderStatus,
    Payment,
    Raise,
    Stuck,
)
from .outcomes import learn, replace_operation, standing, take_step
from .standing import considered_safe, order_status

S = PaymentStatus
_DERIVED = (
    S.AUTHORIZED,
    S.PARTIALLY_CAPTURED,
    S.CAPTURED,
    S.PARTIALLY_REFUNDED,
    S.REFUNDED,
    S.CANCELLED,
)


def replay(events: Iterable[Event]) -> Order:
    """The order that these events, oldest first and beginning with its creation, make."""
    order: Order | None = None
    for event in events:
        order = evolve(order, event)
    if order is None:
        raise ValueError("an order begins with its creation")
    return order


def evolve(order: Order | None, event: Event) -> Order:
    """The order after `event`. Raises `IllegalStep` where the lifecycle does not allow it."""
    if isinstance(event, OrderCreated):
        return _created(event)
    if order is None:
        raise ValueError("an order begins with its creation")
    after: Order = _apply(event, order)
    return replace(
        after,
        updated_at=event.at,
        covered_once=after.covered_once or (after.open == 0 and after.covered > 0),
        raised=after.raised if after.open else None,
        status=order_status(after),
        safe=considered_safe(after, event.at),
    )


def _created(event: OrderCreated) -> Order:
    return Order(
        order_key=event.order_key,
        merchant_id=event.merchant_id,
        order_reference=event.order_reference,
        amount=event.amount,
        currency=event.currency,
        capture=event.capture,
        created_at=event.at,
        updated_at=event.at,
        expires_at=event.expires_at,
        terms=event.terms,
        kind=event.kind,
        share=event.share,
        invoice=event.invoice,
    )


@singledispatch
def _apply(event: object, order: Order) -> Order:
    raise TypeError(f"no rule for {type(event).__name__}")


@_apply.register
def _(event: AmountChanged, order: Order) -> Order:
    raised = order.raised
    if event.amount > order.amount and order.covered_once:
        raised = raised or Raise(base_amount=order.amount, at=event.at)
    return replace(order, amount=event.amount, expires_at=event.expires_at, raised=raised)


@_apply.register
def _(event: RaiseUndone, order: Order) -> Order:
    """What was paid towards the raise counts no more and goes back."""
    if order.raised is None:
        return order
    raised_at = order.raised.at
    payments = tuple(
        replace(payment, surplus=payment.surplus or payment.towards_raise == raised_at) for payment in order.payments
    )
    return replace(order, amount=min(order.amount, order.raised.base_amount), raised=None, payments=payments)


@_apply.register
def _(event: PersonalDataErased, order: Order) -> Order:
    return replace(order, customer=None, erased_at=event.at)


@_apply.register
def _(event: MetadataChanged, order: Order) -> Order:
    return replace(order, terms=replace(order.terms, metadata=event.metadata))


@_apply.register
def _(event: PaymentStarted, order: Order) -> Order:
    payment = Payment(
        payment_id=event.payment_id,
        method=event.method,
        connector=event.connector,
        amount=event.amount,
        capture=order.capture,
        status=S.PROCESSING,
        created_at=event.at,
        updated_at=event.at,
        return_url=event.return_url,
        instrument=event.instrument,
        saves_as=event.saves_as,
        recurring=event.recurring,
        kind=order.kind,
        token=order.named[0].token if event.named else None,
    )
    return replace(order, payments=(*order.payments, payment), named=order.named[1:] if event.named else order.named)


@_apply.register
def _(event: TenderNamed, order: Order) -> Order:
    if event.balance <= 0:
        return replace(order, misnamed=order.misnamed + 1)
    return replace(order, named=(*order.named, NamedTender(event.method, event.connector, event.code, event.balance)))


@_apply.register
def _(event: TendersDropped, order: Order) -> Order:
    return replace(order, named=())


@_apply.register
def _(event: InstrumentSaved, order: Order) -> Order:
    return _on_payment(order, event.payment_id, None, lambda payment: replace(payment, instrument=event.token))


@_apply.register
def _(event: PageOpened, order: Order) -> Order:
    return _on_payment(order, event.payment_id, event.at, lambda payment: take_step(payment, Cause.PAGE_OPENED, S.SEEN))


@_apply.register
def _(event: OperationRequested, order: Order) -> Order:
    operation = Operation(
        operation_id=event.operation_id,
        type=event.operation,
        amount=event.amount,
        status=OperationStatus.REQUESTED,
        requested_at=event.at,
        requested_by=event.actor,
        final=event.final,
        fee=event.fee,
        reason=event.reason,
        ends_as=event.ends_as,
        next_check_at=event.next_check_at,
    )
    if order.ending and event.actor is Actor.SYSTEM and event.operation in (OperationType.CANCEL, OperationType.REFUND):
        order = replace(order, ending=replace(order.ending, releasing=True))
    return _on_payment(
        order,
        event.payment_id,
        event.at,
        lambda payment: replace(payment, operations=(*payment.operations, operation)),
    )


@_apply.register
def _(event: OutcomeLearned, order: Order) -> Order:
    before = order.payment(event.payment_id)
    operation = before.operation(event.operation_id) if before else None
    if before is None or operation is None:
        raise ValueError(f"{event.operation_id} was never requested")
    payment = learn(before, operation, event)
    if order.raised and before.authorized == 0 < payment.authorized:
        payment = replace(payment, towards_raise=order.raised.at)
    if order.share and payment.authorization_expires_at:  # a part is held no longer than what it was carved out of
        payment = replace(payment, authorization_expires_at=order.expires_at)
    order = replace(order, payments=tuple(payment if p.payment_id == payment.payment_id else p for p in order.payments))
    order = _with_released(order, before, payment, operation)
    if event.waits_until and payment.awaits_shopper:  # an order is open as long as the transfer that may pay it
        order = replace(order, expires_at=max(order.expires_at, event.waits_until))
    uncovered = event.status is OperationStatus.REVERSED and payment.covers < before.covers
    # EV-9: the shopper may pay again, in a window of its own. What other tenders still cover no window undoes: the
    # merchant may have shipped for it.
    nothing_left = order.open > 0 and order.covered == 0
    if uncovered and nothing_left and order.ended is None and order.share is None:
        order = replace(order, covered_once=False, expires_at=max(order.expires_at, event.at + ORDER_WINDOW))
    return order


@_apply.register
def _(event: CheckPutOff, order: Order) -> Order:
    def put_off(payment: Payment) -> Payment:
        return replace_operation(
            payment,
            event.operation_id,
            lambda op: replace(op, next_check_at=event.next_check_at, checks=op.checks + 1),
        )

    return _on_payment(order, event.payment_id, None, put_off)


@_apply.register
def _(event: TraceLost, order: Order) -> Order:
    def lost(payment: Payment) -> Payment:
        payment = replace_operation(
            payment,
            payment.authorization.operation_id,
            lambda op: replace(op, status=OperationStatus.FAILED, next_check_at=None),
        )
        return take_step(replace(payment, token=None), Cause.UNTRACEABLE, S.PROCESSING_EXPIRED)

    return _on_payment(order, event.payment_id, event.at, lost)


@_apply.register
def _(event: FactRefused, order: Order) -> Order:
    dispute = Dispute(event.status, event.amount, event.reason_code)

    def disputed(payment: Payment) -> Payment:
        return replace_operation(payment, event.operation_id, lambda op: replace(op, disputes=(*op.disputes, dispute)))

    return _on_payment(order, event.payment_id, None, disputed)


@_apply.register
def _(event: VendorsSummed, order: Order) -> Order:
    """A technical payment's amounts contain its vendors'; its status is what these amounts give, not a step it took."""
    before = order.payment(event.payment_id)
    if before is None:
        raise ValueError(f"{event.payment_id} was never started")
    was, sums = before.vendors, event.sums
    if before.authorized == 0:  # the bank took it back: nothing stands that could be divided
        return _on_payment(order, event.payment_id, event.at, lambda payment: replace(payment, vendors=sums))
    payment = replace(
        before,
        captured=before.captured - was.captured + sums.captured,
        cancelled=before.cancelled - was.cancelled + sums.cancelled,
        refunded=before.refunded - was.refunded + sums.refunded,
        vendors=sums,
        updated_at=event.at,
    )
    if before.status in _DERIVED:
        payment = replace(payment, status=standing(payment))
    order = _on_payment(order, event.payment_id, None, lambda _: payment)
    uncovered = before.covers - payment.covers
    return replace(order, released=order.released + uncovered) if order.covered_once else order


@_apply.register
def _(event: FactSetAside, order: Order) -> Order:
    def set_aside(payment: Payment) -> Payment:
        payment = replace_operation(payment, event.operation_id, lambda op: replace(op, disputes=()))
        return replace(payment, difference=None)

    return _on_payment(order, event.payment_id, None, set_aside)


@_apply.register
def _(event: SettlementReported, order: Order) -> Order:
    def reported(payment: Payment) -> Payment:
        if event.difference:
            return replace(payment, difference=event.difference)
        payment = replace(payment, difference=None, settlement=event.status)
        if payment.confirmed:  # a bank's confirmation was worth nothing to capture: the money is here now
            payment = replace(payment, captured=payment.authorized)
        cause = Cause.SETTLED if event.status is S.SETTLED else Cause.MARKED
        unmoved = payment.status in (S.AUTHORIZED, S.CAPTURED, S.MARKED)  # what was given back stays the status
        return take_step(payment, cause, event.status) if unmoved else payment

    return _on_payment(order, event.payment_id, event.at, reported)


@_apply.register
def _(event: MoneyReceived, order: Order) -> Order:
    return _on_payment(
        order, event.payment_id, event.at, lambda payment: replace(payment, received=payment.received + event.amount)
    )


@_apply.register
def _(event: InvoiceSendAsked, order: Order) -> Order:
    invoice = order.invoice or Invoice()
    return replace(order, invoice=replace(invoice, asked=invoice.asked + 1, asked_at=event.at))


@_apply.register
def _(event: InvoiceSent, order: Order) -> Order:
    return replace(order, invoice=replace(order.invoice or Invoice(), sent=event.number, sent_at=event.at))


@_apply.register
def _(event: InvoiceSeen, order: Order) -> Order:
    return replace(order, invoice=replace(order.invoice or Invoice(), seen_at=event.at))


@_apply.register
def _(event: EndingBegun, order: Order) -> Order:
    return replace(order, ending=Ending(event.target, event.actor, at=event.at))


@_apply.register
def _(event: EndingRetried, order: Order) -> Order:
    ending = order.stuck.ending if order.stuck else Ending(OrderStatus.CANCELLED, Actor.SYSTEM, at=event.at)
    return replace(order, ending=replace(ending, releasing=True), ended=None, stuck=None)


@_apply.register
def _(event: EndingCalledOff, order: Order) -> Order:
    return replace(order, ending=None)


@_apply.register
def _(event: OrderEnded, order: Order) -> Order:
    needs_operator = event.status is OrderStatus.MANUAL_INTERVENTION_NEEDED
    stuck = Stuck(order.ending, event.at) if order.ending and needs_operator else None
    return replace(order, ended=event.status, ending=None, stuck=stuck, named=())


def _on_payment(order: Order, payment_id: str, at: datetime | None, change: Callable[[Payment], Payment]) -> Order:
    def changed(payment: Payment) -> Payment:
        payment = change(payment)
        return replace(payment, updated_at=at) if at else payment

    return replace(order, payments=tuple(changed(p) if p.payment_id == payment_id else p for p in order.payments))


def _with_released(order: Order, before: Payment, after: Payment, operation: Operation) -> Order:
    """Once an order was fully covered, what is cancelled of it lowers what is due; it does not open again.

    A raise that is not covered yet does: what is cancelled of a payment towards it is open again.
    """
    uncovered = before.covers - after.covers
    towards_open_raise = order.raised is not None and after.towards_raise == order.raised.at
    releases = operation.type in (OperationType.CANCEL, OperationType.CAPTURE) and not towards_open_raise
    if releases and order.covered_once and uncovered > 0:
        return replace(order, released=order.released + uncovered)
    return order
