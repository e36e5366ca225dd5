"""Refuses what a payment's connector cannot do, before it is recorded (IS-1)."""

from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.refusals import CapabilityNotSupported


def check_capture(payment: Payment, amount: int, final: bool | None) -> None:
    """`final` None: it is final if it takes all that is held. Raises `CapabilityNotSupported`."""
    can = payment.limits.captures
    part = amount < payment.held
    if can == "none":
        raise CapabilityNotSupported(f"{payment.connector} takes the money of {payment.method} by itself")
    if can == "whole" and part:
        raise CapabilityNotSupported(f"{payment.connector} captures all that is held: {payment.held}", "/amount")
    if can == "one" and part and not final:
        raise CapabilityNotSupported(
            f"{payment.connector} captures once, and the rest of {payment.held} is released: say so with final true",
            "/final",
        )


def check_cancel(payment: Payment, amount: int) -> None:
    """Raises `CapabilityNotSupported`."""
    can = payment.limits.cancels
    if can == "none":
        raise CapabilityNotSupported(f"{payment.connector} cannot cancel {payment.method}; the hold runs out by itself")
    if can == "whole" and amount < payment.held:
        raise CapabilityNotSupported(f"{payment.connector} cancels all that is held: {payment.held}", "/amount")


def check_refund(payment: Payment, amount: int) -> None:
    """Raises `CapabilityNotSupported`."""
    can = payment.limits.refunds
    if can == "none":
        raise CapabilityNotSupported(f"{payment.connector} cannot refund {payment.method}; give it back yourself")
    if can == "whole" and (amount < payment.taken or payment.refunded):
        raise CapabilityNotSupported(f"{payment.connector} refunds all at once: {payment.taken}", "/amount")


def is_emulated(payment: Payment, operation: Operation) -> bool:
    """A cancel of a part that the PSP is not told of: the capture will be of less, and release the rest.

    The one that leaves nothing is sent, also while an earlier one has no outcome yet.
    """
    if payment.limits.cancels != "by_capture":
        return False
    place = payment.operations.index(operation)
    given_back = (op.amount for op in payment.operations[: place + 1] if _gives_back(op))
    return payment.authorized - payment.captured > sum(given_back)


def emulated(payment: Payment) -> int:
    """What was given back without the PSP's knowing: its hold is greater by that much."""
    if payment.limits.cancels != "by_capture":
        return 0
    ours = (op for op in payment.operations if op.requested_by is not Actor.PSP and _gives_back(op))
    return sum(op.amount for op in ours if op.status is OperationStatus.SUCCEEDED and is_emulated(payment, op))


def _gives_back(operation: Operation) -> bool:
    return operation.type is OperationType.CANCEL and operation.status is not OperationStatus.FAILED
