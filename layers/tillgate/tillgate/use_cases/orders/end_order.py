"""Ends an order: the merchant withdraws it before payment began (EV-5), or cancels it with all its payments."""

from tillgate.domain.orders import ending
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor
from tillgate.use_cases.marketplace.unwind_vendors import unwind_vendors
from tillgate.use_cases.shared.changes import PATIENCE, operate
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System


def withdraw_order(system: System, merchant_id: str, order_key: str, *, guard: IdempotencyGuard) -> Order:
    return operate(
        system,
        merchant_id,
        order_key,
        lambda order: ending.withdraw_order(order, now=system.now()),
        guard,
    )


def cancel_order(system: System, merchant_id: str, order_key: str, *, guard: IdempotencyGuard) -> Order:
    """Cancels what is held and refunds what was captured. An ending that is not finished yet continues by itself."""
    order = operate(
        system,
        merchant_id,
        order_key,
        lambda order: ending.cancel_order(order, actor=Actor.MERCHANT, now=system.now()),
        guard,
    )
    if order.ending and any(payment.vendors_stand for payment in order.payments):
        order = unwind_vendors(system, order, seconds=PATIENCE)
        guard.finish(order, None)  # store exactly the answer that is given
    return order
