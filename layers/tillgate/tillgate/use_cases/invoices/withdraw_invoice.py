"""Ends an invoice that nobody has begun to pay (RG-7)."""

from tillgate.domain.invoices.invoice import invoice_of
from tillgate.domain.orders import ending
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.use_cases.shared.changes import operate
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System


def withdraw_invoice(system: System, merchant_id: str, order_key: str, *, guard: IdempotencyGuard) -> Order:
    def decide(order: Order) -> list[Event]:
        invoice_of(order)
        return ending.withdraw_order(order, now=system.now())

    return operate(system, merchant_id, order_key, decide, guard)
