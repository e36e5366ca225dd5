"""What the merchant may change on an order: its amount and lines (EV-8), its metadata, the link to its menu."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.lines import Lines, check_lines, total
from tillgate.domain.orders.order import ORDER_WINDOW, Order
from tillgate.domain.orders.order_events import AmountChanged, MenuLinkRenewed, MetadataChanged
from tillgate.domain.orders.reactions import react
from tillgate.domain.shared.refusals import AmountExceedsAvailable, OperationNotAllowed


def amend(
    order: Order,
    *,
    amount: int | None,
    metadata: Mapping[str, Any] | None,
    now: datetime,
    items: tuple[Mapping[str, Any], ...] | None = None,
) -> list[Event]:
    """`amount` raises the amount to pay, or lowers it, but not below what is covered. A raise opens a new window.

    `items` are the new lines. Lines that added up to the old amount cannot stay where the new one differs.

    Lowered to zero, the order is covered by nothing and safe.
    """
    if order.ended or order.ending:
        raise OperationNotAllowed(f"the order is {order.status}; create a new one")
    events: list[Event] = []
    new_amount = order.amount if amount is None else amount
    lines = items if items is not None and items != order.terms.items else None
    _check_lines(order, new_amount, items)
    if new_amount != order.amount or lines is not None:
        events.append(_change(order, new_amount, lines, now))
    if metadata is not None and metadata != order.terms.metadata:
        events.append(MetadataChanged(metadata=metadata, at=now))
    for event in events:
        order = evolve(order, event)
    return events + react(order, now)  # lowered to the cancelled amount, nothing is due and the order ends


def renew_menu_link(order: Order, menu_key: str, now: datetime) -> list[Event]:
    """The old link ends. Raises `OperationNotAllowed` once the order has ended."""
    if order.ended or order.ending:
        raise OperationNotAllowed(f"the order is {order.status}; nobody can pay it any more")
    return [MenuLinkRenewed(menu_key=menu_key, at=now)]


def _check_lines(order: Order, amount: int, items: Lines | None) -> None:
    """Lines from before they had to add up may stay as they are."""
    if items is not None or total(order.terms.items) == order.amount:
        check_lines(order.terms.items if items is None else items, amount)


def _change(order: Order, amount: int, items: tuple[Mapping[str, Any], ...] | None, now: datetime) -> AmountChanged:
    if order.in_flight or any(payment.awaits_shopper for payment in order.payments):
        raise OperationNotAllowed("a payment is in progress; wait for it or withdraw it, then change the amount")
    least = order.covered + order.released
    if amount < least:
        raise AmountExceedsAvailable(f"{least} is already covered; cancel or refund instead", "/amount")
    raised_once_covered = amount > order.amount and order.covered_once
    expires_at = max(order.expires_at, now + ORDER_WINDOW) if raised_once_covered else order.expires_at
    return AmountChanged(amount=amount, items=items, expires_at=expires_at, at=now)
