"""Turns a PSP's reports on disputes into events (GO-6). Duplicate and late notices change nothing, like other facts."""

from datetime import datetime

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.disputes import DisputeNotice, dispute_id_of, is_news
from tillgate.domain.payments.events import DisputeLearned


def learn_dispute(order: Order, payment_id: str, told: DisputeNotice, now: datetime) -> tuple[list[Event], Order]:
    """The events for what is new, and the order after them. The notice is accepted in every state of the payment: the
    bank has already debited the money, or given it back."""
    payment = order.payment(payment_id)
    dispute_id = dispute_id_of(payment_id, told.psp_reference)
    if payment is None or not is_news(payment.dispute(dispute_id), told):
        return [], order
    learned = DisputeLearned(
        payment_id=payment_id,
        dispute_id=dispute_id,
        psp_reference=told.psp_reference,
        status=told.status,
        amount=told.amount,
        reason=told.reason,
        opened_at=told.opened_at,
        revision=told.revision,
        evidence_due_at=told.evidence_due_at,
        at=now,
    )
    return [learned], evolve(order, learned)
