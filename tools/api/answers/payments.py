"""Payments as they are answered, with their operations."""

from typing import Annotated, Literal

from pydantic import Field

from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.payments.payment import Recurring

from .common import Answer, Instant, MethodName, Money, Reason


class Redirect(Answer):
    url: str
    http_method: Literal["GET", "POST"]
    parameters: dict[str, str]


class Instructions(Answer):
    """A bank transfer to make: whoever reads the reference on a statement knows the payment."""

    iban: str
    holder: str
    reference: str
    due_at: Instant
    received: Annotated[Money, Field(description="What has come of it; the rest is awaited until then.")]


class Sums(Answer):
    authorized: Money
    captured: Money
    cancelled: Money
    refunded: Money


class Operation(Answer):
    operation_id: str
    type: OperationType
    amount: Money
    status: OperationStatus
    reason_code: Reason
    requested_at: Instant


class PaidWith(Answer):
    token: Annotated[str, Field(description="Yours to start the next payment with.")]
    brand: str | None
    last4: Annotated[str | None, Field(default=None, description="Where one order or payment is read.")]


class Payment(Answer):
    payment_id: str
    order_key: str
    method: MethodName
    brand: str | None
    connector: str
    kind: Literal["single", "technical", "vendor"]
    amount: Money
    currency: str
    status: PaymentStatus
    pending: Annotated[bool, Field(description="An operation is at the PSP.")]
    final: bool
    withdrawable: bool
    amounts: Sums
    reason_code: Reason
    psp_reference: str | None
    authorization_expires_at: Instant | None
    allowed_operations: list[Literal["capture", "cancel", "refund", "withdraw", "sync"]]
    operations: list[Operation]
    created_at: Instant
    updated_at: Instant
    redirect: Annotated[Redirect, Field(default=None, description="Only while the shopper has to go there.")]
    instrument: Annotated[PaidWith, Field(default=None, description="Only where it is saved.")]
    recurring: Annotated[Recurring, Field(default=None, description="Only of recurring payments.")]
    instructions: Annotated[Instructions, Field(default=None, description="Only while a bank transfer is awaited.")]
    vendor_id: Annotated[str, Field(default="", description="Only of a vendor payment.")]
    sub_order_reference: Annotated[str, Field(default="", description="Only of a vendor payment.")]
