"""Counts what operators ask about every day: are orders being created, paid and safe, are payments refused (ADR 152).

Called once a change is saved, with the order before and after it. Only one of several racing or repeated changes is
saved, so nothing is counted twice; a process that dies at just this moment leaves one out.
"""

from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.payment import Payment
from tillgate.domain.payments.refusal_groups import refusal_group
from tillgate.runtime.telemetry import count

_NOT_YET_PAID = (OrderStatus.UNPAID, OrderStatus.PARTIALLY_PAID)


def count_milestones(before: Order | None, after: Order) -> None:
    """`before`: None of an order that is new. A vendor's part is counted with the order that it is a part of."""
    if after.share:
        return
    if before is None:
        count("OrderCreated")
    if _is_paid_now(before, after):
        count("OrderPaid")
    if after.safe and not (before and before.safe):
        count("OrderSafe")
    for payment in after.payments:
        known = before.payment(payment.payment_id) if before else None
        if known is not payment and not payment.surplus:
            _count_payment(known, payment)


def _is_paid_now(before: Order | None, after: Order) -> bool:
    """For the first time: an order that is paid again after a raise, or whose refund failed, was counted."""
    if after.status is not OrderStatus.PAID:
        return False
    was_open = before is None or (before.status in _NOT_YET_PAID and not before.covered_once)
    return was_open or (before is not None and before.status is OrderStatus.AUTHORIZED)


def _count_payment(known: Payment | None, payment: Payment) -> None:
    if payment.authorized and not (known and known.authorized):
        count("PaymentAuthorized", connector=payment.connector)
    failed = payment.status is PaymentStatus.FAILED
    if failed and not (known and known.status is PaymentStatus.FAILED):
        count("PaymentRefused", connector=payment.connector, group=refusal_group(payment.reason_code))
