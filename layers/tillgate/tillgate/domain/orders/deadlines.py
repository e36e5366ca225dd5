"""An order's deadlines: payment windows (EV-6, TH-3), the seven-day hold (TH-9), checks of outcomes.

`fall_due` runs when a deadline is reached; `next_due` says when.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import ORDER_WINDOW, Order, OrderStatus
from tillgate.domain.orders.order_events import (
    EndingBegun,
    RaiseUndone,
)
from tillgate.domain.orders.reactions import GAVE_UP, _can_be_closed, _has_waited, react
from tillgate.domain.orders.requests import FIRST_CHECK, close, request
from tillgate.domain.payments.events import HoldEndsSoon
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import HOLD_ENDS_SOON, Payment

BOOKING_CHECK = timedelta(days=1)  # banks book once a day
DISPUTE_CHECK = timedelta(days=1)  # a bank takes weeks, and its decision must not be lost


def window_is_open(order: Order) -> bool:
    """An order that was never fully covered ends with its window (TH-3), a raise with its own window (EV-8)."""
    uncovered = (not order.covered_once or order.raised is not None) and order.share is None
    return order.ended is None and order.ending is None and uncovered


def window_ends_at(order: Order) -> datetime:
    """When the order ends with its window: at `expires_at`, or with the days of grace of an awaited transfer."""
    awaited = (payment.awaited_until for payment in order.payments if payment.awaits_shopper and payment.instructions)
    return max((order.expires_at, *(at for at in awaited if at)))


def fall_due(order: Order, now: datetime) -> list[Event]:
    """The events that are due at `now`."""
    if window_is_open(order) and window_ends_at(order) <= now and not order.in_flight:
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
        elif (at := _to_be_told_at(order, payment)) and at <= now and payment.authorization_expires_at:
            ends_at = payment.authorization_expires_at
            events.append(HoldEndsSoon(payment_id=payment.payment_id, ends_at=ends_at, at=now))
    return events


def _undo_raise(order: Order, now: datetime) -> list[Event]:
    """A lapsed raise window undoes only the raise; payments towards it are returned."""
    awaiting = [payment for payment in order.payments if payment.awaits_shopper]
    closing: list[Event] = [
        close(payment, PaymentStatus.EXPIRED, Actor.SYSTEM, now) for payment in awaiting if _can_be_closed(payment, now)
    ]
    if awaiting:
        return closing
    undone = RaiseUndone(at=now)
    after = evolve(order, undone)
    events: list[Event] = [undone, *react(after, now)]
    if not window_is_open(after):
        return events
    begun = EndingBegun(target=OrderStatus.EXPIRED, actor=Actor.SYSTEM, at=now)  # nothing else covers the order
    for event in events[1:]:
        after = evolve(after, event)
    return [*events, begun, *react(evolve(after, begun), now)]


def _authorization_lapsed(payment: Payment, now: datetime) -> bool:
    at = payment.authorization_expires_at
    can_end = payment.available > 0 and not payment.pending and payment.status not in GAVE_UP
    return at is not None and at <= now and can_end


def vendors_owe(order: Order) -> bool:
    """Vendors have money that has to go back: the order is ending; or it has ended and returned money came back; or the
    bank took a technical payment back."""
    over = order.ended not in (None, OrderStatus.MANUAL_INTERVENTION_NEEDED)
    return any(p.vendors_hold_what_is_gone or (p.vendors_stand and (order.ending or over)) for p in order.payments)


def _to_be_told_at(order: Order, payment: Payment) -> datetime | None:
    """When to tell the merchant that the hold ends soon, once for each end. Vendors' parts are told by the order."""
    ends_at = payment.authorization_expires_at
    over = order.ended or order.ending or order.share or payment.pending or payment.status in GAVE_UP
    if ends_at is None or over or payment.held <= 0 or payment.hold_end_told == ends_at:
        return None
    return ends_at - HOLD_ENDS_SOON


def checks_due(order: Order, now: datetime) -> list[tuple[Payment, Operation]]:
    """Operations whose PSP has to be queried now."""
    return [(payment, operation) for payment, operation, at in checks(order) if at <= now]


def checks(order: Order) -> Iterator[tuple[Payment, Operation, datetime]]:
    """When to query the PSP about which operation: one without an outcome; the authorization of a bank payment that has
    to be given back and is not booked yet, or of a payment with an open dispute."""
    for payment in order.payments:
        for operation in payment.operations:
            if operation.status.at_psp and operation.next_check_at:
                yield payment, operation, operation.next_check_at
        if payment.awaits_booking and (order.ending or order.ended or payment.surplus):
            operation = payment.authorization
            yield payment, operation, operation.next_check_at or payment.updated_at + BOOKING_CHECK
        elif payment.has_open_dispute:
            operation = payment.authorization
            yield payment, operation, operation.next_check_at or payment.updated_at + DISPUTE_CHECK


def windows(order: Order) -> dict[str, datetime]:
    """The waits that Step Functions holds for this order: the name and end of each.

    No execution stays open for days: a deadline further away than the longest window of an order, such as an invoice's
    end, is left to the sweep.
    """
    return {name: at for name, at in _waits(order).items() if _is_near(order, at)}


def _is_near(order: Order, at: datetime) -> bool:
    return at - order.updated_at <= ORDER_WINDOW


def _waits(order: Order) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    if window_is_open(order):
        ends_at = window_ends_at(order)
        found[f"{order.order_key}-{ends_at:%Y%m%dT%H%M%S}"] = ends_at
    for number, payment in enumerate(order.payments, start=1):
        if payment.awaits_shopper and payment.awaited_until:
            found[f"{order.order_key}-payment-{number}"] = payment.awaited_until
    return found


def unwinding(order: Order) -> str | None:
    """The name of the execution that completes an ending, needed as soon as it waits for an answer or for vendors; or
    that takes back from vendors what the bank took.

    While a request is being sent, its sender goes on; if the sender dies, the sweep does. A stuck ending has an
    execution too, for an operator to redrive.
    """
    ending = order.stuck.ending if order.stuck else order.ending
    being_sent = any(op.status is OperationStatus.REQUESTED for p in order.payments for op in p.operations)
    if being_sent:
        return None
    if ending and ending.at:
        return f"{order.order_key}-unwind-{ending.at:%Y%m%dT%H%M%S}"
    gone = (number for number, each in enumerate(order.payments, start=1) if each.vendors_hold_what_is_gone)
    return next((f"{order.order_key}-take-back-{number}" for number in gone), None)


def next_due(order: Order, window_grace: timedelta) -> datetime | None:
    """When `fall_due` or `checks_due` has work; windows are later by `window_grace`, as executions come first."""
    instants: Iterable[datetime | None] = (
        *(at + window_grace if _is_near(order, at) else at for at in _waits(order).values()),
        *(
            payment.authorization_expires_at
            for payment in order.payments
            if payment.available and payment.status not in GAVE_UP
        ),
        *(_to_be_told_at(order, payment) for payment in order.payments),
        *(at for _, _, at in checks(order)),
        *(order.updated_at for payment in order.payments if payment.vendors_hold_what_is_gone),
        order.updated_at + FIRST_CHECK if vendors_owe(order) else None,
    )
    return min((instant for instant in instants if instant), default=None)
