"""What callers may send about payouts."""

from typing import Annotated

from pydantic import StringConstraints

from tillgate.api.http.fields import Amount, Body, Currency, Free, Reference, Text
from tillgate.api.payments.models import Instrument


class CreatePayout(Body):
    """Money to a person (RG-6). The instrument's token is the PSP's, or ours of a saved one.

    `description` and `metadata` stay with the money, they are not erased (GO-7): they must not name people.
    """

    payout_reference: Reference
    amount: Amount
    currency: Currency
    instrument: Instrument
    shopper_key: Text | None = None
    description: Annotated[str, StringConstraints(max_length=1000)] | None = None
    metadata: Free = {}
