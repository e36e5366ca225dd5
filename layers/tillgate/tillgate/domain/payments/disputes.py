"""Disputes (chargebacks): a cardholder's bank claims the money of a payment back (GO-6).

A PSP reports them. The merchant sends evidence or accepts; the bank decides. The PSP debits the merchant with the
amount until the dispute is won. This is not a refund, and a disputed amount cannot be refunded, so that the shopper is
never paid twice. Amounts are minor units, instants UTC.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MARK = "_dp_"
MOST_EVIDENCE = 20_000  # characters of text


class DisputeStatus(StrEnum):
    """Status names of the API."""

    NEEDS_RESPONSE = "NEEDS_RESPONSE"
    UNDER_REVIEW = "UNDER_REVIEW"
    WON = "WON"
    LOST = "LOST"
    ACCEPTED = "ACCEPTED"

    @property
    def is_open(self) -> bool:
        return self in (DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW)

    @property
    def takes_money(self) -> bool:
        """The PSP has debited the amount."""
        return self is not DisputeStatus.WON

    @property
    def meaning(self) -> str:
        return _MEANINGS[self]


_MEANINGS = {
    DisputeStatus.NEEDS_RESPONSE: "the merchant may send evidence, or accept",
    DisputeStatus.UNDER_REVIEW: "the bank reads the evidence",
    DisputeStatus.WON: "the money is the merchant's again",
    DisputeStatus.LOST: "the bank decided for the cardholder",
    DisputeStatus.ACCEPTED: "the merchant did not contest it",
}


class DisputeAnswer(StrEnum):
    """How a merchant can answer an open dispute."""

    EVIDENCE = "evidence"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class DisputeNotice:
    """A PSP's report on one dispute. `revision` grows with each change at the PSP: an older notice is ignored."""

    psp_reference: str
    status: DisputeStatus
    amount: int
    reason: str
    opened_at: datetime
    revision: int
    evidence_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute of a payment, as last reported by the PSP. If the bank decides for a part, `amount` is that part.

    `answers`: the idempotency keys of the merchant's answers, so that each is recorded once.
    """

    dispute_id: str
    psp_reference: str
    amount: int
    status: DisputeStatus
    reason: str
    opened_at: datetime
    revision: int
    evidence_due_at: datetime | None = None
    answers: tuple[str, ...] = ()
    acknowledged: bool = False  # an operator has seen that it takes money allotted to vendors


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A document that supports the merchant."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a merchant sends to contest a dispute (GO-6)."""

    text: str
    files: tuple[EvidenceFile, ...] = ()


def dispute_id_of(payment_id: str, psp_reference: str) -> str:
    """Derived from the PSP's reference, so that every source gives a dispute the same id. It names the payment."""
    return f"{payment_id}{MARK}{hashlib.sha256(psp_reference.encode()).hexdigest()[:12]}"


def payment_id_of_dispute(dispute_id: str) -> str:
    """Empty if the id names no payment."""
    return dispute_id.rpartition(MARK)[0]


def is_news(known: Dispute | None, told: DisputeNotice) -> bool:
    return told.amount > 0 and (known is None or told.revision > known.revision)
