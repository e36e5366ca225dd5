"""What a payment at the sandbox PSP is, and what others see of it. Amounts are minor units."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from .instruments import (
    BANK_METHODS,
    BANKS,
    CARDS,
    DEFAULT_CARD,
    EXPIRES,
    HOSTED_PAGE,
    INSTRUMENTS,
    LAST4,
    Instrument,
    OperationStatus,
    OperationType,
)

Page = Literal["card", "acs", "bank"]


class Operation(BaseModel):
    """One request about money, under the key of the caller."""

    model_config = ConfigDict(frozen=True)

    key: str
    type: OperationType
    amount: int
    final: bool = False
    fee: int = 0
    status: OperationStatus
    reason: str | None = None


class Amounts(BaseModel):
    """What stands of a payment; everything is zero before it is authorized and after it is reversed."""

    model_config = ConfigDict(frozen=True)

    authorized: int = 0
    captured: int = 0
    cancelled: int = 0
    refunded: int = 0

    @property
    def held(self) -> int:
        return self.authorized - self.captured - self.cancelled

    @property
    def refundable(self) -> int:
        return self.captured - self.refunded


class StoredCard(BaseModel):
    """A card that was stored for a customer. `id` pays like a token; `token` is the sandbox's row behind it.

    A deleted one stays as a tombstone under its reference, so that a late request stores nothing.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    reference: str
    customer: str | None = None
    token: str = DEFAULT_CARD
    deleted: bool = False


class Payment(BaseModel):
    """A payment as it is stored; `view` is what others see of it."""

    model_config = ConfigDict(frozen=True)

    id: str
    reference: str
    revision: int = 0
    changed_at: str = ""
    amount: int
    currency: str
    method: str = "card"
    brand: str | None = None
    token: str | None = None
    customer: str | None = None
    card: str | None = None  # the stored card that it is paid with
    store_as: str | None = None
    stores: str | None = None  # the id of the card that is stored once it is authorized
    recurring: bool = False
    capture: bool = False
    account: str | None = None
    page_url: str | None = None
    return_url: str | None = None
    notification_url: str | None = None
    parent: str | None = None  # the payment it was carved out of
    carved: int = 0  # the sum of what was carved out of it; kept beside the document
    amounts: Amounts = Amounts()
    operations: tuple[Operation, ...] = ()

    @property
    def authorization(self) -> Operation | None:
        """The first operation; a tombstone has none."""
        first = self.operations[0] if self.operations else None
        return first if first is not None and first.type == "authorize" else None

    @property
    def instrument(self) -> Instrument:
        return HOSTED_PAGE if self.token is None else INSTRUMENTS[self.token]

    @property
    def stored_card(self) -> StoredCard | None:
        """What the payment has stored: nothing before it is authorized, nor of what is no card."""
        first = self.authorization
        if not self.stores or not self.store_as or first is None or first.status not in ("succeeded", "reversed"):
            return None
        token = self.token or DEFAULT_CARD
        return StoredCard(id=self.stores, reference=self.store_as, customer=self.customer, token=token)

    @property
    def customer_is_absent(self) -> bool:
        return self.recurring and self.card is not None

    @property
    def page(self) -> Page:
        """Which page the shopper sees: names a card, confirms with the card's bank, or confirms with a bank."""
        if self.method in BANK_METHODS:
            return "bank"
        return "card" if self.method == "card" and self.token is None else "acs"

    @property
    def choices(self) -> dict[str, str]:
        """What can be named on that page: token and name."""
        return {"card": CARDS, "bank": BANKS, "acs": {}}[self.page]

    @property
    def status(self) -> str:
        """One word for the state, derived so that it cannot disagree with operations and amounts."""
        if self.authorization is None:
            return "closed"
        if self.authorization.status == "reversed":
            return "failed"
        if self.authorization.status != "succeeded":
            return self.authorization.status
        return _status_of_money(self.amounts)

    @property
    def room(self) -> Amounts:
        """What is left to operate on or to carve: what was carved is operated on for itself."""
        of = self.amounts
        if of.authorized == of.captured:
            return of.model_copy(update={"refunded": of.refunded + self.carved})
        return of.model_copy(update={"authorized": of.authorized - self.carved})

    def operation(self, key: str) -> Operation | None:
        return next((known for known in self.operations if known.key == key), None)


def _status_of_money(amounts: Amounts) -> str:
    if amounts.captured == 0:
        return "authorized" if amounts.held else "cancelled"
    if amounts.refunded:
        return "partially_refunded" if amounts.refundable else "refunded"
    return "partially_captured" if amounts.held else "captured"


def view(payment: Payment) -> dict[str, object]:
    """The payment as answers and notifications show it."""
    return {
        "id": payment.id,
        "reference": payment.reference,
        "revision": payment.revision,
        "status": payment.status,
        "amount": payment.amount,
        "currency": payment.currency,
        "brand": payment.brand,
        "instrument": card_view(payment.stored_card) if payment.stored_card else None,
        "redirect_url": payment.page_url if payment.status == "requires_action" else None,
        "amounts": payment.amounts.model_dump(),
        "parent": payment.parent,
        "carved": payment.carved,
        "operations": [operation.model_dump() for operation in payment.operations],
    }


def card_view(card: StoredCard) -> dict[str, object]:
    """A stored card as answers and notifications show it."""
    brand = INSTRUMENTS[card.token].brand or ""
    return {
        "id": card.id,
        "reference": card.reference,
        "customer": card.customer,
        "status": "deleted" if card.deleted else "stored",
        "brand": brand,
        "last4": LAST4[brand],
        "expires": EXPIRES,
    }
