"""The order with its payments and their operations: one aggregate, immutable, changed by events alone (see `evolve`).

Sums are derived, never stored twice. Amounts are minor units of the order's currency, gross; instants are UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from .lifecycle import Capture, PaymentStatus
from .methods import METHODS, Method, SafeLevel

SHOPPER_WINDOW = timedelta(minutes=30)  # for a payment that waits for the shopper (EV-6)
ORDER_WINDOW = timedelta(minutes=120)  # the longest an order stays open uncovered (TH-3)
AUTHORIZATION_LIFE = timedelta(days=7)  # TH-9


class OrderStatus(StrEnum):
    UNPAID = "UNPAID"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    AUTHORIZED = "AUTHORIZED"
    PAID = "PAID"
    CANCELLED = "CANCELLED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"
    REFUNDED = "REFUNDED"
    MANUAL_INTERVENTION_NEEDED = "MANUAL_INTERVENTION_NEEDED"


class Actor(StrEnum):
    """Who caused an event."""

    MERCHANT = "merchant"
    SHOPPER = "shopper"
    PSP = "psp"
    SYSTEM = "system"
    OPERATOR = "operator"


class Recurring(StrEnum):
    """Where a payment stands among recurring ones (RG-4): the first, or one without the shopper."""

    INITIAL = "INITIAL"
    REPEATED = "REPEATED"


class OperationType(StrEnum):
    AUTHORIZE = "authorize"
    CAPTURE = "capture"
    CANCEL = "cancel"
    REFUND = "refund"
    CLOSE = "close"  # tells the PSP that nobody will come any more: nothing can be authorized after it


class OperationStatus(StrEnum):
    """How far one request to a PSP is. What is known only grows along `rank`, so facts may come in any order."""

    REQUESTED = "REQUESTED"  # recorded, being sent; if the sender died its outcome is unknown
    UNKNOWN = "UNKNOWN"  # sent, the answer was lost; never taken for a failure
    AWAITING_SHOPPER = "AWAITING_SHOPPER"
    PENDING = "PENDING"  # the PSP has it and will say later
    FAILED = "FAILED"
    SUCCEEDED = "SUCCEEDED"
    REVERSED = "REVERSED"  # succeeded, and failed after all (EV-9)

    @property
    def rank(self) -> int:
        return _RANKS[self]

    @property
    def at_psp(self) -> bool:
        """The PSP may be working on it: the amount is reserved and the payment is `pending` (IS-11)."""
        return self in _AT_PSP


_RANKS = {status: rank for rank, status in enumerate(OperationStatus)}
_AT_PSP = (OperationStatus.REQUESTED, OperationStatus.UNKNOWN, OperationStatus.PENDING)


@dataclass(frozen=True, slots=True)
class Dispute:
    """What the PSP said of an operation that could not be true then. It is held against every later state."""

    status: OperationStatus
    amount: int
    reason_code: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One request to a PSP. Its id is the idempotency key it is sent with."""

    operation_id: str
    type: OperationType
    amount: int
    status: OperationStatus
    requested_at: datetime
    requested_by: Actor
    final: bool = False  # a capture that releases what it leaves
    fee: int = 0  # commission kept back from a vendor (TH-6)
    reason: str | None = None  # why the merchant refunds, in the merchant's words
    reason_code: str | None = None
    ends_as: PaymentStatus | None = None  # what a close or a lapse makes of the payment
    next_check_at: datetime | None = None  # when to ask the PSP if nothing was heard
    checks: int = 0
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where the shopper has to go (CM-5, RG-1)."""

    url: str
    http_method: str = "GET"
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the shopper has to do without us: a bank transfer, and by which reference it is known when it arrives."""

    iban: str
    holder: str
    reference: str  # a creditor reference (ISO 11649)


@dataclass(frozen=True, slots=True)
class VendorSums:
    """Sums over the vendor payments of one technical payment. `stuck`: what could not be given back of ended ones."""

    authorized: int = 0
    captured: int = 0
    cancelled: int = 0
    refunded: int = 0
    stuck: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """What a vendor payment is carved out of, and for whom (TH-4). `fee` is the commission agreed on."""

    vendor_id: str
    technical_payment_id: str
    fee: int = 0
    split_id: str | None = None


