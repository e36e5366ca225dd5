"""Ends a payment that the shopper never began (EV-5): it is closed at the PSP first, and the PSP's answer decides."""

from tillgate.domain.orders import operating
from tillgate.domain.orders.order import Order
from tillgate.use_cases.shared.changes import operate
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System


def withdraw_payment(
    system: System, merchant_id: str, order_key: str, payment_id: str, *, guard: IdempotencyGuard
) -> Order:
    return operate(
        system,
        merchant_id,
        order_key,
        lambda order: operating.withdraw_payment(order, payment_id, now=system.now()),
        guard,
        payment_id,
    )
