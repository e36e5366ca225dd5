"""Invoices as they are answered."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from tillgate.domain.orders.order import OrderStatus

from .common import Answer, Instant, Money
from .orders import OrderSums


class Customer(Answer):
    name: str | None
    email: str


class Invoice(Answer):
    """An order that is paid by a link. Beside these fields it has what was said of the order."""

    invoice_id: str
    order_key: str
    order_reference: str
    amount: Money
    currency: str
    status: Annotated[
        Literal["DRAFT", "SENDING", "SENT", "SEEN"] | OrderStatus,
        Field(description="Until somebody has begun to pay, how far its e-mail is; then the status of the order."),
    ]
    payment_url: Annotated[str, Field(description="Opens the payment menu, for whoever has it.")]
    due_at: Annotated[AwareDatetime, Field(description="Until when it can be paid.")]
    sent_at: Annotated[AwareDatetime | None, Field(description="When the mail service took the last e-mail.")]
    times_sent: int
    seen_at: Annotated[AwareDatetime | None, Field(description="When the link was first opened.")]
    customer: Annotated[Customer | None, Field(description="null once it was erased.")]
    amounts: OrderSums
    capture: Literal["auto", "manual"]
    withdrawable: bool
    version: int
    created_at: Instant
    updated_at: Instant
    allowed_operations: list[Literal["send", "withdraw"]]
    metadata: dict[str, Any]
