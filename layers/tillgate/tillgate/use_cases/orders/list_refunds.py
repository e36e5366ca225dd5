"""The refunds of an order and of its vendor payments as one list, newest first (US-4, TH-8)."""

from dataclasses import dataclass
from datetime import datetime

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import OutcomeLearned
from tillgate.domain.payments.operations import Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.store.shared.due_index import instant
from tillgate.wiring import System


@dataclass(frozen=True, slots=True)
class FoundRefund:
    """A refund with its payment; `settled_at` None: it has not succeeded, or failed later."""

    order: Order
    payment: Payment
    operation: Operation
    settled_at: datetime | None

    @property
    def position(self) -> str:
        return f"{instant(self.operation.requested_at)}#{self.operation.operation_id}"


def list_refunds(
    system: System, order: Order, *, limit: int, before: str | None
) -> tuple[list[FoundRefund], str | None]:
    """A page, and where the next one begins."""
    found = {each.position: each for each in _refunds_of(system, order)}
    positions = [position for position in found if before is None or position < before]
    parts: dict[str, str] = {}
    if order.kind == "technical":
        parts = dict(system.vendor_payments.refunds(order.order_key, limit + 1, before))
    merged = sorted([*positions, *parts], reverse=True)
    shown = merged[:limit]
    keys = list(dict.fromkeys(parts[position] for position in shown if position in parts))
    for part in system.orders.load_many(keys) if keys else ():
        found |= {each.position: each for each in _refunds_of(system, part)}
    page = [found[position] for position in shown if position in found]
    return page, shown[-1] if len(merged) > limit else None


def _refunds_of(system: System, order: Order) -> list[FoundRefund]:
    refunds = [(p, op) for p in order.payments for op in p.operations if op.type is OperationType.REFUND]
    known = {op.operation_id: op.settled_at for _, op in refunds}
    if any(op.status is OperationStatus.SUCCEEDED and op.settled_at is None for _, op in refunds):
        known |= _settled(system, order)  # from before an operation told it
    return [FoundRefund(order, payment, op, known[op.operation_id]) for payment, op in refunds]


def _settled(system: System, order: Order) -> dict[str, datetime]:
    """When we learned that each operation has succeeded; one that failed later is not settled."""
    changes = system.orders.history(order.order_key)
    learned = (event for change in changes for event in change.events if isinstance(event, OutcomeLearned))
    last = {event.operation_id: event for event in learned}
    return {name: event.at for name, event in last.items() if event.status is OperationStatus.SUCCEEDED}
