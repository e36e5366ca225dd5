"""Requests to a PSP, recorded before they are sent."""

from datetime import datetime, timedelta

from tillgate.domain.payments.events import OperationRequested
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor, OperationType
from tillgate.domain.payments.payment import Payment

FIRST_CHECK = timedelta(minutes=1)  # after which the PSP is queried about an operation without an outcome


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
    refund_reason: str | None = None,
    ends_as: PaymentStatus | None = None,
) -> OperationRequested:
    """The record that is made before a PSP is called. Its id is the idempotency key."""
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
        refund_reason=refund_reason,
        ends_as=ends_as,
    )


def close(payment: Payment, ends_as: PaymentStatus, actor: Actor, now: datetime) -> OperationRequested:
    return request(payment, OperationType.CLOSE, 0, actor, now, ends_as=ends_as)
