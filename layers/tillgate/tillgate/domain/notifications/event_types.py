"""The events that an endpoint can ask for. Each is sent as `order.updated`: the filter is on what happened."""

from tillgate.domain.orders.order import Order, OrderStatus

ANY = "order.updated"
SAFE = "order.considered_safe"
EVENTS = (ANY, SAFE, *(f"order.{status.lower()}" for status in OrderStatus))


def happened(before: Order | None, after: Order) -> frozenset[str]:
    """What a change brought about: always `order.updated`, and the status or the safety that it reached."""
    found = {ANY}
    if before is None or before.status is not after.status:
        found.add(f"order.{after.status.lower()}")
    if after.safe and (before is None or before.safe is None):
        found.add(SAFE)
    return frozenset(found)
