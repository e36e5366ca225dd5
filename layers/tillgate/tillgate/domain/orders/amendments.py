"""What the merchant may change on an order: its amount (EV-8) and its metadata."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import ORDER_WINDOW, Order
from tillgate.domain.orders.order_events import AmountChanged, MetadataChanged
from tillgate.domain.orders.reactions import react
from tillgate.domain.shared.refusals import AmountExceedsAvailable, OperationNotAllowed


def amend(order: Order, *, amount: int | None, metadata: Mapping[str, Any] | None, now: datetime) -> list[Event]:
    """`amount` raises the amount to pay, or lowers it, but not below what is covered. A raise opens a new window."""
    if order.ended or order.ending:
        raise OperationNotAllowed(f"the order is {order.status}; create a new one")
    events: list[Event] = []
    if amount is not None and amount != order.amount:
        events.append(_change(order, amount, now))
    if metadata is not None and metadata != order.terms.metadata:
        events.append(MetadataChanged(metadata=metadata, at=now))
    for event in events:
        order = evolve(order, event)
    return events + react(order, now)  # lowered to the cancelled amount, nothing is due and the order ends


def _change(order: Order, amount: int, now: datetime) -> AmountChanged:
    if order.in_flight or any(payment.awaits_shopper for payment in order.payments):
        raise OperationNotAllowed("a payment is in progress; wait for it or withdraw it, then change the amount")
    least = order.covered + order.released
    if amount < least:
        raise AmountExceedsAvailable(f"{least} is already covered; cancel or refund instead", "/amount")
    raised_once_covered = amount > order.amount and order.covered_once
    expires_at = max(order.expires_at, now + ORDER_WINDOW) if raised_once_covered else order.expires_at
    return AmountChanged(amount=amount, expires_at=expires_at, at=now)
