"""Whether an order can leave its state, and keeps no money at its end: properties of rest and of the end."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from proofs.exploration.moves import NOW
from tillgate.domain.operators.work_list import LONG, Kind, Trouble, work_of
from tillgate.domain.orders.allowed_operations import order_operations, payment_operations
from tillgate.domain.orders.deadlines import next_due, window_is_open
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.orders.reactions import GAVE_UP, retry
from tillgate.domain.payments.lifecycle import FACES
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.refusals import Refusal
from tillgate.use_cases.operators.resolve import decided


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
    """In every state that is not final, something falls due, or somebody can act."""
    if order.ended and all(FACES[each.status].final or not _is_kept(each) for each in order.payments):
        return True
    can_act = order_operations(order) or any(payment_operations(order, payment) for payment in order.payments)
    return bool(can_act or next_due(order, timedelta(0)) or order.pending or an_operator_can_act(order))


def an_operator_can_act(order: Order) -> bool:
    """An entry of the work list goes by one of its ways, or those of vendors do, whose states are checked as well. That
    it is on the list is no way."""
    return _waits_for_vendors(order) or any(_goes(order, each) for each in work_of(order))


def _waits_for_vendors(order: Order) -> bool:
    return any(payment.vendors.stuck for payment in order.payments)


def all_work_can_be_done(order: Order) -> bool:
    """Each entry that the order has, or gets once its PSP was asked for long, goes by one of its ways. What has no
    outcome comes first, and what vendors could not give back."""
    asked = _asked_for_long(order)
    waits = order.pending or _waits_for_vendors(order)
    return all(_goes(asked, each) for each in work_of(asked) if each.kind is Kind.NO_OUTCOME or not waits)


def _goes(order: Order, trouble: Trouble) -> bool:
    return any(_settles(order, trouble, way) for way in trouble.ways)


def _settles(order: Order, trouble: Trouble, way: Mapping[str, Any]) -> bool:
    """The call takes it off the list, or makes a new request to the PSP. Asking the PSP may do nothing."""
    choice = {name: each for name, each in way.items() if name not in ("action", "order_key")}
    try:
        events = retry(order, NOW) if "retry" in choice else _decided(order, way, choice)
    except Refusal:
        return False
    after = order
    for event in events:
        after = evolve(after, event)
    still = any((each.kind, each.ways) == (trouble.kind, trouble.ways) for each in work_of(after))
    return bool(events) and (not still or after.pending)


def _decided(order: Order, way: Mapping[str, Any], choice: dict[str, Any]) -> list[Event]:
    return decided(order, NOW, "ada", "a test", **choice) if way["action"] == "resolve" else []


def _asked_for_long(order: Order) -> Order:
    def asked(payment: Payment) -> Payment:
        return replace(payment, operations=tuple(replace(each, checks=LONG) for each in payment.operations))

    return replace(order, payments=tuple(map(asked, order.payments)))


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
