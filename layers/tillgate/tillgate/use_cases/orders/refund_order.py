"""Refunds an amount over an order's payments, the last captured first (EV-12)."""

from tillgate.domain.orders import operating
from tillgate.domain.orders.order import Order
from tillgate.use_cases.shared.changes import operate
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System


def refund_order(
    system: System, merchant_id: str, order_key: str, *, amount: int | None, reason: str | None, guard: IdempotencyGuard
) -> Order:
    return operate(
        system,
        merchant_id,
        order_key,
        lambda order: operating.refund_order(order, amount=amount, reason=reason, now=system.now()),
        guard,
    )
