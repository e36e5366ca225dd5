"""The request bodies of the API. Unknown fields are refused, so that misspelt names are noticed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import PspError, invalid
from .instruments import Deed

REFERENCE = r"^[A-Za-z0-9._~:-]{1,128}$"  # unreserved in a URL, so that a signed path has one spelling
MAX_AMOUNT = 1_000_000_000_000
BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"  # RFC 4648
MAX_FILE = 5_000_000  # characters; a whole request is smaller than 6 MB anyway

Amount = Annotated[int, Field(ge=1, le=MAX_AMOUNT)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s/]+[^\s]*$", max_length=2048)]
Method = Literal[
    "card",
    "bank_redirect",
    "gift_card",
    "bank_transfer",
    "invoice",
    "cash_on_delivery",
    "wallet",
    "direct_debit",
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NewInstrument(_Body):
    """POST /instruments: a card is stored for a customer, no money moves."""

    reference: str = Field(pattern=REFERENCE)
    customer: str = Field(min_length=1, max_length=255)
    method: Method
    token: str = Field(max_length=100)
    return_url: Url | None = None


class NewPayment(_Body):
    """POST /payments. `store_as` is the reference that the card is stored under once the payment is authorized.

    `recurring` with a stored card: a payment initiated by the merchant, without the customer. `authenticate`: the
    customer is to be authenticated, whatever the card's bank would want.
    """

    reference: str = Field(pattern=REFERENCE)
    amount: Amount
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    capture: bool = False
    method: Method
    token: str | None = Field(default=None, max_length=100)
    iban: str | None = Field(default=None, pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$")
    holder: str | None = Field(default=None, min_length=1, max_length=255)
    customer: str | None = Field(default=None, min_length=1, max_length=255)
    store_as: str | None = Field(default=None, pattern=REFERENCE)
    recurring: bool = False
    authenticate: bool = False
    return_url: Url | None = None
    notification_url: Url | None = None
    account: str | None = Field(default=None, max_length=200)


class BalanceOf(_Body):
    """POST /balances."""

    method: Method
    token: str = Field(max_length=100)
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class NewTransfer(_Body):
    """POST /payments/{reference}/transfers: a part of a payment, carved out of it for another account."""

    reference: str = Field(pattern=REFERENCE)
    amount: Amount
    account: str = Field(min_length=1, max_length=200)
    notification_url: Url | None = None


class NewOperation(_Body):
    """POST /payments/{reference}/captures, /cancels, /refunds. `final` and `fee` apply only to captures.

    `fee` stays with the platform; the rest of what is captured goes to the payment's account.
    """

    amount: Amount
    final: bool = False
    fee: int = Field(default=0, ge=0, le=MAX_AMOUNT)


class EvidenceFile(_Body):
    """A file that goes with evidence."""

    name: str = Field(min_length=1, max_length=255)
    content_type: str = Field(min_length=1, max_length=255)
    content_base64: str = Field(pattern=BASE64, max_length=MAX_FILE)


class Evidence(_Body):
    """POST /payments/{reference}/disputes/{dispute_id}/evidence: evidence in the merchant's favour."""

    text: str = Field(max_length=20_000)
    files: list[EvidenceFile] = Field(default=[], max_length=10)


class Acceptance(_Body):
    """POST /payments/{reference}/disputes/{dispute_id}/accept: has no further fields."""


class NewDeed(_Body):
    """POST /backoffice/{reference}: a deed in the back office. Without an amount: the whole amount."""

    do: Deed
    amount: Amount | None = None


class NewPayout(_Body):
    """POST /payouts: to an account at the sandbox, or to a person's instrument. `key` makes it idempotent."""

    reference: str = Field(pattern=REFERENCE)
    amount: Amount
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    account: str | None = Field(default=None, min_length=1, max_length=200)
    token: str | None = Field(default=None, min_length=1, max_length=100)
    notification_url: Url | None = None


class Copies(_Body):
    """POST /payments/{reference}/notifications."""

    copies: int = Field(default=1, ge=1, le=20)


def parse[Body: BaseModel](model: type[Body], content: bytes) -> Body:
    """The body as a model, or a 422 that names the first invalid field."""
    try:
        return model.model_validate_json(content or b"{}")
    except ValidationError as error:
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> PspError:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "body"
    return invalid(f"{where}: {first['msg']}")
