"""Responses about payouts and their entries."""

from typing import Annotated, Any, Literal

from pydantic import Field

from tillgate.domain.payouts.payout import Approval, PayoutStatus

from .common import Answer, Instant, Money, Reason


class PayoutTotals(Answer):
    """amount = captured - fees - refunded + returned + adjusted."""

    captured: int
    fees: Annotated[int, Field(description="Negative if more fees were returned than charged.")]
    refunded: Annotated[int, Field(description="Negative if refunds failed that an earlier payout had deducted.")]
    disputed: Annotated[int, Field(description="In minor units: what disputes took; negative for what they gave back.")]
    returned: Annotated[Money, Field(description="Returned payouts that this one pays again.")]
    adjusted: Annotated[int, Field(description="Adjustments by an operator; negative for deductions.")]


class Payout(Answer):
    payout_id: str
    status: PayoutStatus
    pending: Annotated[bool, Field(description="The payout is at the PSP.")]
    amount: Annotated[int, Field(description="Minor units; negative while the vendor owes money.")]
    currency: str
    connector: str
    reason_code: Reason
    psp_reference: str | None
    attempts: Annotated[int, Field(description="How often the payout was requested from the PSP.")]
    paid_at: Instant | None
    created_at: Instant
    updated_at: Instant
    vendor_id: Annotated[str, Field(default="", description="Only for payouts to vendors.")]
    held: Annotated[
        bool,
        Field(default=False, description="Only for payouts to vendors: the balance is negative and nothing is paid."),
    ]
    opening_balance: Annotated[
        int, Field(default=0, description="Only for payouts to vendors: the amount before the last run.")
    ]
    entry_count: Annotated[int, Field(default=0, description="Only of a payout to a vendor.")]
    payout_reference: Annotated[str, Field(default="", description="Only of a payout to a person.")]
    approval: Annotated[
        Approval | None,
        Field(default=None, description="Only of a payout to a person: by an operator, where one has to approve it."),
    ]
    metadata: Annotated[dict[str, Any], Field(default={}, description="Only of a payout to a person, as you gave it.")]
    description: Annotated[str, Field(default="", description="Only of a payout to a person, as you gave it.")]
    shopper_key: Annotated[str, Field(default="", description="Only of a payout to a person, as you gave it.")]
    totals: Annotated[PayoutTotals, Field(default=None, description="Only of a payout to a vendor.")]


class PayoutEntry(Answer):
    entry_id: str
    kind: Literal["capture", "refund", "refund_failed", "reversal", "adjustment", "payout", "payout_return"]
    reference: Annotated[
        str, Field(description="The order or sub-order reference, the payout, or the key of the adjustment.")
    ]
    amount: Annotated[int, Field(description="What it adds to the vendor's balance; negative for deductions.")]
    currency: str
    at: Instant
    by: Annotated[str, Field(default="", description="Only for adjustments: the operator who made it.")]
    reason: Annotated[str, Field(default="", description="Only for adjustments.")]
