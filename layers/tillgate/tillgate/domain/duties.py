"""What the system does by itself: what it owes after news, and what time demands.

`react` follows every change: an ending goes on, money that nobody wanted goes back. `fall_due` is asked by the clock:
windows (EV-6, TH-3), an authorization's seven days (TH-9). `next_due` says when to ask it. Before a payment is ended
that may have been paid, it is closed at the PSP; what the PSP says then decides.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from .events import Event
from .evolve import evolve
from .keys import payment_id_of
from .lifecycle import PaymentStatus
from .operation import Actor, Operation, OperationStatus, OperationType
from .order import ORDER_WINDOW, Order, OrderStatus
from .order_events import EndingBegun, EndingCalledOff, EndingRetried, OrderEnded, RaiseUndone, TendersDropped
from .payment import Payment
from .payment_events import OperationRequested, PaymentStarted
from .received import counted
from .tenders import next_to_authorize

FIRST_CHECK = timedelta(minutes=1)  # after which an operation without an outcome is asked about
GAVE_UP = (PaymentStatus.CANCEL_FAILED, PaymentStatus.REFUND_FAILED)


def request(
    payment: Payment,
    operation: OperationType,
    amount: int,
    actor: Actor,
    now: datetime,
    *,
    final: bool = False,
    fee: int = 0,
    reason: str | None = None,
    ends_as: PaymentStatus | None = None,
) -> OperationRequested:
    """The record that is made before a PSP is called. Its id is the key the PSP gets."""
    return OperationRequested(
        payment_id=payment.payment_id,
        operation_id=f"{payment.payment_id}_{len(payment.operations) + 1}",
        operation=operation,
        amount=amount,
        actor=actor,
        at=now,
        next_check_at=now + FIRST_CHECK,
        final=final,
        fee=fee,
        reason=reason,
        ends_as=ends_as,
    )


def close(payment: Payment, ends_as: PaymentStatus, actor: Actor, now: datetime) -> OperationRequested:
    return request(payment, OperationType.CLOSE, 0, actor, now, ends_as=ends_as)


# After news.


def react(order: Order, now: datetime) -> list[Event]:
    """Everything that the system owes in this state, until it owes nothing more."""
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
    owed += [event for payment in order.payments if payment.surplus for event in _give_back(payment, now)]
    nothing_left = order.covered_once and order.due == 0 and order.covered == 0 and not order.pending
    if nothing_left and order.ended is None:
        lapsed = all(p.status is PaymentStatus.EXPIRED for p in order.payments if p.authorized)
        owed.append(OrderEnded(status=OrderStatus.EXPIRED if lapsed else OrderStatus.CANCELLED, at=now))
    return owed


def _turn_to_named(order: Order, now: datetime) -> list[Event]:
    """Limited tenders that were named are authorized once what is open is theirs alone; dropped once nothing is."""
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
        at=now,
    )
    payment = evolve(order, started).payments[-1]
    return [started, request(payment, OperationType.AUTHORIZE, amount, Actor.SHOPPER, now)]


def _tender_failed(order: Order) -> bool:
    """The last tender was refused after others had been authorized, and the order asks for them to be unwound (IS-9).

    One that fails first, with nothing to unwind, leaves the order to the next try; so does one that fails later on.
    """
    if order.terms.on_failed_tender != "unwind" or order.ended or not order.payments or not order.open:
        return False
    last = order.payments[-1]
    refused = last.status is PaymentStatus.FAILED and last.authorization.status is OperationStatus.FAILED
    return refused and order.covered > 0 and not order.covered_once


def _go_on_ending(order: Order, target: OrderStatus, actor: Actor, now: datetime) -> list[Event]:
    """Closes what awaits the shopper, then releases what is held, then ends. Waits while an outcome is open."""
    if target is OrderStatus.EXPIRED and order.covered_once:
        return [EndingCalledOff(at=now)]
    ends_as = PaymentStatus.EXPIRED if target is OrderStatus.EXPIRED else PaymentStatus.WITHDRAWN
    awaiting = [payment for payment in order.payments if payment.awaits_shopper]
    closing: list[Event] = [close(payment, ends_as, actor, now) for payment in awaiting if _can_be_closed(payment, now)]
    if awaiting or order.in_flight:
        return closing
    releasing: list[Event] = [event for payment in order.payments for event in _give_back(payment, now)]
    if releasing or order.pending or any(payment.vendors_stand for payment in order.payments):
        return releasing
    stuck = any(p.status in GAVE_UP or p.confirmed or p.vendors.stuck for p in order.payments)
    ended = OrderStatus.MANUAL_INTERVENTION_NEEDED if stuck else target
    return [OrderEnded(status=ended, actor=actor, at=now)]


def _can_be_closed(payment: Payment, now: datetime) -> bool:
    """Not while a close is on its way, and after one that was refused only when the payment has waited once more."""
    refused = any(op.type is OperationType.CLOSE and op.status is OperationStatus.FAILED for op in payment.operations)
    return payment.awaits_shopper and not payment.pending and (not refused or _has_waited(payment, now))


def _has_waited(payment: Payment, now: datetime) -> bool:
    return payment.waits_until is not None and payment.waits_until <= now


def _give_back(payment: Payment, now: datetime) -> list[OperationRequested]:
    """Releases what is held, refunds what was taken; not again what the PSP refused for good."""
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
    """What the PSP refused to give back is asked for once more, each with a new operation (IS-9).

    `stuck_before`: only if the order's ending got stuck before that instant, so that saying it again does nothing.
    Other orders have such payments too: money that nothing was open for. Empty where there is nothing to try.
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


