"""The order: one immutable aggregate with its payments and their operations, changed only by events (see `evolve`).

Sums are derived, never stored twice. Amounts are minor units of the order's currency, gross; instants are UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.methods import SafeLevel
from tillgate.domain.payments.operations import Actor, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.modes import Mode

ORDER_WINDOW = timedelta(minutes=120)  # the longest an order stays open uncovered (TH-3)


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


class RefundsCommission(StrEnum):
    """What happens to the commission when a vendor's sale is refunded."""

    PROPORTIONAL = "proportional"  # returned to the vendor in proportion to the refund
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Share:
    """Which payment a vendor payment is carved out of, and for whom (TH-4). `fee` is the agreed commission."""

    vendor_id: str
    technical_payment_id: str
    fee: int = 0
    split_id: str | None = None


@dataclass(frozen=True, slots=True)
class NamedTender:
    """A limited tender that the shopper has named; it is authorized after the open one (IS-8)."""

    method: str
    connector: str
    token: str
    balance: int
    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the merchant stated at creation; `metadata` may change later. Only `on_failed_tender` moves money."""

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
    statement_descriptor: str | None = None  # what the shopper reads on the bank statement
    max_open_tenders: int = 1  # 1 to 3: how many open tenders may pay it beside limited ones
    saved_instruments: bool = False  # the menu may show the shopper's, and save more
    shopper_authenticated: bool = False  # by the merchant, so the PSP need not do it for a saved instrument


@dataclass(frozen=True, slots=True)
class Ending:
    """An order that is being ended: payments that await the shopper are closed first, then money is released."""

    target: OrderStatus
    actor: Actor
    releasing: bool = False  # from here on it cannot be called off: money that arrives now is returned too
    at: datetime | None = None  # when it began


@dataclass(frozen=True, slots=True)
class Stuck:
    """An ending that could not return all the money, and since when an operator is needed (IS-9)."""

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
    base_items: tuple[Mapping[str, Any], ...] | None = None  # the lines before, if they changed with it


@dataclass(frozen=True, slots=True)
class Invoice:
    """What makes an order an invoice (RG-7): its payment link goes to the customer by e-mail.

    It can be paid until the order's `expires_at`, weeks ahead. `asked` and `sent` count its e-mails.
    """

    asked: int = 0
    asked_at: datetime | None = None
    sent: int = 0
    sent_at: datetime | None = None
    seen_at: datetime | None = None  # when the link was first opened


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
    misnamed: int = 0  # tenders that were named and had no balance
    released: int = 0  # cancelled by the merchant after full coverage: it lowers the amount due
    covered_once: bool = False
    returned: int = 0  # refunded while part of a covered order was kept: need not be kept to be safe
    raised: Raise | None = None
    ending: Ending | None = None
    ended: OrderStatus | None = None
    stuck: Stuck | None = None
    safe: ConsideredSafe | None = None
    kind: str = "single"  # technical: divided among vendors; vendor: one vendor's part of such an order
    share: Share | None = None
    refunds_commission: RefundsCommission = RefundsCommission.KEPT  # the account's setting when the order was created
    split_undone: str | None = None  # the split that was cancelled as a whole, until a vendor gets money again
    invoice: Invoice | None = None
    customer: Mapping[str, Any] | None = None  # personal data: in no event, stored beside the document
    erased_at: datetime | None = None  # when personal data was erased
    menu_key: str | None = None  # opens the menu; None: nothing does (a vendor's part, or made before there were keys)
    waiting: tuple[Any, ...] = field(default=(), compare=False)  # the store's: changes not in its history's items yet

    @property
    def key(self) -> str:
        return self.order_key

    @property
    def due(self) -> int:
        return self.amount - self.released

    @property
    def is_free(self) -> bool:
        """Nothing is to be paid: it is covered at once, by nothing."""
        return self.amount == 0

    @property
    def covered(self) -> int:
        return sum(payment.covers for payment in self.payments)

    @property
    def kept(self) -> int:
        """The money that the merchant has or can still capture."""
        return sum(payment.keeps for payment in self.payments)

    @property
    def open(self) -> int:
        """The amount due less what is covered."""
        return max(0, self.due - self.covered)

    @property
    def is_over(self) -> bool:
        """Ended, or already returning money: money that arrives now does not count."""
        return self.ended is not None or (self.ending is not None and self.ending.releasing)

    def counts_towards_raise(self, payment: Payment) -> bool:
        """The payment is returned if the open raise is not paid in full (EV-8).

        Its own times cannot tell this alone: one that was begun before the raise may be approved after it.
        """
        raised = self.raised
        return raised is not None and (payment.created_at >= raised.at or payment.towards_raise == raised.at)

    @property
    def in_flight(self) -> bool:
        """An authorization's outcome is unknown, or a payment is being closed."""
        return any(
            op.status.at_psp
            for payment in self.payments
            for op in payment.operations
            if op.type in (OperationType.AUTHORIZE, OperationType.CLOSE)
        )

    @property
    def mode(self) -> Mode | None:
        """Test or live, as its first payment through an account of the merchant's own; later ones are the same."""
        return next((payment.mode for payment in self.payments if payment.mode), None)

    @property
    def pending(self) -> bool:
        return any(payment.pending for payment in self.payments)

    def payment(self, payment_id: str) -> Payment | None:
        return next((payment for payment in self.payments if payment.payment_id == payment_id), None)
