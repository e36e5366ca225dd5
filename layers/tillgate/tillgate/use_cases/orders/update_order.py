"""Changes an order's amount, lines or metadata (EV-8), or the link to its menu."""

from collections.abc import Mapping
from typing import Any

from tillgate.domain.orders.amendments import amend, renew_menu_link
from tillgate.domain.orders.order import Order
from tillgate.use_cases.orders.create_order import new_menu_key
from tillgate.use_cases.shared.changes import operate
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System


def update_order(
    system: System,
    merchant_id: str,
    order_key: str,
    *,
    amount: int | None,
    metadata: Mapping[str, Any] | None,
    guard: IdempotencyGuard,
    items: tuple[Mapping[str, Any], ...] | None = None,
) -> Order:
    return operate(
        system,
        merchant_id,
        order_key,
        lambda order: amend(order, amount=amount, metadata=metadata, items=items, now=system.now()),
        guard,
    )


def make_menu_link(system: System, merchant_id: str, order_key: str, *, guard: IdempotencyGuard) -> Order:
    """The order with a new link to its menu; the old one opens nothing any more."""
    return operate(
        system, merchant_id, order_key, lambda order: renew_menu_link(order, new_menu_key(), system.now()), guard
    )
