"""Gives captured money back, in full or in part (TH-8, RG-3)."""

from tillgate.domain.orders import operating
from tillgate.domain.orders.order import Order
from tillgate.use_cases.shared.changes import operate
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System


def refund_payment(
    system: System,
    merchant_id: str,
    order_key: str,
    payment_id: str,
    *,
    amount: int | None,
    reason: str | None,
    refund_reason: str | None = None,
    guard: IdempotencyGuard,
) -> Order:
    """`amount` None: everything that is captured and not refunded."""
    return operate(
        system,
        merchant_id,
        order_key,
        lambda order: operating.refund(
            order, payment_id, amount=amount, reason=reason, refund_reason=refund_reason, now=system.now()
        ),
        guard,
        payment_id,
    )
