"""What callers may send about vendor payments and statements (TH-4)."""

from typing import Annotated

from pydantic import (
    Field,
)

from tillgate.api.http.fields import MOST, Amount, Body, Currency, InstantOrDay, Reference, Text, Whole


class PayVendor(Body):
    """PAY (TH-4). `fee`: the commission agreed on, which a capture keeps unless it says another."""

    technical_payment_id: Text
    vendor_id: Text
    amount: Amount
    sub_order_reference: Reference
    fee: Annotated[Whole, Field(ge=0, le=MOST)] = 0


class Statement(Body):
    """The query of a vendor's statement. `since`: it begins there, with the opening balance. `until`: it ends there.

    Each is an instant, or a day where the merchant is: then the statement has the whole of it.
    """

    currency: Currency
    since: InstantOrDay | None = None
    until: InstantOrDay | None = None
