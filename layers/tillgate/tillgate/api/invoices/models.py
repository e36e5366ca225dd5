"""What callers may send about invoices (RG-7)."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from tillgate.api.http.fields import (
    Body,
    Currency,
    Day,
    Flag,
    Free,
    Instant,
    Method,
    NotificationUrl,
    OrderAmount,
    Reference,
    Text,
)
from tillgate.api.orders.models import Item, OpenTenders, ReturnUrls

# As browsers and most mail services take them: ASCII, dots between parts, a domain with a dot. A domain in letters
# beyond ASCII is written as its punycode.
_ADDRESS = re.compile(
    r"(?=.{3,254}\Z)(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])\Z"
)


def _address(text: str) -> str:
    if not _ADDRESS.match(text):
        raise ValueError("must be an e-mail address such as ada@example.com")
    return text


Email = Annotated[str, AfterValidator(_address), Field(json_schema_extra={"format": "email", "maxLength": 254})]


class Recipient(Body):
    """Who gets the e-mail."""

    name: Text | None = None
    email: Email


class CreateInvoice(Body):
    """An order that is paid by a link. `due_at`: until when, 90 days ahead at most; 14 days where it is not given.

    `due_on` instead: to the end of that day where you are (`time_zone` of your account).

    `send`: whether its e-mail goes out at once; not given, it does where this deployment sends e-mails.
    """

    order_reference: Reference
    amount: OrderAmount
    currency: Currency
    customer: Recipient
    due_at: Instant | None = None
    due_on: Day | None = None
    send: Flag | None = None
    capture: Literal["auto", "manual"] = "auto"
    methods: Annotated[list[Method], Field(min_length=1, max_length=20)] | None = None
    return_urls: ReturnUrls | None = None
    description: Annotated[str, StringConstraints(max_length=1000)] | None = None
    items: Annotated[list[Item], Field(max_length=200)] = []
    locale: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")] | None = None
    metadata: Free = {}
    notification_url: NotificationUrl | None = None
    max_open_tenders: OpenTenders = 1
