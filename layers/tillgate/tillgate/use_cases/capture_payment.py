"""Takes money that is held, in full or in part (TH-6, RG-3)."""

from tillgate.domain import commands
from tillgate.domain.order import Order
from tillgate.wiring import System

from .changes import operate
from .guard import Guard


def capture_payment(
    system: System,
    merchant_id: str,
    order_key: str,
    payment_id: str,
    *,
    amount: int | None,
    final: bool | None,
    fee: int,
    guard: Guard,
) -> Order:
    """`amount` None: all that is held. A final capture of a part releases the rest."""
    return operate(
        system,
        merchant_id,
        order_key,
        lambda order: commands.capture(order, payment_id, amount=amount, final=final, fee=fee, now=system.now()),
        guard,
        payment_id,
    )
