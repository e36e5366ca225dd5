"""What must hold of every order at every moment. Tests check it in all states; a PSP's word is held against it too."""

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import OperationType
from tillgate.domain.payments.payment import Payment


def broken(order: Order) -> list[str]:
    """The invariants that `order` breaks, in words; empty when all hold."""
    found = [f"{payment.payment_id}: {what}" for payment in order.payments for what in _broken_by(payment)]
    if order.covered > order.due:
        found.append(f"covered {order.covered} of {order.due}")
    if order.released < 0 or order.due < 0:
        found.append(f"due {order.due}")
    return found


def _broken_by(payment: Payment) -> list[str]:
    refunding = payment.reserved(OperationType.REFUND)
    leaving = payment.reserved(OperationType.CAPTURE) + payment.reserved(OperationType.CANCEL)
    rules = {
        "an amount is negative": min(payment.authorized, payment.captured, payment.cancelled, payment.refunded) < 0,
        "more authorized than asked for": payment.authorized > payment.amount,
        "more received than asked for": payment.received > payment.amount,
        "more captured and cancelled than authorized": payment.held < 0,
        "more being captured and cancelled than is held": payment.held < leaving,
        "more refunded than captured": payment.refunded + refunding > payment.captured,
    }
    return [what for what, is_broken in rules.items() if is_broken]
