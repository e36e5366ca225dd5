"""What happened to one payment of an order: what was asked of its PSP, and what was heard of it (IS-15)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tillgate.domain.payments.disputes import DisputeAnswer, DisputeStatus
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType
from tillgate.domain.payments.payment import Instructions, Recurring, Redirect, VendorSums


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStarted:
    payment_id: str
    method: str
    connector: str
    amount: int
    return_url: str | None = None
    instrument: str | None = None  # our token of the saved instrument that it is paid with
    saves_as: str | None = None  # our token of the instrument, once it is saved
    recurring: Recurring | None = None
    refund_before_settled: bool = True
    named: bool = False  # the first of the tenders that were named: its turn has come
    at: datetime
    type: Literal["payment_started"] = "payment_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentSaved:
    """The PSP has stored what was paid with; in the same transaction it was saved with the shopper (RG-5)."""

    payment_id: str
    token: str
    at: datetime
    type: Literal["instrument_saved"] = "instrument_saved"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOpened:
    payment_id: str
    at: datetime
    type: Literal["page_opened"] = "page_opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRequested:
    """A request to the PSP is about to be sent; from here on its amount is reserved."""

    payment_id: str
    operation_id: str
    operation: OperationType
    amount: int
    actor: Actor
    at: datetime
    next_check_at: datetime
    final: bool = False
    fee: int = 0
    reason: str | None = None
    ends_as: PaymentStatus | None = None
    type: Literal["operation_requested"] = "operation_requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationObserved:
    """The PSP did something without a request of ours: a refund in its back office, a hold that ran out (GO-13).

    Its id is made of the PSP's reference. What became of it is an `OutcomeLearned` of its own.
    """

    payment_id: str
    operation_id: str
    operation: OperationType
    amount: int
    psp_reference: str
    at: datetime
    ends_as: PaymentStatus | None = None
    type: Literal["operation_observed"] = "operation_observed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationEnriched:
    """A second fact of equal rank told more of an authorization: that the money was taken, until when it is held."""

    payment_id: str
    operation_id: str
    at: datetime
    captured: bool = False
    psp_reference: str | None = None
    brand: str | None = None
    expires_at: datetime | None = None
    type: Literal["authorization_enriched"] = "authorization_enriched"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLearned:
    """What the PSP said of an operation: by its answer, a notification, the shopper's return or when asked."""

    payment_id: str
    operation_id: str
    status: OperationStatus
    amount: int
    at: datetime
    reason_code: str | None = None
    psp_reference: str | None = None
    brand: str | None = None
    redirect: Redirect | None = None
    instructions: Instructions | None = None
    waits_until: datetime | None = None
    surplus: bool = False
    captured: bool = False  # the authorization took the money at once (capture auto)
    next_check_at: datetime | None = None
    as_of: datetime | None = None
    expires_at: datetime | None = None  # of the hold, where the PSP tells it: outranks the seven days (TH-9)
    type: Literal["outcome_learned"] = "outcome_learned"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeLearned:
    """What the PSP told of a dispute: that it was opened, is under review, or how it ended (GO-6)."""

    payment_id: str
    dispute_id: str
    psp_reference: str
    status: DisputeStatus
    amount: int
    reason: str
    opened_at: datetime
    revision: int
    at: datetime
    evidence_due_at: datetime | None = None
    type: Literal["dispute_learned"] = "dispute_learned"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeAnswered:
    """The merchant sends evidence against a dispute, or accepts it; recorded before it is sent under `key`.

    Of evidence the history keeps its digest: the texts and files are the PSP's alone.
    """

    payment_id: str
    dispute_id: str
    answer: DisputeAnswer
    key: str
    at: datetime
    type: Literal["dispute_answered"] = "dispute_answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPutOff:
    """The PSP was asked and could not say more; it is asked again later (GO-4)."""

    payment_id: str
    operation_id: str
    next_check_at: datetime
    at: datetime
    type: Literal["check_put_off"] = "check_put_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceLost:
    """The PSP cannot tell any more what became of an authorization (EV-7)."""

    payment_id: str
    at: datetime
    type: Literal["trace_lost"] = "trace_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRefused:
    """The PSP said something that cannot be as things stand: recorded, without effect, an operator has to look.

    It takes effect by itself as soon as other news make it possible.
    """

    payment_id: str
    operation_id: str
    status: OperationStatus
    amount: int
    why: str
    at: datetime
    reason_code: str | None = None
    type: Literal["fact_refused"] = "fact_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEndsSoon:
    """The authorization hold ends within a day, and something is held still: the merchant is told, once (TH-9)."""

    payment_id: str
    ends_at: datetime
    at: datetime
    type: Literal["hold_ends_soon"] = "hold_ends_soon"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorsSummed:
    """What the vendors' payments come to now, in sum (TH-10)."""

    payment_id: str
    sums: VendorSums
    at: datetime
    type: Literal["vendors_summed"] = "vendors_summed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSetAside:
    """An operator has looked at what the PSP said and could not be true: it is held against the payment no more. Or at
    a dispute of what vendors have been given: then `operation_id` is the dispute's."""

    payment_id: str
    operation_id: str
    by: str
    reason: str
    at: datetime
    type: Literal["fact_set_aside"] = "fact_set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementReported:
    """A PSP's settlement report names the payment: its money was handed in (MARKED) or received (SETTLED), or the
    report's amounts differ from ours, which an operator has to look at."""

    payment_id: str
    status: PaymentStatus
    report: str
    at: datetime
    difference: str | None = None
    type: Literal["settlement_reported"] = "settlement_reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyReceived:
    """A booking on our own account, or the part of it that this payment takes (EV-13). Each booking is told once."""

    payment_id: str
    booking_id: str
    amount: int
    at: datetime
    type: Literal["money_received"] = "money_received"
