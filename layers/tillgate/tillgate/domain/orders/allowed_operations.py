"""Which operations are possible now, as the API lists them (TH-11)."""

from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.orders.room import MOST_OPERATIONS, MOST_PAYMENTS, why_not
from tillgate.domain.orders.tenders import has_room_for
from tillgate.domain.payments.lifecycle import FACES, PaymentStatus
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payments.payment import Payment

_NOT_BEGUN = (PaymentStatus.CREATED, PaymentStatus.SEEN, PaymentStatus.WITHDRAWN, PaymentStatus.EXPIRED)


def is_withdrawable(order: Order) -> bool:
    """Nobody has begun to pay the order (EV-5), and somebody has to: one that is covered by nothing is cancelled."""
    untouched = all(
        payment.status in _NOT_BEGUN and payment.authorized == payment.received == 0 and not payment.pending
        for payment in order.payments
    )
    return order.ended is None and order.ending is None and untouched and not order.covered_once


def has_something_to_end(order: Order) -> bool:
    """Not once all was given back: such an order stays REFUNDED, unless it was raised or is being paid again."""
    underway = order.in_flight or any(payment.awaits_shopper for payment in order.payments)
    return order.status is not OrderStatus.REFUNDED or order.open > 0 or underway


def order_operations(order: Order) -> list[str]:
    alive = order.ended is None and order.ending is None
    withdrawable = is_withdrawable(order)
    possible = {
        "withdraw": withdrawable,
        "start": alive and _can_be_started(order),
        "update": alive,
        "cancel": alive and not withdrawable and has_something_to_end(order),
        "refund": any(_can_be_refunded(p) for p in order.payments if not p.surplus),
    }
    return [name for name, is_possible in possible.items() if is_possible]


def _can_be_started(order: Order) -> bool:
    """There is a method that can pay it: an open tender that lives leaves room for gift cards only."""
    room = order.open > 0 and not order.in_flight and len(order.payments) < MOST_PAYMENTS
    return room and any(why_not(order, method) is None and has_room_for(order, method) for method in METHODS)


def payment_operations(order: Order, payment: Payment) -> list[str]:
    room = len(payment.operations) < MOST_OPERATIONS
    held = payment.available > 0 and payment.traits.holds and room
    if payment.kind == "technical":
        return _technical_operations(order, payment)
    limits = payment.limits
    possible = {
        "capture": held and payment.status is not PaymentStatus.CANCEL_FAILED and limits.captures != "none",
        "cancel": held and limits.cancels != "none",
        "refund": _can_be_refunded(payment),
        "withdraw": FACES[payment.status].withdrawable and not payment.pending,
        "sync": payment.pending or payment.awaits_shopper,
    }
    return [name for name, is_possible in possible.items() if is_possible]


def _can_be_refunded(payment: Payment) -> bool:
    refunds, room = payment.limits.refunds, len(payment.operations) < MOST_OPERATIONS
    return payment.refundable > 0 and room and refunds != "none" and not (refunds == "whole" and payment.refunded)


def _technical_operations(order: Order, payment: Payment) -> list[str]:
    """PAY divides the authorized amount; later operations are done on the vendor payments (TH-10).

    Money that is not allotted to a vendor can be cancelled or refunded here.
    """
    room = len(payment.operations) < MOST_OPERATIONS
    possible = {
        "cancel": payment.available > 0 and payment.traits.holds and room and payment.limits.cancels != "none",
        "refund": _can_be_refunded(payment),
        "pay": _can_be_divided(order, payment) and not payment.pending,
        "withdraw": FACES[payment.status].withdrawable and not payment.pending,
        "sync": payment.pending or payment.awaits_shopper,
    }
    return [name for name, is_possible in possible.items() if is_possible]


def _can_be_divided(order: Order, payment: Payment) -> bool:
    alive = order.ended is None and order.ending is None and order.covered_once
    stands = payment.authorization.status is OperationStatus.SUCCEEDED and not payment.authorization.contradictions
    divisible = payment.covers > 0 and payment.unallotted > 0 and payment.status is not PaymentStatus.CANCEL_FAILED
    return alive and not order.counts_towards_raise(payment) and stands and divisible
