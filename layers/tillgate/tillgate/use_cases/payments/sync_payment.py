"""Asks the PSP about a payment at the merchant's request (IS-14)."""

from tillgate.domain.orders.lookup import find_payment
from tillgate.domain.orders.order import Order
from tillgate.use_cases.psp.ask_psp import ask_psp
from tillgate.use_cases.shared.changes import load
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System


def sync_payment(
    system: System, merchant_id: str, order_key: str, payment_id: str, *, guard: IdempotencyGuard
) -> Order:
    """The merchant requests a query now (CM-7, RG-13). It is safe to repeat: its key only stores the answer."""
    order = load(system, order_key, merchant_id)
    find_payment(order, payment_id)
    guard.check()
    order = ask_psp(system, order, payment_id, cause="sync")
    guard.finish(order, payment_id)
    return order
