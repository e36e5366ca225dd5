"""Events of one payment of an order: what was requested from its PSP, and what was reported about it (IS-15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tillgate.domain.payments.disputes import DisputeAnswer, DisputeStatus
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.limits import Limits
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType
from tillgate.domain.payments.payment import Instructions, Recurring, Redirect, VendorSums
from tillgate.domain.shared.modes import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStarted:
    payment_id: str
    method: str
    connector: str
    amount: int
    return_url: str | None = None
    instrument: str | None = None  # our token of the saved instrument used to pay
    saves_as: str | None = None  # our token of the instrument, once it is saved
    recurring: Recurring | None = None
    refund_before_settled: bool = True
    limits: Limits | None = None  # what the connector can do with it; None: everything
    named: bool = False  # the first of the named tenders: its turn has come
    mode: Mode | None = None  # of the merchant's own account with the PSP; None: the deployment's account
    at: datetime
    fingerprint: str | None = None  # of the instrument, with this merchant (see `attempts`)
    menu_key: str | None = None  # of the menu that it was started on; a credential, so no view shows it
    type: Literal["payment_started"] = "payment_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentSaved:
    """The PSP has stored the instrument; it was saved with the shopper in the same transaction (RG-5)."""

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
    refund_reason: str | None = None
    ends_as: PaymentStatus | None = None
    type: Literal["operation_requested"] = "operation_requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationObserved:
    """The PSP did something without a request of ours: a refund in its back office, an expired hold (GO-13).

    The id is derived from the PSP's reference. The outcome follows in a separate `OutcomeLearned`.
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
    """A second fact of equal rank added details to an authorization: that it was captured, or when the hold ends."""

    payment_id: str
    operation_id: str
    at: datetime
    captured: bool = False
    psp_reference: str | None = None
    brand: str | None = None
    expires_at: datetime | None = None
    type: Literal["authorization_enriched"] = "authorization_enriched"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentNoted:
    """What a PSP told beside an outcome: details for the merchant, the connector's own notes, the shopper's next page.

    A page replaces an earlier one; an outcome has the first.
    """

    payment_id: str
    operation_id: str
    at: datetime
    details: Mapping[str, str] | None = None
    memory: Mapping[str, str] | None = None
    redirect: Redirect | None = None
    type: Literal["payment_noted"] = "payment_noted"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLearned:
    """What the PSP reported about an operation: in its answer, a notification, the shopper's return or a query."""

    payment_id: str
    operation_id: str
    status: OperationStatus
    amount: int
    at: datetime
    reason_code: str | None = None
    raw_reason: str | None = None  # the PSP's own word for it, for operators
    psp_reference: str | None = None
    brand: str | None = None
    redirect: Redirect | None = None
    instructions: Instructions | None = None
    waits_until: datetime | None = None
    surplus: bool = False
    captured: bool = False  # the authorization took the money at once (capture auto)
    next_check_at: datetime | None = None
    as_of: datetime | None = None
    expires_at: datetime | None = None  # of the hold, if the PSP reports it: overrides the seven days (TH-9)
    fingerprint: str | None = None  # of the instrument, with this merchant, where the PSP has one of its own
    blocked: bool = False  # the merchant does not accept the instrument: the money does not count and goes back
    type: Literal["outcome_learned"] = "outcome_learned"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeLearned:
    """What the PSP reported about a dispute: that it was opened, is under review, or how it ended (GO-6)."""

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

    The history keeps only a digest of the evidence: texts and files are stored at the PSP alone.
    """

    payment_id: str
    dispute_id: str
    answer: DisputeAnswer
    key: str
    at: datetime
    type: Literal["dispute_answered"] = "dispute_answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPutOff:
    """A query to the PSP brought nothing new; it is repeated later (GO-4)."""

    payment_id: str
    operation_id: str
    next_check_at: datetime
    at: datetime
    type: Literal["check_put_off"] = "check_put_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceLost:
    """The PSP can no longer report the outcome of an authorization (EV-7)."""

    payment_id: str
    at: datetime
    type: Literal["trace_lost"] = "trace_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRefused:
    """The PSP reported something impossible in the current state: recorded without effect, for an operator to review.

    It takes effect automatically as soon as other facts make it possible.
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
    """The authorization hold ends within a day and money is still held: the merchant is told once (TH-9)."""

    payment_id: str
    ends_at: datetime
    at: datetime
    type: Literal["hold_ends_soon"] = "hold_ends_soon"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorsSummed:
    """The current sums over the vendor payments (TH-10)."""

    payment_id: str
    sums: VendorSums
    at: datetime
    type: Literal["vendors_summed"] = "vendors_summed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSetAside:
    """An operator has reviewed an impossible report of the PSP: it no longer counts against the payment. Or a dispute
    that takes money allotted to vendors: then `operation_id` is the dispute's."""

    payment_id: str
    operation_id: str
    by: str
    reason: str
    at: datetime
    type: Literal["fact_set_aside"] = "fact_set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementReported:
    """A PSP's settlement report lists the payment: its money was submitted (MARKED) or received (SETTLED), or the
    report's amounts differ from ours and an operator has to review them."""

    payment_id: str
    status: PaymentStatus
    report: str
    at: datetime
    difference: str | None = None
    type: Literal["settlement_reported"] = "settlement_reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyReceived:
    """A booking on our own account, or the part of it that this payment takes (EV-13). Each is recorded once."""

    payment_id: str
    booking_id: str
    amount: int
    at: datetime
    value_date: str | None = None  # the day from which the bank counts the money, YYYY-MM-DD
    type: Literal["money_received"] = "money_received"
