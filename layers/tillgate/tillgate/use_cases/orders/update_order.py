"""Changes an order's amount or metadata (EV-8)."""

from collections.abc import Mapping
from typing import Any

from tillgate.domain.orders.amendments import amend
from tillgate.domain.orders.order import Order
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
) -> Order:
    return operate(
        system,
        merchant_id,
        order_key,
        lambda order: amend(order, amount=amount, metadata=metadata, now=system.now()),
        guard,
    )