# When time has passed.


def window_is_open(order: Order) -> bool:
    """An order that was never fully covered ends with its window (TH-3), a raise with its own (EV-8)."""
    uncovered = (not order.covered_once or order.raised is not None) and order.share is None
    return order.ended is None and order.ending is None and uncovered


def fall_due(order: Order, now: datetime) -> list[Event]:
    """What time demands at `now`."""
    if window_is_open(order) and order.expires_at <= now and not order.in_flight:
        if order.raised:
            return _undo_raise(order, now)
        begun = EndingBegun(target=OrderStatus.EXPIRED, actor=Actor.SYSTEM, at=now)
        return [begun, *react(evolve(order, begun), now)]
    events: list[Event] = []
    for payment in order.payments:
        if payment.awaits_shopper and not payment.pending and _has_waited(payment, now):
            events.append(close(payment, PaymentStatus.EXPIRED, Actor.SYSTEM, now))
        if _authorization_lapsed(payment, now):
            lapse = request(
                payment,
                OperationType.CANCEL,
                payment.available,
                Actor.SYSTEM,
                now,
                ends_as=PaymentStatus.EXPIRED,
            )
            events.append(lapse)
    return events


def _undo_raise(order: Order, now: datetime) -> list[Event]:
    """The lapse of a raise's window undoes only the raise; what was paid towards it goes back."""
    awaiting = [payment for payment in order.payments if payment.awaits_shopper]
    closing: list[Event] = [
        close(payment, PaymentStatus.EXPIRED, Actor.SYSTEM, now) for payment in awaiting if _can_be_closed(payment, now)
    ]
    if awaiting:
        return closing
    undone = RaiseUndone(at=now)
    return [undone, *react(evolve(order, undone), now)]


def _authorization_lapsed(payment: Payment, now: datetime) -> bool:
    at = payment.authorization_expires_at
    can_end = payment.available > 0 and not payment.pending and payment.status not in GAVE_UP
    return at is not None and at <= now and can_end


def checks_due(order: Order, now: datetime) -> list[tuple[Payment, Operation]]:
    """Operations whose PSP has to be asked now."""
    return [
        (payment, operation)
        for payment in order.payments
        for operation in payment.operations
        if operation.status.at_psp and operation.next_check_at and operation.next_check_at <= now
    ]


def windows(order: Order) -> dict[str, datetime]:
    """The waits that Step Functions holds for this order: a name for each, and when it is over.

    No execution stays open for days: what is further away than the longest window of an order, such as an invoice's
    end, is left to the sweep.
    """
    return {name: at for name, at in _waits(order).items() if _is_near(order, at)}


def _is_near(order: Order, at: datetime) -> bool:
    return at - order.updated_at <= ORDER_WINDOW


def _waits(order: Order) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    if window_is_open(order):
        found[f"{order.order_key}-{order.expires_at:%Y%m%dT%H%M%S}"] = order.expires_at
    for number, payment in enumerate(order.payments, start=1):
        if payment.awaits_shopper and payment.waits_until:
            found[f"{order.order_key}-payment-{number}"] = payment.waits_until
    return found


def unwinding(order: Order) -> str | None:
    """The name of the execution that sees an ending through: wanted as soon as it waits for an answer or for vendors.

    While a request is being sent the one who sends it goes on; if it dies, the sweep does. An ending that got stuck has
    one too, for an operator to redrive.
    """
    ending = order.stuck.ending if order.stuck else order.ending
    being_sent = any(op.status is OperationStatus.REQUESTED for p in order.payments for op in p.operations)
    if ending is None or ending.at is None or being_sent:
        return None
    return f"{order.order_key}-unwind-{ending.at:%Y%m%dT%H%M%S}"


def next_due(order: Order, window_grace: timedelta) -> datetime | None:
    """When `fall_due` or `checks_due` has something to do; windows later by `window_grace`: executions come first."""
    instants: Iterable[datetime | None] = (
        *(at + window_grace if _is_near(order, at) else at for at in _waits(order).values()),
        *(
            payment.authorization_expires_at
            for payment in order.payments
            if payment.available and payment.status not in GAVE_UP
        ),
        *(op.next_check_at for payment in order.payments for op in payment.operations if op.status.at_psp),
        *(order.updated_at + FIRST_CHECK for payment in order.payments if order.ending and payment.vendors_stand),
    )
    return min((instant for instant in instants if instant), default=None)
