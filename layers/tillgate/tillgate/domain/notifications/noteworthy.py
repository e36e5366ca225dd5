"""Which changes the merchant is notified about (CM-6): visible changes, not that a request is pending.

So a START is told of once, when its first outcome is known, not when it is sent: the merchant has just asked for it.
"""

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payments.payment import Payment


def noteworthy(before: Order, after: Order) -> bool:
    return _face(before) != _face(after)


def _face(order: Order) -> tuple[object, ...]:
    payments = (each for each in order.payments if each.authorization.status is not OperationStatus.REQUESTED)
    return (order.status, order.amount, order.safe, *map(_payment_face, payments))


def _payment_face(payment: Payment) -> tuple[object, ...]:
    decided = tuple(op.status for op in payment.operations if not op.status.at_psp)
    amounts = (payment.authorized, payment.captured, payment.cancelled, payment.refunded, payment.received)
    disputes = tuple((dispute.status, dispute.amount, dispute.evidence_due_at) for dispute in payment.disputes)
    return (payment.status, amounts, payment.reason_code, decided, disputes, payment.hold_end_told)
