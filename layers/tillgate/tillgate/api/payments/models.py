"""What callers may send about payments."""

from base64 import b64decode
from typing import Annotated

from pydantic import (
    AfterValidator,
    Field,
    IPvAnyAddress,
    StringConstraints,
    model_validator,
)

from tillgate.api.http.fields import (
    MOST,
    Amount,
    Body,
    Cursor,
    Flag,
    Limit,
    Method,
    ReturnUrl,
    Text,
    Whole,
)
from tillgate.domain.payments.disputes import MOST_EVIDENCE, DisputeStatus, Evidence, EvidenceFile
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import RefundReason
from tillgate.domain.psp.creditor_reference import is_iban, plain

MOST_TOKEN = 4_096  # characters: wallets have long ones


class Instrument(Body):
    """What to pay with: a token of the PSP, never a card number."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


def _iban(text: str) -> str:
    if not is_iban(text):
        raise ValueError("must be an account number (ISO 13616) with right check digits")
    return plain(text)


class PayWith(Body):
    """What to pay with: a token, ours or the PSP's; or an account that is debited, and its holder."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=MOST_TOKEN)] | None = None
    iban: Annotated[str, StringConstraints(max_length=50), AfterValidator(_iban)] | None = None
    holder: Text | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "PayWith":
        if (self.token is None) == (self.iban is None):
            raise ValueError("must have either a token or an iban")
        if (self.iban is None) != (self.holder is None):
            raise ValueError("must have the holder of an iban, and only then")
        return self

    @property
    def values(self) -> dict[str, str]:
        return self.model_dump(exclude_none=True)


class ShopperContext(Body):
    """What a PSP may want to know of the shopper's browser, to judge fraud and to authenticate. It is not stored."""

    ip: IPvAnyAddress | None = None
    user_agent: Text | None = None
    accept: Text | None = None
    locale: Annotated[str, StringConstraints(max_length=35)] | None = None
    time_zone_offset: Annotated[Whole, Field(ge=-840, le=840)] | None = None
    screen_width: Annotated[Whole, Field(ge=0, le=100_000)] | None = None
    screen_height: Annotated[Whole, Field(ge=0, le=100_000)] | None = None
    colour_depth: Annotated[Whole, Field(ge=0, le=64)] | None = None

    @property
    def values(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.model_dump(exclude_none=True).items()}


class StartPayment(Body):
    method: Method
    amount: Amount | None = None
    instrument: PayWith | None = None
    return_url: ReturnUrl | None = None
    save_instrument: Flag = False
    recurring: Flag = False
    shopper_context: ShopperContext | None = None


class Capture(Body):
    amount: Amount | None = None
    final: Flag | None = None
    fee: Annotated[Whole, Field(ge=0, le=MOST)] | None = None


class Cancel(Body):
    amount: Amount | None = None


class Refund(Body):
    amount: Amount | None = None
    reason: Text | None = None
    reason_code: RefundReason | None = None


class RefundedTender(Body):
    """A payment to refund, and how much of it; all that is refundable of it where no amount is given."""

    payment_id: Text
    amount: Amount | None = None


class RefundOrder(Refund):
    """Without `payments`, the payments captured last are refunded first."""

    payments: Annotated[list[RefundedTender], Field(min_length=1, max_length=100)] | None = None


MOST_EVIDENCE_BYTES = 4_500_000  # bytes of a request: Lambda takes 6 MB


def _base64(text: str) -> str:
    try:
        b64decode(text, validate=True)
    except ValueError:
        raise ValueError("must be Base64 (RFC 4648)") from None
    return text


class Document(Body):
    """A document that speaks for the merchant. Its content is Base64 (RFC 4648)."""

    name: Text
    content_type: Annotated[str, StringConstraints(pattern=r"^[a-z]+/[A-Za-z0-9.+-]{1,100}$")]
    content_base64: Annotated[str, AfterValidator(_base64), StringConstraints(min_length=4, max_length=4_000_000)]


class SendEvidence(Body):
    """What the shopper's bank is to read. The whole request is at most 4.5 MB."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=MOST_EVIDENCE)]
    files: Annotated[list[Document], Field(max_length=10)] = []

    def decoded(self) -> Evidence:
        """As a connector takes it."""
        files = (EvidenceFile(each.name, each.content_type, b64decode(each.content_base64)) for each in self.files)
        return Evidence(self.text, tuple(files))


class ListDisputes(Body):
    """The query of the list of disputes."""

    status: DisputeStatus | None = None
    limit: Limit = 20
    cursor: Cursor | None = None


class ListPayments(Body):
    """The query of the list of payments."""

    status: PaymentStatus | None = None
    method: Method | None = None
    limit: Limit = 20
    cursor: Cursor | None = None
