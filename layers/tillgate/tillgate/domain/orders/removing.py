"""The shopper takes a gift card back before the order is covered: its hold is released, or what it paid refunded."""

from datetime import datetime

from tillgate.domain.orders import operating
from tillgate.domain.orders.allowed_operations import payment_operations
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.order_events import TenderRemoved
from tillgate.domain.orders.reactions import react
from tillgate.domain.orders.starting import may_start
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.refusals import OperationNotAllowed


def removable(order: Order) -> list[Payment]:
    """Gift cards that the shopper has redeemed and may take back: nothing is pending, and the order is not covered.

    What the merchant started is the merchant's, and so is what was covered once.
    """
    if order.covered_once or order.ended or order.ending or order.in_flight or not order.open:
        return []
    return [payment for payment in order.payments if payment.covers and _is_shoppers(payment) and _way(order, payment)]


def remove_payment(order: Order, payment_id: str, *, now: datetime) -> list[Event]:
    """Cancels or refunds all of a redeemed gift card; that amount is open again. Raises `OperationNotAllowed`."""
    may_start(order, now)
    payment = next((each for each in removable(order) if each.payment_id == payment_id), None)
    if payment is None:
        raise OperationNotAllowed("this gift card cannot be taken back")
    if _way(order, payment) == "cancel":
        return operating.cancel(order, payment_id, amount=None, now=now, actor=Actor.SHOPPER)
    return operating.refund(order, payment_id, amount=None, reason=None, now=now, actor=Actor.SHOPPER)


def remove_named(order: Order, number: int, *, now: datetime) -> list[Event]:
    """Forgets a tender that was named and holds nothing yet. Raises `OperationNotAllowed`.

    `number`: its place among the named ones, from 0.
    """
    may_start(order, now)
    if not 0 <= number < len(order.named):
        raise OperationNotAllowed("this gift card cannot be taken back")
    removed = TenderRemoved(number=number, at=now)
    return [removed, *react(evolve(order, removed), now)]


def _is_shoppers(payment: Payment) -> bool:
    return payment.traits.limited and payment.authorization.requested_by is Actor.SHOPPER and not payment.pending


def _way(order: Order, payment: Payment) -> str | None:
    possible = payment_operations(order, payment)
    if payment.held == payment.covers and "cancel" in possible:
        return "cancel"
    return "refund" if payment.refundable == payment.covers and "refund" in possible else None
