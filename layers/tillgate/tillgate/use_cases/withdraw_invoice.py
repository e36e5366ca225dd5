"""Ends an invoice that nobody has begun to pay (RG-7)."""

from tillgate.domain import commands
from tillgate.domain.events import Event
from tillgate.domain.invoices import invoice_of
from tillgate.domain.order import Order
from tillgate.wiring import System

from .changes import operate
from .guard import Guard


def withdraw_invoice(system: System, merchant_id: str, order_key: str, *, guard: Guard) -> Order:
    def decide(order: Order) -> list[Event]:
        invoice_of(order)
        return commands.withdraw_order(order, now=system.now())

    return operate(system, merchant_id, order_key, decide, guard)
