"""Events of an order itself: its amount, tenders, invoice and end (IS-15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tillgate.domain.orders.order import Invoice, OrderStatus, RefundsCommission, Share, Terms
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.modes import Mode


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
    refunds_commission: RefundsCommission = RefundsCommission.KEPT  # the rule before there was a choice
    menu_key: str | None = None  # a credential, so no view of the history shows it
    type: Literal["order_created"] = "order_created"


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountChanged:
    """The merchant raised or lowered the amount to be paid. A raise opens a new window (EV-8).

    `items`: the new lines, if they changed; then `amount` may be the same as before.
    """

    amount: int
    expires_at: datetime
    at: datetime
    items: tuple[Mapping[str, Any], ...] | None = None
    type: Literal["amount_changed"] = "amount_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseUndone:
    """The window of a raise lapsed before the raise was paid."""

    at: datetime
    type: Literal["raise_undone"] = "raise_undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataChanged:
    metadata: Mapping[str, Any]
    at: datetime
    type: Literal["metadata_changed"] = "metadata_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuLinkRenewed:
    """The merchant made a new link to the menu, and ended the old one."""

    menu_key: str  # a credential, so no view of the history shows it
    at: datetime
    type: Literal["menu_link_renewed"] = "menu_link_renewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderNamed:
    """The shopper also wants to pay with a limited tender; it is authorized once the open one is sure (IS-8).

    A tender without a balance has no code here and pays nothing.
    """

    method: str
    connector: str
    balance: int
    code: str = ""  # the PSP's token of a gift card: as good as money, so it is sealed, and no view shows it
    mode: Mode | None = None
    at: datetime
    type: Literal["tender_named"] = "tender_named"


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderRemoved:
    """The shopper does not want to pay with a tender that was named; `number` is its place among these, from 0."""

    number: int
    at: datetime
    type: Literal["tender_removed"] = "tender_removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TendersDropped:
    """Nothing is left for the tenders that were named."""

    at: datetime
    type: Literal["tenders_dropped"] = "tenders_dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSendAsked:
    """The merchant requested that the e-mail with the payment link be sent, or sent again (RG-7)."""

    at: datetime
    type: Literal["invoice_send_asked"] = "invoice_send_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSent:
    """The mail service has accepted the e-mail of the `number`th request."""

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
    """An operator had the failed releases retried (IS-9)."""

    at: datetime
    type: Literal["ending_retried"] = "ending_retried"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingCalledOff:
    """The order turned out to be paid while its window was being closed."""

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
class SplitUndone:
    """A part of a split failed, so the whole split was cancelled (TH-5): it is no longer safe to ship."""

    split_id: str
    at: datetime
    type: Literal["split_undone"] = "split_undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRedacted:
    """An operator has removed a value, such as a card number, from the order and its history. It is kept nowhere."""

    at: datetime
    by: str
    reason: str
    type: Literal["value_redacted"] = "value_redacted"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataErased:
    """The order's customer data was erased (GO-7); its money facts remain. `by`: the operator who did it."""

    at: datetime
    by: str | None = None
    reason: str | None = None
    type: Literal["personal_data_erased"] = "personal_data_erased"
