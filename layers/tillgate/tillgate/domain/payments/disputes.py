"""Disputes: a cardholder's bank asks for the money of a payment back (GO-6).

A PSP opens them, unasked. The merchant answers with evidence or accepts, the bank decides. Until it is won a dispute
takes its amount from the merchant: the PSP has debited it. That is no refund, and what is disputed cannot be refunded,
so that the shopper is never paid twice. Amounts are minor units, instants UTC.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MARK = "_dp_"


class DisputeStatus(StrEnum):
    """Status words of the API."""

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
    """What a merchant can say to a dispute that is open."""

    EVIDENCE = "evidence"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class DisputeNotice:
    """What a PSP tells of one dispute. `revision` grows with each change at the PSP: an older notice is no news."""

    psp_reference: str
    status: DisputeStatus
    amount: int
    reason: str
    opened_at: datetime
    revision: int
    evidence_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute of a payment, as its PSP told of it last. A bank may decide for a part: then `amount` is that part.

    `answers`: the keys under which the merchant's answers were sent, so that each is recorded once.
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
    acknowledged: bool = False  # an operator has seen that it takes money that vendors have been given


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A document that speaks for the merchant."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a merchant sends against a dispute (GO-6)."""

    text: str
    files: tuple[EvidenceFile, ...] = ()


def dispute_id_of(payment_id: str, psp_reference: str) -> str:
    """Made of the PSP's reference: whoever hears of the dispute first gives it the same id. It names its payment."""
    return f"{payment_id}{MARK}{hashlib.sha256(psp_reference.encode()).hexdigest()[:12]}"


def payment_id_of_dispute(dispute_id: str) -> str:
    """Empty where the id names none."""
    return dispute_id.rpartition(MARK)[0]


def is_news(known: Dispute | None, told: DisputeNotice) -> bool:
    return told.amount > 0 and (known is None or told.revision > known.revision)
