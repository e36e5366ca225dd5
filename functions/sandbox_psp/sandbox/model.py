"""A payment at the sandbox PSP, and what others see of it. Amounts are minor units."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from hashlib import sha256
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
    MANDATE,
    Instrument,
    OperationStatus,
    OperationType,
)

Page = Literal["card", "acs", "bank"]
Origin = Literal["merchant", "backoffice", "bank"]
DisputeStatus = Literal["needs_response", "under_review", "won", "lost", "accepted"]

HELD_FOR = timedelta(days=7)  # how long a card's authorization hold lasts
EVIDENCE_WITHIN = timedelta(days=7)


class Operation(BaseModel):
    """One movement of money: requested under the caller's key or, without a key, done by others.

    `id` is the sandbox's own reference to it; `at`, an instant in UTC, is set when it is stored.
    """

    model_config = ConfigDict(frozen=True)

    id: str = ""  # empty only for operations stored before ids existed
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
    """The merchant's answer to a dispute, under a key. Nobody reads the evidence, so only its digest is stored."""

    model_config = ConfigDict(frozen=True)

    key: str
    digest: str


class Dispute(BaseModel):
    """A chargeback by a shopper's bank. While open or lost, it takes its amount from the merchant; won, it does not."""

    model_config = ConfigDict(frozen=True)

    id: str
    amount: int
    reason: str = "fraudulent"
    status: DisputeStatus = "needs_response"
    opened_at: str = ""
    evidence_due_at: str = ""
    revision: int = 1
    cause: str | None = None  # the operation that caused it
    answers: tuple[Answer, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.status in ("needs_response", "under_review")


class Amounts(BaseModel):
    """The sums of a payment; all are zero before it is authorized and after it is reversed."""

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
    """A card stored for a customer. `id` pays like a token; `token` is the row of the sandbox's table behind it.

    A deleted card stays as a tombstone under its reference, so that a late request stores nothing.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    reference: str
    customer: str | None = None
    token: str = DEFAULT_CARD
    deleted: bool = False
    page_url: str | None = None
    return_url: str | None = None
    answer: Literal["stored", "awaited", "refused"] = "stored"

    @property
    def is_stored(self) -> bool:
        return self.answer == "stored" and not self.deleted


class Payment(BaseModel):
    """A payment as stored; `view` is what others see of it."""

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
    mandate: str | None = None  # the reference of a direct debit's mandate
    customer: str | None = None
    card: str | None = None  # the stored card that pays it
    store_as: str | None = None
    stores: str | None = None  # the id of the card to store on authorization
    recurring: bool = False
    authenticate: bool = False  # the caller wants the customer to be authenticated
    capture: bool = False
    account: str | None = None
    page_url: str | None = None
    return_url: str | None = None
    notification_url: str | None = None
    parent: str | None = None  # the payment it was carved out of
    carved: int = 0  # the sum of the parts carved out of it; stored beside the document
    expires_at: str = ""  # when its hold expires
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
        if self.mandate:
            return MANDATE
        return HOSTED_PAGE if self.token is None else INSTRUMENTS[self.token]

    @property
    def stored_card(self) -> StoredCard | None:
        """The card that the payment has stored: none before it is authorized, and none for other instruments."""
        first = self.authorization
        if not self.stores or not self.store_as or first is None or first.status not in ("succeeded", "reversed"):
            return None
        token = self.token or DEFAULT_CARD
        return StoredCard(id=self.stores, reference=self.store_as, customer=self.customer, token=token)

    @property
    def starts(self) -> OperationStatus:
        """What its authorization becomes at once."""
        wants = self.authenticate and not self.customer_is_absent and self.instrument.start == "succeeded"
        return "requires_action" if wants else self.instrument.start

    @property
    def customer_is_absent(self) -> bool:
        return self.recurring and self.card is not None

    @property
    def page(self) -> Page:
        """The shopper's page: naming a card, confirming with the card's bank, or confirming with a bank."""
        if self.method in BANK_METHODS:
            return "bank"
        return "card" if self.method == "card" and self.token is None else "acs"

    @property
    def choices(self) -> dict[str, str]:
        """The choices on that page: token and name."""
        return {"card": CARDS, "bank": BANKS, "acs": {}}[self.page]

    @property
    def status(self) -> str:
        """The state in one word, derived so that it cannot contradict operations and amounts."""
        if self.authorization is None:
            return "closed"
        if self.authorization.status == "reversed":
            return "failed"
        if self.authorization.status != "succeeded":
            return self.authorization.status
        return _status_of_money(self.amounts)

    @property
    def stands(self) -> bool:
        """Whether it was authorized and not reversed. Its parts stand as long as it does."""
        return self.authorization is not None and self.authorization.status == "succeeded"

    @property
    def captures_at_once(self) -> bool:
        return self.capture and self.instrument.refuses != "capture"

    @property
    def disputed(self) -> int:
        """What disputes have taken from the merchant, or may still take."""
        return sum(each.amount for each in self.disputes if each.status != "won") if self.stands else 0

    @property
    def captured_whole(self) -> bool:
        """If so, parts are carved out of the captured amount, otherwise out of the held amount."""
        return self.amounts.captured == self.amounts.authorized

    @property
    def carvable(self) -> int:
        """The maximum that may be carved out of it in its current state."""
        return self.amounts.refundable - self.disputed if self.captured_whole else self.amounts.held

    @property
    def room(self) -> Amounts:
        """What is left to operate on or to carve: neither disputed nor carved. Parts have operations of their own."""
        of = self.amounts
        gone = of.refunded + self.disputed
        if self.captured_whole:
            return of.model_copy(update={"refunded": gone + self.carved})
        return of.model_copy(update={"authorized": of.authorized - self.carved, "refunded": gone})

    def operation(self, key: str) -> Operation | None:
        return next((known for known in self.operations if known.key == key), None)

    def stamped(self, now: datetime) -> Payment:
        """The next revision: everything new in it gets this timestamp."""
        at = instant(now)
        operations = tuple(each if each.at else each.model_copy(update={"at": at}) for each in self.operations)
        due = {"opened_at": at, "evidence_due_at": instant(now + EVIDENCE_WITHIN)}
        disputes = tuple(each if each.opened_at else each.model_copy(update=due) for each in self.disputes)
        held_until = self.expires_at or (instant(now + HELD_FOR) if self.stands else "")
        changed = {"revision": self.revision + 1, "changed_at": at, "expires_at": held_until}
        return self.model_copy(update={**changed, "operations": operations, "disputes": disputes})


def instant(moment: datetime) -> str:
    """The format in responses and notifications: 2030-01-01T12:00:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reference_to(kind: Literal["op", "dp"], owner: str, number: int, key: str | None = None) -> str:
    """The sandbox's own id of a payment's or payout's operation or dispute, from its key or, without one, its number.

    It depends only on what is known before the write, so that messages can name what is about to be stored.
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
    """The payment as shown in responses and notifications."""
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
        "details": {"mandate_reference": payment.mandate} if payment.mandate else {},
        "parent": payment.parent,
        "carved": payment.carved,
        "operations": [operation.model_dump() for operation in payment.operations],
        "disputes": [
            {**dispute.model_dump(exclude={"cause", "answers"}), "currency": payment.currency}
            for dispute in payment.disputes
        ],
    }


_CARDS = {"stored": "stored", "awaited": "requires_action", "refused": "failed"}


def card_view(card: StoredCard) -> dict[str, object]:
    """A stored card as shown in responses and notifications."""
    brand = INSTRUMENTS[card.token].brand or ""
    return {
        "id": card.id,
        "reference": card.reference,
        "customer": card.customer,
        "status": "deleted" if card.deleted else _CARDS[card.answer],
        "redirect_url": card.page_url if card.answer == "awaited" and not card.deleted else None,
        "brand": brand,
        "last4": LAST4[brand],
        "expires": EXPIRES,
        "fingerprint": f"fp_{sha256(card.token.encode()).hexdigest()[:24]}",  # the same for each copy of a card
    }
