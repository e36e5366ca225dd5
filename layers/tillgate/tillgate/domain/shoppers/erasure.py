"""When an order's personal data may be erased, and the event for it (GO-7)."""

from datetime import datetime

from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.deadlines import window_is_open
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.order_events import PersonalDataErased
from tillgate.domain.shared.refusals import OperationNotAllowed


def has_personal_data(order: Order) -> bool:
    """Customer data, or an invoice's recipient. It is erased once."""
    return order.erased_at is None and (order.customer is not None or order.invoice is not None)


def is_over(order: Order) -> bool:
    """Nothing more happens to it by itself: no shopper awaited, nothing held, no outcome or dispute open, no operator
    needed.

    A refund may still come; it needs no personal data.
    """
    if window_is_open(order) or order.pending or (order.ending and not order.ended) or troubles(order):
        return False
    return not any(
        payment.awaits_shopper or payment.has_open_dispute or (payment.held and payment.traits.holds)
        for payment in order.payments
    )


def erase(order: Order, *, by: str | None, reason: str | None, now: datetime) -> list[Event]:
    """Empty if nothing is left. Raises `OperationNotAllowed` until the order is over: it may need the payer."""
    if not has_personal_data(order):
        return []
    if not is_over(order):
        raise OperationNotAllowed(f"the order is {order.status}; its data can be erased once it is over")
    return [PersonalDataErased(at=now, by=by, reason=reason)]
