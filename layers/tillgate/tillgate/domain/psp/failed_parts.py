"""A vendor's part that had failed: its money may be another vendor's by now (TH-4, TH-10)."""

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import OutcomeLearned
from tillgate.domain.payments.operations import Operation, OperationStatus, OperationType


def was_given_up(order: Order, operation: Operation) -> bool:
    """Another may have been given the money since, so what comes for it goes back."""
    return order.share is not None and operation.status is OperationStatus.FAILED


def failed_for_good(order: Order, operation: Operation, event: OutcomeLearned) -> str:
    """Only what was on its way can go back: the rest may be another vendor's by now."""
    payment = order.payment(event.payment_id)
    heard_before = operation.status in (OperationStatus.FAILED, OperationStatus.OBSERVED)
    succeeds = event.status is OperationStatus.SUCCEEDED and operation.type is not OperationType.AUTHORIZE
    if order.share and payment and payment.is_gone and heard_before and succeeds:
        return f"{payment.payment_id} has failed, and what it was given of was given away"
    return ""