@dataclass(frozen=True, slots=True)
class NamedTender:
    """A limited tender that the shopper has named and that is authorized after the open one (IS-8)."""

    method: str
    connector: str
    token: str
    balance: int


@dataclass(frozen=True, slots=True)
class Payment:
    """One attempt to pay (part of) an order with one method through one connector (CM-2)."""

    payment_id: str
    method: str
    connector: str
    amount: int
    capture: Capture
    status: PaymentStatus
    created_at: datetime
    updated_at: datetime
    operations: tuple[Operation, ...] = ()
    kind: str = "single"  # or technical, or vendor
    authorized: int = 0
    captured: int = 0
    cancelled: int = 0
    refunded: int = 0
    received: int = 0  # by bank transfer to our own account; what of it was approved is in the sums above
    surplus: bool = False  # money that came although nothing was open for it: it does not count and goes back
    towards_raise: datetime | None = None  # approved while a raise was open: when that raise was made
    brand: str | None = None
    psp_reference: str | None = None
    redirect: Redirect | None = None
    return_url: str | None = None
    instrument: str | None = None  # our token of the saved instrument: paid with, or saved of this payment
    saves_as: str | None = None  # the token that it is saved as, once it is authorized
    recurring: Recurring | None = None
    reason_code: str | None = None
    waits_until: datetime | None = None
    instructions: Instructions | None = None
    authorization_expires_at: datetime | None = None
    settlement: PaymentStatus | None = None  # MARKED or SETTLED, as the PSP's settlement report has it (IS-10)
    difference: str | None = None  # what that report says otherwise
    vendors: VendorSums = field(default_factory=VendorSums)  # contained in captured, cancelled, refunded
    token: str | None = None  # of a named tender, until its authorization is decided
    allotted: int = 0  # to vendors; kept beside the order, as it changes with each of them

    @property
    def traits(self) -> Method:
        return METHODS[self.method]

    @property
    def held(self) -> int:
        """What the authorization still holds."""
        return self.authorized - self.captured - self.cancelled

    @property
    def covers(self) -> int:
        """What this payment covers of the order; what was refunded still covers (it does not open again).

        Of an awaited transfer what has come: it is money already, and nobody has to pay it again.
        """
        if self.surplus:
            return 0
        return self.received if self.awaits_shopper else self.authorized - self.cancelled

    @property
    def confirmed(self) -> bool:
        """Authorized by a method that has nothing to capture: a bank has confirmed it."""
        return self.status is PaymentStatus.AUTHORIZED and not self.traits.holds

    @property
    def authorization(self) -> Operation:
        return self.operations[0]

    @property
    def pending(self) -> bool:
        return any(operation.status.at_psp for operation in self.operations)

    @property
    def awaits_shopper(self) -> bool:
        return self.status in (PaymentStatus.CREATED, PaymentStatus.SEEN)

    def reserved(self, kind: OperationType) -> int:
        """The sum of the operations of that type whose outcome is open."""
        return sum(op.amount for op in self.operations if op.type is kind and op.status.at_psp)

    @property
    def available(self) -> int:
        """What can still be captured or cancelled: held, less what is on its way and what is the vendors'."""
        if self.kind == "technical":
            return 0 if self.captured_at_once else self.unallotted
        if any(op.final and op.status.at_psp for op in self.operations):
            return 0  # a final capture takes or releases all of it
        return self.held - self.reserved(OperationType.CAPTURE) - self.reserved(OperationType.CANCEL)

    @property
    def refundable(self) -> int:
        """What can still be refunded: captured, not refunded, less what is on its way and what is the vendors'."""
        if self.kind == "technical":
            return self.unallotted if self.captured_at_once else 0
        return self.captured - self.refunded - self.reserved(OperationType.REFUND)

    @property
    def captured_at_once(self) -> bool:
        """The authorization took the money (capture auto); vendors' captures come later."""
        return 0 < self.authorized == self.captured - self.vendors.captured

    @property
    def unallotted(self) -> int:
        """What of a technical payment no vendor has been given and nothing has been done with."""
        gone = self.cancelled - self.vendors.cancelled + self.refunded - self.vendors.refunded
        reserved = self.reserved(OperationType.CANCEL) + self.reserved(OperationType.REFUND)
        return self.authorized - gone - reserved - self.allotted

    @property
    def vendors_stand(self) -> bool:
        """Something of the vendors' is not given back yet, or not yet known; what is stuck is not waited for."""
        of = self.vendors
        return self.allotted != of.authorized or of.authorized - of.cancelled - of.refunded != of.stuck

    def operation(self, operation_id: str) -> Operation | None:
        return next((op for op in self.operations if op.operation_id == operation_id), None)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the merchant said when the order was created, and may say again; only `on_failed_tender` moves money."""

    description: str | None = None
    items: tuple[Mapping[str, Any], ...] = ()
    shopper_key: str | None = None
    address_key: str | None = None
    locale: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    methods: tuple[str, ...] | None = None
    return_urls: Mapping[str, str] = field(default_factory=dict)
    notification_url: str | None = None
    vendor_id: str | None = None
    on_failed_tender: str = "keep"


@dataclass(frozen=True, slots=True)
class Ending:
    """An order on its way to its end: what awaits the shopper is closed first, then what is held is released."""

    target: OrderStatus
    actor: Actor
    releasing: bool = False  # from here on there is no way back: money that comes now goes back too
    at: datetime | None = None  # when it began


@dataclass(frozen=True, slots=True)
class Stuck:
    """An ending that could not give everything back, and since when an operator is needed (IS-9)."""

    ending: Ending
    since: datetime


@dataclass(frozen=True, slots=True)
class ConsideredSafe:
    level: SafeLevel
    since: datetime


@dataclass(frozen=True, slots=True)
class Raise:
    """The order's amount was raised; if its window lapses, only the raise is undone (EV-8)."""

    base_amount: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Invoice:
    """What makes an order an invoice (RG-7): its payment link goes to the customer by e-mail.

    Until when it can be paid is the order's `expires_at`, weeks ahead. `asked` and `sent` count its e-mails.
    """

    asked: int = 0
    asked_at: datetime | None = None
    sent: int = 0
    sent_at: datetime | None = None
    seen_at: datetime | None = None  # somebody opened the link first


