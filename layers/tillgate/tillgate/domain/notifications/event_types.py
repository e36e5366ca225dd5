"""The events that an endpoint can subscribe to. Each is sent as `order.updated`: the filter is on what happened."""

from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.payments.disputes import DisputeStatus
from tillgate.domain.payments.operations import OperationStatus, OperationType

ANY = "order.updated"
SAFE = "order.considered_safe"
UNSAFE = "order.no_longer_safe"
DISPUTE_OPENED, DISPUTE_CLOSED = "dispute.opened", "dispute.closed"
REFUND_SETTLED, REFUND_FAILED = "refund.settled", "refund.failed"
EVENTS = (
    *(ANY, SAFE, UNSAFE, DISPUTE_OPENED, DISPUTE_CLOSED, REFUND_SETTLED, REFUND_FAILED),
    *(f"order.{status.lower()}" for status in OrderStatus),
)


def happened(before: Order | None, after: Order) -> frozenset[str]:
    """The event types of a change: always `order.updated`, plus the status that was reached, safety gained or lost, and
    disputes opened or closed, refunds settled or failed."""
    found = {ANY}
    if before is None or before.status is not after.status:
        found.add(f"order.{after.status.lower()}")
    if after.safe and (before is None or before.safe is None):
        found.add(SAFE)
    if before and before.safe and after.safe is None:
        found.add(UNSAFE)
    return frozenset(found | _of_disputes(before, after) | _of_refunds(before, after))


def _of_refunds(before: Order | None, after: Order) -> set[str]:
    """Vendors' refunds are known by their sum: a failure after a success lowers it."""
    was, now = _refunds(before) if before else {}, _refunds(after)
    changed = {status for key, status in now.items() if was.get(key) is not status}
    vendors = _of_vendors(after) - (_of_vendors(before) if before else 0)
    settled = OperationStatus.SUCCEEDED in changed or vendors > 0
    failed = bool(changed & {OperationStatus.FAILED, OperationStatus.REVERSED}) or vendors < 0
    return {name for name, happens in ((REFUND_SETTLED, settled), (REFUND_FAILED, failed)) if happens}


def _refunds(order: Order) -> dict[str, OperationStatus]:
    operations = (operation for payment in order.payments for operation in payment.operations)
    return {each.operation_id: each.status for each in operations if each.type is OperationType.REFUND}


def _of_vendors(order: Order) -> int:
    return sum(payment.vendors.refunded for payment in order.payments)


def _of_disputes(before: Order | None, after: Order) -> set[str]:
    was = _disputes(before) if before else {}
    changed = [(was.get(each), status) for each, status in _disputes(after).items() if was.get(each) is not status]
    opened = {DISPUTE_OPENED for known, _ in changed if known is None}
    return opened | {DISPUTE_CLOSED for known, status in changed if not status.is_open and (not known or known.is_open)}


def _disputes(order: Order) -> dict[str, DisputeStatus]:
    return {dispute.dispute_id: dispute.status for payment in order.payments for dispute in payment.disputes}
