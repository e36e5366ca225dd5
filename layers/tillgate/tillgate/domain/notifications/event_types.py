"""The events that an endpoint can subscribe to. Each is sent as `order.updated`: the filter is on what happened."""

from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.payments.disputes import DisputeStatus

ANY = "order.updated"
SAFE = "order.considered_safe"
UNSAFE = "order.no_longer_safe"
DISPUTE_OPENED, DISPUTE_CLOSED = "dispute.opened", "dispute.closed"
EVENTS = (
    *(ANY, SAFE, UNSAFE, DISPUTE_OPENED, DISPUTE_CLOSED),
    *(f"order.{status.lower()}" for status in OrderStatus),
)


def happened(before: Order | None, after: Order) -> frozenset[str]:
    """The event types of a change: always `order.updated`, plus the status that was reached, safety gained or lost, and
    disputes opened or closed."""
    found = {ANY}
    if before is None or before.status is not after.status:
        found.add(f"order.{after.status.lower()}")
    if after.safe and (before is None or before.safe is None):
        found.add(SAFE)
    if before and before.safe and after.safe is None:
        found.add(UNSAFE)
    return frozenset(found | _of_disputes(before, after))


def _of_disputes(before: Order | None, after: Order) -> set[str]:
    was = _disputes(before) if before else {}
    changed = [(was.get(each), status) for each, status in _disputes(after).items() if was.get(each) is not status]
    opened = {DISPUTE_OPENED for known, _ in changed if known is None}
    return opened | {DISPUTE_CLOSED for known, status in changed if not status.is_open and (not known or known.is_open)}


def _disputes(order: Order) -> dict[str, DisputeStatus]:
    return {dispute.dispute_id: dispute.status for payment in order.payments for dispute in payment.disputes}
