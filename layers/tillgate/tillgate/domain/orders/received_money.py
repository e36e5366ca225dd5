"""How bookings on our own account count for the payments they were received for (EV-13, IS-18).

A bank transfer stays awaited while too little has arrived. Once it is complete, or no longer awaited, it is approved
and settled for the received amount: the money counts, or is surplus and is returned. Minor units.
"""

from datetime import datetime

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import OutcomeLearned, SettlementReported
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payments.payment import Payment


def wanted(order: Order, payment: Payment) -> int:
    """How much more the payment takes of the money that arrives for it; zero once its authorization is decided.

    This is its amount, or the open amount if that is less. A payment that has ended also takes money that nothing is
    open for, and returns it.
    """
    if not _is_undecided(payment):
        return 0
    open_for = _open_for(order, payment)
    most = payment.amount if not open_for and not payment.awaits_shopper else min(payment.amount, open_for)
    return max(0, most - payment.received)


def counted(order: Order, now: datetime) -> list[Event]:
    """Approves and settles one payment whose money has arrived; empty if there is none."""
    for payment in order.payments:
        if payment.received and _is_undecided(payment) and (not payment.awaits_shopper or not wanted(order, payment)):
            return _approved(order, payment, now)
    return []


def _open_for(order: Order, payment: Payment) -> int:
    return 0 if order.is_over else order.open + payment.covers


def _is_undecided(payment: Payment) -> bool:
    return payment.authorization.status.rank < OperationStatus.SUCCEEDED.rank


def _approved(order: Order, payment: Payment, now: datetime) -> list[Event]:
    came = payment.received
    return [
        OutcomeLearned(
            payment_id=payment.payment_id,
            operation_id=payment.authorization.operation_id,
            status=OperationStatus.SUCCEEDED,
            amount=came,
            surplus=came > _open_for(order, payment),
            at=now,
        ),
        SettlementReported(
            payment_id=payment.payment_id, status=PaymentStatus.SETTLED, report=f"{came} received", at=now
        ),
    ]
