"""An order's status, and whether it is safe to ship; both derived from its payments (CM-7, CM-8)."""

from datetime import datetime

from tillgate.domain.orders.order import ConsideredSafe, Order, OrderStatus
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.methods import SafeLevel
from tillgate.domain.payments.payment import Payment


def order_status(order: Order) -> OrderStatus:
    if order.ended:
        return order.ended
    if order.is_free:
        return OrderStatus.PAID
    counting = [payment for payment in order.payments if not payment.surplus]
    captured = any(payment.captured for payment in counting)
    left = any(payment.held or payment.captured > payment.refunded for payment in counting)
    if order.covered_once and captured and not left:
        return OrderStatus.REFUNDED
    if order.covered == 0:
        return OrderStatus.UNPAID
    if order.open:
        return OrderStatus.PARTIALLY_PAID
    held = any(payment.held and payment.covers and not payment.confirmed for payment in counting)
    return OrderStatus.AUTHORIZED if held else OrderStatus.PAID


def considered_safe(order: Order, at: datetime) -> ConsideredSafe | None:
    """The level and since when it holds, or None while it is not safe to ship.

    Safe means: the amount due is covered and kept, and each payment that covers it has reached its method's level. The
    level is the weakest one reached. A partial refund keeps it, as that is the merchant's own decision. It ends with a
    full refund, a late failure, money that a bank took back, a split that was cancelled as a whole, or the order's end.
    An order of nothing is safe at once: no money is outstanding, so it has the highest level.
    """
    if order.split_undone:
        return None
    if order.is_free and not (order.ended or order.ending):
        return _since(order, SafeLevel.SETTLED, at)
    levels = [payment_level(payment) for payment in order.payments if payment.covers]
    reached = [level for level in levels if level]
    if order.ended or order.ending or order.open or not order.due or len(reached) < len(levels) or not reached:
        return None
    if order_status(order) is OrderStatus.REFUNDED or order.kept < max(1, order.due - order.returned):
        return None
    return _since(order, min(reached, key=lambda level: level.rank), at)


def _since(order: Order, level: SafeLevel, at: datetime) -> ConsideredSafe:
    return order.safe if order.safe and order.safe.level is level else ConsideredSafe(level, at)


def payment_level(payment: Payment) -> SafeLevel | None:
    """The level a payment has reached, or None if it is below its method's level or the payment is unreliable."""
    if payment.authorization.contradictions or payment.status is PaymentStatus.CANCEL_FAILED:
        return None  # the PSP reports that it failed, or the hold should have been released
    level = _level(payment)
    return level if level.rank >= payment.traits.safe_at.rank else None


def _level(payment: Payment) -> SafeLevel:
    if payment.settlement is PaymentStatus.SETTLED:  # also after a partial refund
        return SafeLevel.SETTLED
    return SafeLevel.AUTHORIZED if payment.held else SafeLevel.CAPTURED
