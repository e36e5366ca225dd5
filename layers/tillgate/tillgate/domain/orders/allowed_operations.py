"""Which operations are possible now, as the API lists them (TH-11)."""

from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.payments.lifecycle import FACES, PaymentStatus
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payments.payment import Payment

_NOT_BEGUN = (PaymentStatus.CREATED, PaymentStatus.SEEN, PaymentStatus.WITHDRAWN, PaymentStatus.EXPIRED)


def is_withdrawable(order: Order) -> bool:
    """Nobody has begun to pay the order (EV-5)."""
    untouched = all(
        payment.status in _NOT_BEGUN and payment.authorized == payment.received == 0 and not payment.pending
        for payment in order.payments
    )
    return order.ended is None and order.ending is None and untouched


def order_operations(order: Order) -> list[str]:
    alive = order.ended is None and order.ending is None
    withdrawable = is_withdrawable(order)
    possible = {
        "withdraw": withdrawable,
        "start": alive and order.open > 0 and not order.in_flight,
        "update": alive,
        "cancel": alive and not withdrawable and order.status is not OrderStatus.REFUNDED,
        "refund": any(p.refundable for p in order.payments if not p.surplus),
    }
    return [name for name, is_possible in possible.items() if is_possible]


def payment_operations(order: Order, payment: Payment) -> list[str]:
    held = payment.available > 0 and payment.traits.holds
    if payment.kind == "technical":
        return _technical_operations(order, payment)
    possible = {
        "capture": held and payment.status is not PaymentStatus.CANCEL_FAILED,
        "cancel": held,
        "refund": payment.refundable > 0,
        "withdraw": FACES[payment.status].withdrawable and not payment.pending,
        "sync": payment.pending or payment.awaits_shopper,
    }
    return [name for name, is_possible in possible.items() if is_possible]


def _technical_operations(order: Order, payment: Payment) -> list[str]:
    """PAY divides the authorized amount; later operations are done on the vendor payments (TH-10).

    Money that is not allotted to a vendor can be cancelled or refunded here.
    """
    possible = {
        "cancel": payment.available > 0 and payment.traits.holds,
        "refund": payment.refundable > 0,
        "pay": _can_be_divided(order, payment) and not payment.pending,
        "withdraw": FACES[payment.status].withdrawable and not payment.pending,
        "sync": payment.pending or payment.awaits_shopper,
    }
    return [name for name, is_possible in possible.items() if is_possible]


def _can_be_divided(order: Order, payment: Payment) -> bool:
    alive = order.ended is None and order.ending is None and order.covered_once
    towards_raise = order.raised is not None and payment.created_at >= order.raised.at
    stands = payment.authorization.status is OperationStatus.SUCCEEDED and not payment.authorization.contradictions
    divisible = payment.covers > 0 and payment.unallotted > 0 and payment.status is not PaymentStatus.CANCEL_FAILED
    return alive and not towards_raise and stands and divisible
