"""Refunds an amount over an order's payments, the last captured first (EV-12), or those that are chosen (US-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tillgate.domain.orders import operating
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.use_cases.shared.changes import operate
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """`amount` None: everything refundable. `tenders`: ids of payments, each with its amount or None for all of it."""

    amount: int | None = None
    reason: str | None = None
    refund_reason: str | None = None
    tenders: Sequence[tuple[str, int | None]] | None = None


def refund_order(
    system: System, merchant_id: str, order_key: str, asked: RefundRequest, *, guard: IdempotencyGuard
) -> Order:
    def decide(order: Order) -> list[Event]:
        why: Any = {"reason": asked.reason, "refund_reason": asked.refund_reason}
        if asked.tenders is not None:
            return operating.refund_tenders(order, asked.tenders, amount=asked.amount, now=system.now(), **why)
        return operating.refund_order(order, amount=asked.amount, now=system.now(), **why)

    return operate(system, merchant_id, order_key, decide, guard)
