"""How a change of a payment affects the order's covered, released and returned amounts (CM-8, EV-8, EV-9)."""

from dataclasses import replace
from datetime import datetime

from tillgate.domain.orders.order import ORDER_WINDOW, Order, Raise
from tillgate.domain.payments.operations import Operation, OperationType
from tillgate.domain.payments.payment import Payment


def reopened(order: Order, before: Payment, after: Payment) -> Payment:
    """A refund before full coverage opens the order again, and so does a refund of money paid towards a raise."""
    refunded = after.refunded - before.refunded
    towards_open_raise = order.raised is not None and after.towards_raise == order.raised.at
    if refunded <= 0 or after.authorized == 0 or (order.covered_once and not towards_open_raise):
        return after
    most = max(after.reopened, after.refunded)  # a refund that is made again opens nothing twice
    return replace(after, reopened=min(after.reopened + refunded, most))


def replaced(order: Order, before: Payment, after: Payment) -> Payment:
    """A refund that had opened the order again failed later, when another payment had taken its place: that amount
    covers nothing any more, and can be refunded again. `order` has the payment as it was before."""
    beyond = order.covered - before.covers + after.covers - order.due
    fails_late = after.refunded < before.refunded
    return replace(after, reopened=after.reopened + beyond) if fails_late and beyond > 0 else after


def with_returned(order: Order, before: Payment, after: Payment) -> Order:
    """The refunded part of a covered order need not be kept to be safe. If nothing is kept, nothing is safe; what a
    dispute has taken may come back.

    `order` has the payment as it is after the refund, or after the refund failed later.
    """
    refunded = max(0, after.refunded - after.reopened) - max(0, before.refunded - before.reopened)
    if refunded == 0 or after.surplus:
        return order
    disputed = sum(
        payment.lost_to_disputes for payment in order.payments if payment.has_open_dispute and not payment.surplus
    )
    return replace(order, returned=max(0, order.returned + refunded) if order.kept + disputed > 0 else 0)


def with_released(order: Order, before: Payment, after: Payment, operation: Operation) -> Order:
    """After full coverage, a cancel lowers the amount due; it does not open the order again.

    A raise that is not covered yet is different: a cancelled payment towards it is open again. An amount whose cancel
    failed later is due again.
    """
    uncovered = before.covers - after.covers
    towards_open_raise = order.raised is not None and after.towards_raise == order.raised.at
    releases = operation.type in (OperationType.CANCEL, OperationType.CAPTURE) and not towards_open_raise
    if releases and order.covered_once:
        return replace(order, released=max(0, order.released + uncovered))
    return order


def uncovered(order: Order, payment: Payment, at: datetime) -> Order:
    """EV-9: the shopper may pay again, in a new window. If other tenders still cover a part, no window may undo that:
    the merchant may have shipped for it."""
    nothing_left = order.open > 0 and order.covered == 0
    if nothing_left and order.ended is None and order.share is None:
        order = replace(order, covered_once=False, returned=0, expires_at=max(order.expires_at, at + ORDER_WINDOW))
    return _raise_open_again(order, payment, at)


def _raise_open_again(order: Order, payment: Payment, at: datetime) -> Order:
    """A payment towards a raise failed later: the raise gets a window again and is undone with it (EV-8, EV-9)."""
    base, raised_at = payment.raise_base, payment.towards_raise
    if order.raised or base is None or raised_at is None or order.covered < min(base, order.due) or not order.open:
        return order
    raised = Raise(base_amount=base, at=raised_at)
    return replace(order, raised=raised, expires_at=max(order.expires_at, at + ORDER_WINDOW))
