"""Invariants of every order at every moment. Tests check them in all states; every report of a PSP is checked too."""

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Operation, OperationType
from tillgate.domain.payments.payment import Payment


def broken(order: Order) -> list[str]:
    """The invariants that `order` breaks, in words; empty if all hold."""
    found = [f"{payment.payment_id}: {what}" for payment in order.payments for what in _broken_by(payment)]
    if order.covered > order.due:
        found.append(f"covered {order.covered} of {order.due}")
    if order.released < 0 or order.due < 0 or order.returned < 0:
        found.append(f"due {order.due}, released {order.released}, returned {order.returned}")
    if order.safe and (order.open or (order.kept < max(1, order.due - order.returned) and not order.is_free)):
        found.append(f"safe with {order.kept} kept of {order.due}")
    return found


def _broken_by(payment: Payment) -> list[str]:
    refunding = payment.reserved(OperationType.REFUND)
    leaving = payment.reserved(OperationType.CAPTURE) + payment.reserved(OperationType.CANCEL)
    rules = {
        "an amount is negative": min(payment.authorized, payment.captured, payment.cancelled, payment.refunded) < 0,
        "a request of nothing or less": any(is_void(operation) for operation in payment.operations),
        "more authorized than asked for": payment.authorized > payment.amount,
        "more received than asked for": payment.received > payment.amount,
        "more captured and cancelled than authorized": payment.held < 0,
        "more being captured and cancelled than is held": payment.held < leaving,
        "more refunded than captured": payment.refunded + refunding > payment.taken + payment.taken_back,
        "vendors have more than there is": payment.kind == "technical" and payment.allotted > _divisible(payment),
    }
    return [what for what, is_broken in rules.items() if is_broken]


def is_void(operation: Operation) -> bool:
    """A request that would move nothing, or in the wrong direction. Only a close has no amount."""
    return operation.type is not OperationType.CLOSE and operation.amount <= 0


def _divisible(payment: Payment) -> int:
    """The part of a technical payment that could be allotted to vendors, including what the bank took back later."""
    own = payment.succeeded(OperationType.CANCEL) + payment.refunded - payment.vendors.refunded
    leaving = payment.reserved(OperationType.CANCEL) + payment.reserved(OperationType.REFUND)
    return payment.authorized + payment.taken_back - own - leaving
