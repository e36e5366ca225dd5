"""What callers may send about payments."""

from typing import Annotated

from pydantic import (
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


class ListPayments(Body):
    """The query of the list of payments."""

    status: PaymentStatus | None = None
    method: Method | None = None
    limit: Limit = 20
    cursor: Cursor | None = None
