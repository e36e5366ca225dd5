"""What callers may send about orders (CM-1, EV-8)."""

import math
import re
from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
)

from tillgate.api.http.fields import (
    LINE_SCHEMA,
    MOST,
    ONE_LINE,
    Body,
    Currency,
    Flag,
    Free,
    Instant,
    Line,
    Method,
    NotificationUrl,
    OrderAmount,
    Reference,
    ReturnUrl,
    Text,
    Whole,
)
from tillgate.domain.orders.order import OrderStatus

Descriptor = Annotated[str, StringConstraints(min_length=1, max_length=22), ONE_LINE, LINE_SCHEMA]
OpenTenders = Annotated[Whole, Field(ge=1, le=3)]  # beside limited tenders, such as gift cards


class ReturnUrls(Body):
    """Where the shopper's browser goes after the payment (TH-2)."""

    success: ReturnUrl | None = None
    aborted: ReturnUrl | None = None
    error: ReturnUrl | None = None


def _quantity(value: object) -> object:
    """1.5, or "1.5" in a form. A whole number stays one."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a decimal number, such as 1.5")
    if not math.isfinite(value) or round(value, 6) != value:
        raise ValueError("must have at most six decimals")
    return int(value) if value == int(value) else value


_DECIMAL = re.compile(r"\d{1,7}(\.\d{1,6})?", re.ASCII)
Quantity = Annotated[
    int | float,
    BeforeValidator(_quantity),
    Field(gt=0, le=1_000_000, json_schema_extra={"type": "number", "multipleOf": 0.000001}),
]


class Item(Body):
    """A line of the order, shown on the menu. `amount` is the whole of the line, negative for a discount; where every
    line has one, they add up to the order's amount. `kind` is `product` if it is not given."""

    name: Text
    kind: Literal["product", "discount", "shipping", "tax", "fee"] | None = None
    quantity: Quantity = 1
    unit: Annotated[Line, StringConstraints(min_length=1, max_length=20)] | None = None
    amount: Annotated[Whole, Field(ge=-MOST, le=MOST)] | None = None
    unit_amount: Annotated[Whole, Field(ge=-MOST, le=MOST)] | None = None
    description: Text | None = None
    sku: Text | None = None
    reference: Text | None = None
    vendor_id: Text | None = None


class CreateOrder(Body):
    order_reference: Reference
    amount: OrderAmount
    currency: Currency
    capture: Literal["auto", "manual"] = "manual"
    methods: Annotated[list[Method], Field(min_length=1, max_length=20)] | None = None
    return_urls: ReturnUrls | None = None
    description: Annotated[str, StringConstraints(max_length=1000)] | None = None
    items: Annotated[list[Item], Field(max_length=200)] = []
    customer: Free | None = None
    shopper_key: Text | None = None
    address_key: Text | None = None
    locale: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")] | None = None
    metadata: Free = {}
    notification_url: NotificationUrl | None = None
    vendor_id: Text | None = None
    multi_vendor: Flag = False
    on_failed_tender: Literal["keep", "unwind"] = "keep"
    statement_descriptor: (
        Annotated[str, StringConstraints(min_length=1, max_length=22), ONE_LINE, LINE_SCHEMA] | None
    ) = None
    max_open_tenders: OpenTenders = 1
    saved_instruments: Flag = False
    shopper_authenticated: Flag = False
    expires_in_minutes: Annotated[Whole, Field(ge=1, le=120)] = 120


class UpdateOrder(Body):
    amount: OrderAmount | None = None
    items: Annotated[list[Item], Field(max_length=200)] | None = None
    metadata: Free | None = None


class ListOrders(Body):
    """The query of a list; instants are RFC 3339 with an offset."""

    order_reference: Reference | None = None
    status: OrderStatus | None = None
    created_from: Instant | None = None
    created_to: Instant | None = None
    limit: Annotated[Whole, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
