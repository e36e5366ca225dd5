"""Captures held money, in full or in part (TH-6, RG-3)."""

from tillgate.domain.marketplace.vendor_payments import agreed_fee
from tillgate.domain.orders import operating
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.use_cases.shared.changes import operate
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System


def capture_payment(
    system: System,
    merchant_id: str,
    order_key: str,
    payment_id: str,
    *,
    amount: int | None,
    final: bool | None,
    fee: int | None,
    guard: IdempotencyGuard,
) -> Order:
    """`amount` None: all that is held. A final partial capture releases the rest. `fee` None: as agreed with PAY."""

    def decide(order: Order) -> list[Event]:
        kept = fee
        if fee is None and order.share:
            kept = agreed_fee(order, order.payments[0].available if amount is None else amount)
        return operating.capture(order, payment_id, amount=amount, final=final, fee=kept or 0, now=system.now())

    return operate(
        system,
        merchant_id,
        order_key,
        decide,
        guard,
        payment_id,
    )
