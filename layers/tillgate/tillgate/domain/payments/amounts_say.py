"""The status that a payment's amounts give, whichever way they came about."""

from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.payment import Payment

S = PaymentStatus


def standing(payment: Payment) -> PaymentStatus:
    """The status that the amounts alone give: what is held first, then what was taken, then what was given back."""
    if payment.held > 0:
        return S.PARTIALLY_CAPTURED if payment.captured else S.AUTHORIZED
    if payment.captured == 0:
        return S.CANCELLED
    if payment.refunded == 0:
        return S.CAPTURED
    return S.REFUNDED if payment.refunded >= payment.captured else S.PARTIALLY_REFUNDED


def standing_out(payment: Payment) -> PaymentStatus:
    """The same, but as long as something is held or kept that should have been given back, that stands out."""
    if payment.status is S.CANCEL_FAILED and payment.held:
        return S.CANCEL_FAILED
    owes = payment.status is S.REFUND_FAILED and not payment.held and payment.captured > payment.refunded
    return S.REFUND_FAILED if owes else standing(payment)


def settled_or(status: PaymentStatus, payment: Payment) -> PaymentStatus:
    return payment.settlement if status is S.CAPTURED and payment.settlement else status


def standing_with_vendors(payment: Payment) -> PaymentStatus:
    """The status of a technical payment once its vendors' sums have changed: as its amounts stand, no step it took."""
    target = settled_or(standing_out(payment), payment)
    if target is not S.CANCELLED:
        return target
    if payment.taken_back:
        return S.CAPTURE_VOIDED
    return S.EXPIRED if payment.status is S.EXPIRED else target
