"""Responses about invoices."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from tillgate.domain.orders.order import OrderStatus

from .common import Answer, Instant, MethodName, Money
from .orders import ConsideredSafe, OrderSums


class Customer(Answer):
    name: str | None
    email: str


class Invoice(Answer):
    """An order that is paid through a link. It also has the optional fields that were set on the order."""

    invoice_id: str
    order_key: str
    order_reference: str
    amount: Money
    currency: str
    status: Annotated[
        Literal["DRAFT", "SENDING", "SENT", "SEEN"] | OrderStatus,
        Field(description="The progress of the e-mail until somebody begins to pay, then the status of the order."),
    ]
    payment_url: Annotated[str, Field(description="Opens the payment menu for anyone who has the link.")]
    due_at: Annotated[AwareDatetime, Field(description="The deadline for the payment.")]
    sent_at: Annotated[AwareDatetime | None, Field(description="When the mail service accepted the last e-mail.")]
    times_sent: int
    seen_at: Annotated[AwareDatetime | None, Field(description="When the link was first opened.")]
    customer: Annotated[Customer | None, Field(description="null after it was erased.")]
    amounts: OrderSums
    capture: Literal["auto", "manual"]
    withdrawable: bool
    version: int
    created_at: Instant
    updated_at: Instant
    allowed_operations: list[Literal["send", "withdraw"]]
    metadata: dict[str, Any]
    considered_safe: Annotated[ConsideredSafe, Field(default=None, description="Only when it is safe to ship.")]
    description: Annotated[str, Field(default="")]
    items: Annotated[list[dict[str, Any]], Field(default=[])]
    locale: Annotated[str, Field(default="")]
    methods: Annotated[list[MethodName], Field(default=[])]
    return_urls: Annotated[dict[str, str], Field(default={})]
    notification_url: Annotated[str, Field(default="")]