@dataclass(frozen=True, slots=True)
class Order:
    """An instruction that a shopper pay an amount (CM-1). `version` counts the saved changes."""

    order_key: str
    merchant_id: str
    order_reference: str
    amount: int
    currency: str
    capture: Capture
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    status: OrderStatus = OrderStatus.UNPAID
    version: int = 0
    terms: Terms = field(default_factory=Terms)
    payments: tuple[Payment, ...] = ()
    named: tuple[NamedTender, ...] = ()
    misnamed: int = 0  # tenders that were named and had nothing to pay with
    released: int = 0  # cancelled by the merchant after full coverage: it lowers what is due
    covered_once: bool = False
    raised: Raise | None = None
    ending: Ending | None = None
    ended: OrderStatus | None = None
    stuck: Stuck | None = None
    safe: ConsideredSafe | None = None
    kind: str = "single"  # technical: divided over vendors; vendor: one vendor's part of such an order
    share: Share | None = None
    invoice: Invoice | None = None
    customer: Mapping[str, Any] | None = None  # personal data: no event has it, and it is kept beside the document
    erased_at: datetime | None = None  # when personal data was erased

    @property
    def key(self) -> str:
        return self.order_key

    @property
    def due(self) -> int:
        return self.amount - self.released

    @property
    def covered(self) -> int:
        return sum(payment.covers for payment in self.payments)

    @property
    def open(self) -> int:
        """What is due less what is covered."""
        return max(0, self.due - self.covered)

    @property
    def is_over(self) -> bool:
        """Ended, or giving back already: money that comes now does not count."""
        return self.ended is not None or (self.ending is not None and self.ending.releasing)

    @property
    def in_flight(self) -> bool:
        """An authorization's outcome is not known, or a payment is being closed."""
        return any(
            op.status.at_psp
            for payment in self.payments
            for op in payment.operations
            if op.type in (OperationType.AUTHORIZE, OperationType.CLOSE)
        )

    @property
    def pending(self) -> bool:
        return any(payment.pending for payment in self.payments)

    def payment(self, payment_id: str) -> Payment | None:
        return next((payment for payment in self.payments if payment.payment_id == payment_id), None)
