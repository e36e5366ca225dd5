"""What the system does by itself: what it owes after new facts. `deadlines` has what falls due over time.

`react` runs after every change: an ending continues, surplus money is returned. A payment that may have been paid is
closed at the PSP before it is ended; the PSP's answer decides.
"""

from datetime import datetime

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.orders.order_events import (
    EndingBegun,
    EndingCalledOff,
    EndingRetried,
    OrderEnded,
    TendersDropped,
)
from tillgate.domain.orders.received_money import counted
from tillgate.domain.orders.requests import close, request
from tillgate.domain.orders.tenders import next_to_authorize
from tillgate.domain.payments.events import OperationRequested, PaymentStarted
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.identifiers import payment_id_of

GAVE_UP = (PaymentStatus.CANCEL_FAILED, PaymentStatus.REFUND_FAILED)


def react(order: Order, now: datetime) -> list[Event]:
    """Everything that the system owes in this state, until nothing is owed any more."""
    events: list[Event] = []
    while owed := _owed(order, now):
        for event in owed:
            order = evolve(order, event)
        events += owed
    return events


def _owed(order: Order, now: datetime) -> list[Event]:
    if came := counted(order, now):
        return came
    if order.ending:
        return _go_on_ending(order, order.ending.target, order.ending.actor, now)
    if _tender_failed(order):
        return [EndingBegun(target=OrderStatus.CANCELLED, actor=Actor.SYSTEM, at=now)]
    owed: list[Event] = _turn_to_named(order, now)
    over = order.ended not in (None, OrderStatus.MANUAL_INTERVENTION_NEEDED)
    owed += [event for payment in order.payments if payment.surplus or over for event in _give_back(payment, now)]
    nothing_left = order.covered_once and order.due == order.covered == 0 and not (order.pending or order.is_free)
    if nothing_left and order.ended is None:
        lapsed = all(p.status is PaymentStatus.EXPIRED for p in order.payments if p.authorized)
        owed.append(OrderEnded(status=OrderStatus.EXPIRED if lapsed else OrderStatus.CANCELLED, at=now))
    return owed


def _turn_to_named(order: Order, now: datetime) -> list[Event]:
    """Authorizes the named limited tenders once only their part is open; drops them once nothing is open."""
    if not order.named or order.ended:
        return []
    if order.open == 0:
        return [TendersDropped(at=now)] if order.covered_once else []
    amount = next_to_authorize(order)
    if amount is None:
        return []
    started = PaymentStarted(
        payment_id=payment_id_of(order.order_key, len(order.payments) + 1),
        method=order.named[0].method,
        connector=order.named[0].connector,
        amount=amount,
        named=True,
        mode=order.named[0].mode,
        at=now,
    )
    payment = evolve(order, started).payments[-1]
    return [started, request(payment, OperationType.AUTHORIZE, amount, Actor.SHOPPER, now)]


def _tender_failed(order: Order) -> bool:
    """The last tender was refused after others had been authorized, and the order's terms unwind these (IS-9).

    If there is nothing to unwind, or if a tender fails later on, the order stays open for the next attempt.
    """
    if order.terms.on_failed_tender != "unwind" or order.ended or not order.payments or not order.open:
        return False
    last = order.payments[-1]
    refused = last.status is PaymentStatus.FAILED and last.authorization.status is OperationStatus.FAILED
    return refused and order.covered > 0 and not order.covered_once


def _go_on_ending(order: Order, target: OrderStatus, actor: Actor, now: datetime) -> list[Event]:
    """Closes payments that await the shopper, then releases money, then ends. Waits while an outcome is open."""
    if target is OrderStatus.EXPIRED and order.covered_once:
        return [EndingCalledOff(at=now)]
    ends_as = PaymentStatus.EXPIRED if target is OrderStatus.EXPIRED else PaymentStatus.WITHDRAWN
    awaiting = [payment for payment in order.payments if payment.awaits_shopper]
    closing: list[Event] = [close(payment, ends_as, actor, now) for payment in awaiting if _can_be_closed(payment, now)]
    if awaiting or order.in_flight:
        return closing
    releasing: list[Event] = [event for payment in order.payments for event in _give_back(payment, now)]
    waiting = any(p.vendors_stand or p.awaits_booking for p in order.payments)
    if releasing or order.pending or waiting:
        return releasing
    stuck = any(p.status in GAVE_UP or p.vendors.stuck for p in order.payments)
    ended = OrderStatus.MANUAL_INTERVENTION_NEEDED if stuck else target
    return [OrderEnded(status=ended, actor=actor, at=now)]


def _can_be_closed(payment: Payment, now: datetime) -> bool:
    """Not while an operation is pending; after a refused close, only when the payment's wait is over again."""
    refused = any(op.type is OperationType.CLOSE and op.status is OperationStatus.FAILED for op in payment.operations)
    return payment.awaits_shopper and not payment.pending and (not refused or _has_waited(payment, now))


def _has_waited(payment: Payment, now: datetime) -> bool:
    return payment.awaited_until is not None and payment.awaited_until <= now


def _give_back(payment: Payment, now: datetime) -> list[OperationRequested]:
    """Cancels holds and refunds captures, but does not retry what the PSP refused for good."""
    return [] if payment.status in GAVE_UP else _release(payment, Actor.SYSTEM, now)


def _release(payment: Payment, actor: Actor, now: datetime) -> list[OperationRequested]:
    if payment.pending:
        return []
    if payment.available and payment.traits.holds:
        return [request(payment, OperationType.CANCEL, payment.available, actor, now)]
    if payment.refundable:
        return [request(payment, OperationType.REFUND, payment.refundable, actor, now)]
    return []


def retry(order: Order, now: datetime, stuck_before: datetime | None = None) -> list[Event]:
    """Retries every release that the PSP refused, each as a new operation (IS-9).

    `stuck_before`: only if the order's ending got stuck before that instant, so that a repeated call does nothing.
    Orders that are not stuck can have such payments too: surplus money. Empty if there is nothing to retry.
    """
    ended = order.ended is OrderStatus.MANUAL_INTERVENTION_NEEDED
    if stuck_before and (not ended or (order.stuck and order.stuck.since >= stuck_before)):
        return []
    events: list[Event] = [EndingRetried(at=now)] if ended else []
    for payment in order.payments:
        if payment.status in GAVE_UP:
            events += _release(payment, Actor.OPERATOR, now)
    after = order
    for event in events:
        after = evolve(after, event)
    return [*events, *react(after, now)] if events else []
