"""When personal data of an order may be erased, and the event that says so (GO-7)."""

from datetime import datetime

from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.deadlines import window_is_open
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.order_events import PersonalDataErased
from tillgate.domain.shared.refusals import OperationNotAllowed


def has_personal_data(order: Order) -> bool:
    """Customer data, or somebody whom an invoice goes to. It is erased once."""
    return order.erased_at is None and (order.customer is not None or order.invoice is not None)


def is_over(order: Order) -> bool:
    """Nothing happens to it any more by itself: nobody is awaited, nothing held, no outcome or dispute open, and no
    operator needed.

    A refund may still come; it needs nothing personal.
    """
    if window_is_open(order) or order.pending or (order.ending and not order.ended) or troubles(order):
        return False
    return not any(
        payment.awaits_shopper or payment.has_open_dispute or (payment.held and payment.traits.holds)
        for payment in order.payments
    )


def erase(order: Order, *, by: str | None, reason: str | None, now: datetime) -> list[Event]:
    """Nothing where nothing is left. Refused while the order is not over: it may need to know who pays."""
    if not has_personal_data(order):
        return []
    if not is_over(order):
        raise OperationNotAllowed(f"the order is {order.status}; its data can be erased once it is over")
    return [PersonalDataErased(at=now, by=by, reason=reason)]
