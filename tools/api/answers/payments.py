"""Responses about payments, with their operations."""

from typing import Annotated, Literal

from pydantic import Field

from tillgate.domain.payments.disputes import DisputeStatus
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType, RefundReason
from tillgate.domain.payments.payment import Recurring
from tillgate.domain.shared.modes import Mode

from .common import Answer, Instant, MethodName, Money, Reason


class Redirect(Answer):
    url: str
    http_method: Literal["GET", "POST"]
    parameters: dict[str, str]


class Instructions(Answer):
    """The bank transfer that the shopper has to make. The reference identifies the payment on a bank statement."""

    iban: str
    holder: str
    reference: str
    due_at: Instant
    received: Annotated[Money, Field(description="The amount received so far; the rest is expected by `due_at`.")]


class Sums(Answer):
    authorized: Money
    captured: Money
    cancelled: Money
    refunded: Money


class PaymentSums(Sums):
    disputed: Annotated[Money, Field(description="What disputes have taken. A dispute that is won counts no more.")]


class Operation(Answer):
    operation_id: str
    type: OperationType
    amount: Money
    status: OperationStatus
    reason_code: Reason
    requested_at: Instant
    psp_reference: Annotated[str | None, Field(description="The PSP's own reference of this operation.")]
    origin: Annotated[
        Actor, Field(description="Who caused it. `psp`: the PSP did it without a request, such as in its back office.")
    ]
    final: Annotated[bool, Field(default=False, description="Only of a capture that releases the rest of the hold.")]
    fee: Annotated[int, Field(default=0, description="In minor units, only where it has one: the commission kept.")]
    reason: Annotated[str, Field(default="", description="Only of a refund with a reason, as you gave it.")]


class OrderRefund(Answer):
    refund_id: Annotated[str, Field(description="The `operation_id` of the payment's operation.")]
    payment_id: str
    amount: Money
    status: OperationStatus
    order_key: str
    currency: str
    reason: Annotated[str | None, Field(description="As you gave it.")]
    reason_code: Annotated[RefundReason | None, Field(description="As you gave it.")]
    failure_code: Annotated[str | None, Field(description="Why the PSP refused it.")]
    vendor_id: Annotated[str, Field(default="", description="Only for vendor payments.")]
    origin: Actor
    requested_at: Instant
    settled_at: Annotated[Instant | None, Field(description="When the PSP's success became known.")]


class Dispute(Answer):
    dispute_id: str
    payment_id: str
    order_key: str
    amount: Money
    currency: str
    status: DisputeStatus
    reason: Annotated[str, Field(description="As the PSP gives it.", examples=["FRAUDULENT"])]
    evidence_due_at: Instant | None
    opened_at: Instant


class PaidWith(Answer):
    token: Annotated[str, Field(description="Start the next payment with it.")]
    brand: str | None
    last4: Annotated[str | None, Field(default=None, description="Only when you read a single order or payment.")]


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
    amounts: PaymentSums
    reason_code: Reason
    psp_reference: str | None
    details: Annotated[
        dict[str, str | bool],
        Field(
            description="What the PSP tells, by name. May be empty.", examples=[{"last4": "4242", "funding": "credit"}]
        ),
    ]
    disputes: list[Dispute]
    authorization_expires_at: Instant | None
    allowed_operations: list[Literal["capture", "cancel", "refund", "withdraw", "sync"]]
    operations: list[Operation]
    created_at: Instant
    updated_at: Instant
    redirect: Annotated[Redirect, Field(default=None, description="Only while the shopper has to go there.")]
    instrument: Annotated[PaidWith, Field(default=None, description="Only if it is saved.")]
    fingerprint: Annotated[
        str,
        Field(default="", description="Of the instrument, the same in all your payments with it."),
    ]
    recurring: Annotated[Recurring, Field(default=None, description="Only for recurring payments.")]
    mode: Annotated[Mode, Field(default=None, description="Only through your own account with a PSP.")]
    instructions: Annotated[Instructions, Field(default=None, description="Only while a bank transfer is expected.")]
    vendor_id: Annotated[str, Field(default="", description="Only for vendor payments.")]
    sub_order_reference: Annotated[str, Field(default="", description="Only for vendor payments.")]
    technical_payment_id: Annotated[str, Field(default="", description="Only for vendor payments: what it is part of.")]
    fee: Annotated[int, Field(default=0, description="In minor units, only for vendor payments: the commission.")]
    split_id: Annotated[str | None, Field(default=None, description="Only for vendor payments that a split made.")]
    allotted: Annotated[
        int, Field(default=0, description="In minor units, only of a technical payment: what vendors were given of it.")
    ]
