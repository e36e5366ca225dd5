"""A refund as an object (TH-8, US-4)."""

from datetime import datetime
from typing import Any

from tillgate.api.http.instants import _instant_or_none, instant
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Operation
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.identifiers import parent_of


def refund_view(order: Order, payment: Payment, operation: Operation, settled_at: datetime | None) -> dict[str, Any]:
    """`reason_code` is the merchant's, `failure_code` the PSP's."""
    view: dict[str, Any] = {
        "refund_id": operation.operation_id,
        "payment_id": payment.payment_id,
        "order_key": parent_of(order.order_key),
        "amount": operation.amount,
        "currency": order.currency,
        "status": operation.status,
        "reason": operation.reason,
        "reason_code": operation.refund_reason,
        "failure_code": operation.reason_code,
        "origin": operation.requested_by,
        "requested_at": instant(operation.requested_at),
        "settled_at": _instant_or_none(settled_at),
    }
    return view | ({"vendor_id": order.share.vendor_id} if order.share else {})
