"""Whether an order can leave its state, and keeps no money at its end: properties of rest and of the end."""

from datetime import timedelta

from proofs.exploration.moves import NOW
from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.allowed_operations import order_operations, payment_operations
from tillgate.domain.orders.deadlines import next_due, window_is_open
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.orders.reactions import GAVE_UP, retry
from tillgate.domain.payments.lifecycle import FACES
from tillgate.domain.payments.payment import Payment


def the_end_keeps_no_money(order: Order) -> bool:
    """The exception is a bank payment whose PSP refunds only booked money: it goes back once the booking is reported.
    Vendors' money is checked with the vendors."""
    if order.ended in (None, OrderStatus.MANUAL_INTERVENTION_NEEDED):
        return True
    return all(
        payment.authorized <= payment.cancelled + payment.refunded + _with_vendors(payment) + payment.lost_to_disputes
        or payment.pending
        or payment.status in GAVE_UP
        or (payment.confirmed and not payment.refund_before_settled)
        for payment in order.payments
    )


def _with_vendors(payment: Payment) -> int:
    of = payment.vendors
    return of.authorized - of.cancelled - of.refunded - of.taken_back


def is_settled(order: Order) -> bool:
    """The order rests: nothing is at a PSP, nobody is awaited, no window is open."""
    awaited = any(payment.awaits_shopper for payment in order.payments)
    return not (order.pending or awaited or order.ending or window_is_open(order))


def nothing_is_forgotten(order: Order) -> bool:
    return is_settled(order) or next_due(order, timedelta(0)) is not None


def there_is_a_way_out(order: Order) -> bool:
    """In every state that is not final, something falls due, somebody can act, or an operator is alerted."""
    if order.ended and all(FACES[each.status].final or not _is_kept(each) for each in order.payments):
        return True
    can_act = order_operations(order) or any(payment_operations(order, payment) for payment in order.payments)
    return bool(can_act or next_due(order, timedelta(0)) or troubles(order) or order.pending)


def an_operator_can_end_it(order: Order) -> bool:
    """If an order needs an operator, a retry makes progress, here or with a vendor, or no money is left to move."""
    if order.ended is not OrderStatus.MANUAL_INTERVENTION_NEEDED or not is_settled(order):
        return True
    left = any(_is_kept(payment) for payment in order.payments)
    tried = order
    for event in retry(order, NOW):
        tried = evolve(tried, event)
    goes_on = tried.ended is not order.ended or tried.pending
    waits = any(p.vendors.stuck or p.awaits_booking or p.has_open_dispute for p in order.payments)
    return goes_on or waits or not left


def _is_kept(payment: Payment) -> bool:
    """Something is held, or captured and neither refunded nor taken by a dispute."""
    return payment.held > 0 or payment.captured > payment.refunded + payment.lost_to_disputes
