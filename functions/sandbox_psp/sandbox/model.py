"""What a payment at the sandbox PSP is, and what others see of it. Amounts are minor units."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
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
Origin = Literal["merchant", "backoffice", "bank"]
DisputeStatus = Literal["needs_response", "under_review", "won", "lost", "accepted"]

HELD_FOR = timedelta(days=7)  # what a card's authorization holds
EVIDENCE_WITHIN = timedelta(days=7)


class Operation(BaseModel):
    """One movement of money: asked for under a key of the caller's, or, without a key, done by others.

    `id` is the sandbox's own reference to it; `at`, an instant in UTC, is stamped when it is stored.
    """

    model_config = ConfigDict(frozen=True)

    id: str = ""  # only what was stored before there were ids has none
    key: str | None
    type: OperationType
    amount: int
    final: bool = False
    fee: int = 0
    status: OperationStatus
    reason: str | None = None
    origin: Origin = "merchant"
    at: str = ""


class Answer(BaseModel):
    """What the merchant said to a dispute, under a key; evidence is looked at by nobody, so its digest is kept."""

    model_config = ConfigDict(frozen=True)

    key: str
    digest: str


class Dispute(BaseModel):
    """A shopper's bank asks money back. Open or lost, its amount is not the merchant's; won, it is again."""

    model_config = ConfigDict(frozen=True)

    id: str
    amount: int
    reason: str = "fraudulent"
    status: DisputeStatus = "needs_response"
    opened_at: str = ""
    evidence_due_at: str = ""
    revision: int = 1
    cause: str | None = None  # the operation that a bank let it follow
    answers: tuple[Answer, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.status in ("needs_response", "under_review")


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
    expires_at: str = ""  # of what it holds
    amounts: Amounts = Amounts()
    operations: tuple[Operation, ...] = ()
    disputes: tuple[Dispute, ...] = ()

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
    def stands(self) -> bool:
        """Whether it was authorized and not taken back; so does what was carved out of it then."""
        return self.authorization is not None and self.authorization.status == "succeeded"

    @property
    def captures_at_once(self) -> bool:
        return self.capture and self.instrument.refuses != "capture"

    @property
    def disputed(self) -> int:
        """What disputes have taken from the merchant, or may take yet."""
        return sum(each.amount for each in self.disputes if each.status != "won") if self.stands else 0

    @property
    def captured_whole(self) -> bool:
        """Parts are carved out of what was captured then, and out of what is held before."""
        return self.amounts.captured == self.amounts.authorized

    @property
    def carvable(self) -> int:
        """The most that may ever be carved out of it as it is now."""
        return self.amounts.refundable - self.disputed if self.captured_whole else self.amounts.held

    @property
    def room(self) -> Amounts:
        """What is left to operate on or to carve: neither disputed nor carved, which is operated on for itself."""
        of = self.amounts
        gone = of.refunded + self.disputed
        if self.captured_whole:
            return of.model_copy(update={"refunded": gone + self.carved})
        return of.model_copy(update={"authorized": of.authorized - self.carved, "refunded": gone})

    def operation(self, key: str) -> Operation | None:
        return next((known for known in self.operations if known.key == key), None)

    def stamped(self, now: datetime) -> Payment:
        """Its next revision: everything that is new in it is of this moment."""
        at = instant(now)
        operations = tuple(each if each.at else each.model_copy(update={"at": at}) for each in self.operations)
        due = {"opened_at": at, "evidence_due_at": instant(now + EVIDENCE_WITHIN)}
        disputes = tuple(each if each.opened_at else each.model_copy(update=due) for each in self.disputes)
        held_until = self.expires_at or (instant(now + HELD_FOR) if self.stands else "")
        changed = {"revision": self.revision + 1, "changed_at": at, "expires_at": held_until}
        return self.model_copy(update={**changed, "operations": operations, "disputes": disputes})


def instant(moment: datetime) -> str:
    """As answers and notifications show it: 2030-01-01T12:00:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reference_to(kind: Literal["op", "dp"], owner: str, number: int, key: str | None = None) -> str:
    """The sandbox's own id of a payment's or payout's operation or dispute: by its key or, without one, its number.

    It follows from what is known before the write, so that messages can name what is about to be stored.
    """
    name = number if key is None else f"key {key}"
    return f"{kind}_{hashlib.sha256(f'{owner} {kind} {name}'.encode()).hexdigest()[:24]}"


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
        "changed_at": payment.changed_at,
        "status": payment.status,
        "amount": payment.amount,
        "currency": payment.currency,
        "brand": payment.brand,
        "instrument": card_view(payment.stored_card) if payment.stored_card else None,
        "redirect_url": payment.page_url if payment.status == "requires_action" else None,
        "amounts": {**payment.amounts.model_dump(), "disputed": payment.disputed},
        "expires_at": payment.expires_at if payment.amounts.held else None,
        "parent": payment.parent,
        "carved": payment.carved,
        "operations": [operation.model_dump() for operation in payment.operations],
        "disputes": [
            {**dispute.model_dump(exclude={"cause", "answers"}), "currency": payment.currency}
            for dispute in payment.disputes
        ],
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
