"""The refunds of an order, as the API shows them (TH-8)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tillgate.api.http.instants import _instant_or_none, instant
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import OutcomeLearned
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.store.orders.items import Change


def refunds_view(order: Order, changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Newest first: those that were asked for and those that a PSP made by itself."""
    settled = _settled(changes)
    refunds = (
        (payment, operation)
        for payment in order.payments
        for operation in payment.operations
        if operation.type is OperationType.REFUND
    )
    return [
        {
            "refund_id": operation.operation_id,
            "payment_id": payment.payment_id,
            "amount": operation.amount,
            "status": operation.status,
            "reason": operation.reason,
            "origin": operation.requested_by,
            "requested_at": instant(operation.requested_at),
            "settled_at": _instant_or_none(settled.get(operation.operation_id)),
        }
        for payment, operation in sorted(refunds, key=lambda found: found[1].requested_at, reverse=True)
    ]


def _settled(changes: Iterable[Change]) -> dict[str, datetime]:
    """When we learned that each operation has succeeded; one that failed later is not settled."""
    learned = (event for change in changes for event in change.events if isinstance(event, OutcomeLearned))
    last = {event.operation_id: event for event in learned}
    return {name: event.at for name, event in last.items() if event.status is OperationStatus.SUCCEEDED}
