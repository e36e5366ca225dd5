"""Releases held money, in full or in part (TH-7, RG-3)."""

from tillgate.domain.orders import operating
from tillgate.domain.orders.order import Order
from tillgate.use_cases.shared.changes import operate
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System


def cancel_payment(
    system: System, merchant_id: str, order_key: str, payment_id: str, *, amount: int | None, guard: IdempotencyGuard
) -> Order:
    """`amount` None: everything that is not captured."""
    return operate(
        system,
        merchant_id,
        order_key,
        lambda order: operating.cancel(order, payment_id, amount=amount, now=system.now()),
        guard,
        payment_id,
    )
