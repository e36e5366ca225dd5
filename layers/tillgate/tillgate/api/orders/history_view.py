"""An order's history, as the API shows it (IS-15)."""

from collections.abc import Iterable
from typing import Any

from tillgate.api.http.instants import instant
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.payment import Payment
from tillgate.store.orders.items import Change


def history_view(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Every event, oldest first, with what it changed: statuses and amounts before and after (IS-15)."""
    entries: list[dict[str, Any]] = []
    order: Order | None = None
    for change in changes:
        for event in change.events:
            before, order = order, evolve(order, event)
            payment_id = getattr(event, "payment_id", None)
            entries.append(
                {
                    "version": change.version,
                    "at": instant(event.at),
                    "type": event.type,
                    "actor": change.actor,
                    "cause": change.cause,
                    "order_status": _before_after(before.status if before else None, order.status),
                }
                | (_payment_change(before, order, payment_id) if payment_id else {})
                | _event_details(event)
            )
    return entries


def _payment_change(before: Order | None, after: Order, payment_id: str) -> dict[str, Any]:
    was, became = (order.payment(payment_id) if order else None for order in (before, after))
    return {
        "payment_id": payment_id,
        "payment_status": _before_after(was.status if was else None, became.status if became else None),
        "amounts": _before_after(_sums(was), _sums(became)),
        "psp_reference": became.psp_reference if became else None,
    }


def _sums(payment: Payment | None) -> dict[str, int] | None:
    if payment is None:
        return None
    names = ("authorized", "captured", "cancelled", "refunded")
    return {name: getattr(payment, name) for name in names}


def _before_after(before: object, after: object) -> dict[str, object]:
    return {"before": before, "after": after}


_DETAILS = (
    *("operation_id", "operation", "status", "amount", "reason_code", "reason", "why"),
    *("surplus", "token", "by", "booking_id"),
)


def _event_details(event: object) -> dict[str, Any]:
    details = {name: getattr(event, name, None) for name in _DETAILS}
    return {name: value for name, value in details.items() if value not in (None, False)}
