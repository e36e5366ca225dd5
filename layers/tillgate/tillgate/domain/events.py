"""What happened to an order, as facts. An order is the sum of its events (`evolve`); history keeps every one (IS-15).

Each event says what was decided or learned, not what follows from it: sums and statuses are derived.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from .lifecycle import Capture, PaymentStatus
from .order import (
    Actor,
    Instructions,
    Invoice,
    OperationStatus,
    OperationType,
    OrderStatus,
    Recurring,
    Redirect,
    Share,
    Terms,
    VendorSums,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCreated:
    order_key: str
    merchant_id: str
    order_reference: str
    amount: int
    currency: str
    capture: Capture
    expires_at: datetime
    terms: Terms
    at: datetime
    kind: str = "single"
    share: Share | None = None
    invoice: Invoice | None = None
    type: Literal["order_created"] = "order_created"


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountChanged:
    """The merchant raised or lowered what is to be paid. A raise opens a new window (EV-8)."""

    amount: int
    expires_at: datetime
    at: datetime
    type: Literal["amount_changed"] = "amount_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseUndone:
    """The window of a raise lapsed unpaid."""

    at: datetime
    type: Literal["raise_undone"] = "raise_undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataChanged:
    metadata: Mapping[str, Any]
    at: datetime
    type: Literal["metadata_changed"] = "metadata_changed"


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
class TenderNamed:
    """The shopper wants to pay with a limited tender too; it is authorized once the open one is sure (IS-8).

    One without a balance has no code here, and pays nothing.
    """

    method: str
    connector: str
    balance: int
    code: str = ""  # the PSP's token of a gift card: as good as money, so no view shows it
    at: datetime
    type: Literal["tender_named"] = "tender_named"


@dataclass(frozen=True, slots=True, kw_only=True)
class TendersDropped:
    """Nothing is left for the tenders that were named."""

    at: datetime
    type: Literal["tenders_dropped"] = "tenders_dropped"


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
    type: Literal["outcome_learned"] = "outcome_learned"


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
class VendorsSummed:
    """What the vendors' payments come to now, in sum (TH-10)."""

    payment_id: str
    sums: VendorSums
    at: datetime
    type: Literal["vendors_summed"] = "vendors_summed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSetAside:
    """An operator has looked at what the PSP said and could not be true: it is held against the payment no more."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSendAsked:
    """The merchant wants the e-mail with the payment link to go out, again perhaps (RG-7)."""

    at: datetime
    type: Literal["invoice_send_asked"] = "invoice_send_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSent:
    """The mail service has taken the e-mail that was asked for as the `number`th."""

    number: int
    at: datetime
    type: Literal["invoice_sent"] = "invoice_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSeen:
    """The payment link was opened for the first time."""

    at: datetime
    type: Literal["invoice_seen"] = "invoice_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingBegun:
    target: OrderStatus
    actor: Actor
    at: datetime
    type: Literal["ending_begun"] = "ending_begun"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingRetried:
    """An operator has what could not be given back tried once more (IS-9)."""

    at: datetime
    type: Literal["ending_retried"] = "ending_retried"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingCalledOff:
    """While the window was being closed the order turned out to be paid."""

    at: datetime
    type: Literal["ending_called_off"] = "ending_called_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEnded:
    status: OrderStatus
    at: datetime
    actor: Actor = Actor.SYSTEM
    reason: str | None = None
    type: Literal["order_ended"] = "order_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataErased:
    """The order's customer data is gone (GO-7); what is known of its money stays. `by`: the operator who did it."""

    at: datetime
    by: str | None = None
    reason: str | None = None
    type: Literal["personal_data_erased"] = "personal_data_erased"


Event = (
    OrderCreated
    | AmountChanged
    | RaiseUndone
    | MetadataChanged
    | PaymentStarted
    | InstrumentSaved
    | TenderNamed
    | TendersDropped
    | PageOpened
    | OperationRequested
    | OutcomeLearned
    | CheckPutOff
    | TraceLost
    | FactRefused
    | FactSetAside
    | SettlementReported
    | MoneyReceived
    | VendorsSummed
    | InvoiceSendAsked
    | InvoiceSent
    | InvoiceSeen
    | EndingBegun
    | EndingRetried
    | EndingCalledOff
    | OrderEnded
    | PersonalDataErased
)
