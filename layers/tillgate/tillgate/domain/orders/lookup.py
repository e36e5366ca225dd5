"""Finds a payment of an order."""

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.refusals import (
    NotFound,
)


def find_payment(order: Order, payment_id: str) -> Payment:
    payment = order.payment(payment_id)
    if payment is None:
        raise NotFound("this order has no such payment")
    return payment
