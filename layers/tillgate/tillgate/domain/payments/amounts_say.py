"""Derives a payment's status from its amounts, regardless of how they came about."""

from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.payment import Payment

S = PaymentStatus


def standing(payment: Payment) -> PaymentStatus:
    """The status derived from the amounts alone: held money first, then captured, then refunded."""
    if payment.held > 0:
        return S.PARTIALLY_CAPTURED if payment.captured else S.AUTHORIZED
    if payment.captured == 0:
        return S.CANCELLED
    if payment.refunded == 0:
        return S.CAPTURED
    return S.REFUNDED if payment.refunded >= payment.captured else S.PARTIALLY_REFUNDED


def standing_out(payment: Payment) -> PaymentStatus:
    """The same, but CANCEL_FAILED and REFUND_FAILED stay until the money that is owed has been given back."""
    if payment.status is S.CANCEL_FAILED and payment.held:
        return S.CANCEL_FAILED
    owes = payment.status is S.REFUND_FAILED and not payment.held and payment.captured > payment.refunded
    return S.REFUND_FAILED if owes else standing(payment)


def settled_or(status: PaymentStatus, payment: Payment) -> PaymentStatus:
    return payment.settlement if status is S.CAPTURED and payment.settlement else status


def standing_with_vendors(payment: Payment) -> PaymentStatus:
    """The status of a technical payment after its vendors' sums changed: derived from amounts, not from a step."""
    target = settled_or(standing_out(payment), payment)
    if target is not S.CANCELLED:
        return target
    if payment.taken_back:
        return S.CAPTURE_VOIDED
    return S.EXPIRED if payment.status is S.EXPIRED else target
