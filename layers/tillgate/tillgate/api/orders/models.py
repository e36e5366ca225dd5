"""What callers may send about orders (CM-1, EV-8)."""

from typing import Annotated, Literal

from pydantic import (
    Field,
    StringConstraints,
)

from tillgate.api.http.fields import (
    MOST,
    Amount,
    Body,
    Currency,
    Flag,
    Free,
    Instant,
    Method,
    NotificationUrl,
    Reference,
    ReturnUrl,
    Text,
    Whole,
)
from tillgate.domain.orders.order import OrderStatus


class ReturnUrls(Body):
    """Where the shopper's browser goes after the payment (TH-2)."""

    success: ReturnUrl | None = None
    aborted: ReturnUrl | None = None
    error: ReturnUrl | None = None


class Item(Body):
    """A line of the order, shown on the menu; its amounts are not summed up."""

    name: Text
    quantity: Annotated[Whole, Field(ge=1, le=1_000_000)] = 1
    amount: Annotated[Whole, Field(ge=0, le=MOST)] | None = None
    unit_amount: Annotated[Whole, Field(ge=0, le=MOST)] | None = None
    description: Text | None = None
    sku: Text | None = None
    reference: Text | None = None
    vendor_id: Text | None = None


class CreateOrder(Body):
    order_reference: Reference
    amount: Amount
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
    expires_in_minutes: Annotated[Whole, Field(ge=1, le=120)] = 120


class UpdateOrder(Body):
    amount: Amount | None = None
    metadata: Free | None = None


class ListOrders(Body):
    """The query of a list; instants are RFC 3339 with an offset."""

    order_reference: Reference | None = None
    status: OrderStatus | None = None
    created_from: Instant | None = None
    created_to: Instant | None = None
    limit: Annotated[Whole, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
