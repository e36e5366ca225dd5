"""Disputes (chargebacks): pure functions from one state of a payment to the next.

A dispute needs a response, is then under review, and ends won or lost; the merchant may accept it instead. An open,
lost or accepted dispute takes its amount from the merchant, which is no refund. Nobody reads the evidence.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from .errors import invalid, not_found
from .model import Answer, Dispute, DisputeStatus, Payment, reference_to

ANSWERED: dict[str, DisputeStatus] = {"evidence": "under_review", "accept": "accepted"}

Says = Literal["evidence", "accept"]


def opened(payment: Payment, amount: int, cause: str | None) -> Payment:
    """The payment with a dispute of `amount` minor units, which are captured and neither refunded nor disputed."""
    own_id = reference_to("dp", payment.id, len(payment.disputes))
    return payment.model_copy(update={"disputes": (*payment.disputes, Dispute(id=own_id, amount=amount, cause=cause))})


def answered(payment: Payment, dispute_id: str, says: Says, key: str, content: str) -> Payment:
    """The merchant sends evidence or accepts. For a known key it returns the given payment unchanged.

    Raises a 404 for an unknown dispute, and a 422 for a closed one or a key that was used for something else.
    """
    dispute = find(payment, dispute_id)
    if dispute is None:
        raise not_found("dispute")
    digest = hashlib.sha256(f"{dispute_id} {says} {content}".encode()).hexdigest()
    said = next((each for other in payment.disputes for each in other.answers if each.key == key), None)
    if payment.operation(key) or (said and said.digest != digest):
        raise invalid("This key was used for something else.", "idempotency_key_reused")
    if said:
        return payment
    if not dispute.is_open:
        raise invalid("This dispute is closed.", "dispute_closed")
    answers = (*dispute.answers, Answer(key=key, digest=digest))
    return _with(payment, dispute.model_copy(update={"answers": answers}), ANSWERED[says])


def closed(payment: Payment, dispute: Dispute, status: Literal["won", "lost"]) -> Payment:
    """The bank has decided."""
    return _with(payment, dispute, status)


def find(payment: Payment, dispute_id: str) -> Dispute | None:
    return next((each for each in payment.disputes if each.id == dispute_id), None)


def _with(payment: Payment, dispute: Dispute, status: DisputeStatus) -> Payment:
    changed = dispute.model_copy(update={"status": status, "revision": dispute.revision + 1})
    disputes = tuple(changed if each.id == dispute.id else each for each in payment.disputes)
    return payment.model_copy(update={"disputes": disputes})
