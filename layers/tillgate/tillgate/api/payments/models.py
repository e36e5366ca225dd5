"""What callers may send about payments."""

from base64 import b64decode
from typing import Annotated

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
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
from tillgate.domain.payments.disputes import DisputeStatus, Evidence, EvidenceFile
from tillgate.domain.payments.lifecycle import PaymentStatus


class Instrument(Body):
    """What to pay with: a token of the PSP, never a card number."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class StartPayment(Body):
    method: Method
    amount: Amount | None = None
    instrument: Instrument | None = None
    return_url: ReturnUrl | None = None
    save_instrument: Flag = False
    recurring: Flag = False


class Capture(Body):
    amount: Amount | None = None
    final: Flag | None = None
    fee: Annotated[Whole, Field(ge=0, le=MOST)] | None = None


class Cancel(Body):
    amount: Amount | None = None


class Refund(Body):
    amount: Amount | None = None
    reason: Text | None = None


MOST_EVIDENCE = 4_500_000  # bytes of a request: Lambda takes 6 MB


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

    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
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
