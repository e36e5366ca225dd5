"""A vendor's part that had failed: its money may meanwhile be allotted to another vendor (TH-4, TH-10)."""

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import OutcomeLearned
from tillgate.domain.payments.operations import Operation, OperationStatus, OperationType


def was_given_up(order: Order, operation: Operation) -> bool:
    """The money may meanwhile be allotted to another vendor, so money that arrives for this one is returned."""
    return order.share is not None and operation.status is OperationStatus.FAILED


def failed_for_good(order: Order, operation: Operation, event: OutcomeLearned) -> str:
    """Why an operation cannot succeed any more; empty if it can. Only a pending operation can: the rest of the money
    may meanwhile be allotted to another vendor."""
    payment = order.payment(event.payment_id)
    heard_before = operation.status in (OperationStatus.FAILED, OperationStatus.OBSERVED)
    succeeds = event.status is OperationStatus.SUCCEEDED and operation.type is not OperationType.AUTHORIZE
    if order.share and payment and payment.is_gone and heard_before and succeeds:
        return f"{payment.payment_id} has failed, and what it was given of was given away"
    return ""
