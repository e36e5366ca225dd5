"""Responses about payouts and their entries."""

from typing import Annotated, Literal

from pydantic import Field

from tillgate.domain.payouts.payout import Approval, PayoutStatus

from .common import Answer, Instant, Money, Reason


class PayoutTotals(Answer):
    """captured - fees - refunded + returned + adjusted is the amount."""

    captured: int
    fees: Annotated[int, Field(description="Below zero where more was given back than taken.")]
    refunded: Annotated[int, Field(description="Below zero where refunds failed that an earlier payout bore.")]
    returned: Annotated[Money, Field(description="Payouts that came back, paid again by this one.")]
    adjusted: Annotated[int, Field(description="By an operator; below zero for what was taken.")]


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
    vendor_id: Annotated[str, Field(default="", description="Only of a payout to a vendor.")]
    held: Annotated[
        bool, Field(default=False, description="Only of a payout to a vendor, who owes something: nothing is paid out.")
    ]
    opening_balance: Annotated[
        int, Field(default=0, description="Only of a payout to a vendor: what it came to before the last run.")
    ]
    entry_count: Annotated[int, Field(default=0, description="Only of a payout to a vendor.")]
    payout_reference: Annotated[str, Field(default="", description="Only of a payout to a person.")]
    approval: Annotated[
        Approval | None,
        Field(default=None, description="Only of a payout to a person: by an operator, where one has to approve it."),
    ]
    totals: Annotated[PayoutTotals, Field(default=None, description="Only of a payout to a vendor.")]


class PayoutEntry(Answer):
    entry_id: str
    kind: Literal["capture", "refund", "refund_failed", "reversal", "adjustment", "payout", "payout_return"]
    reference: Annotated[str, Field(description="The order's or sub-order's, the payout's, the adjustment's key.")]
    amount: Annotated[int, Field(description="What the vendor gets by it; below zero for what is taken.")]
    currency: str
    at: Instant
    by: Annotated[str, Field(default="", description="Only of an adjustment: the operator who made it.")]
    reason: Annotated[str, Field(default="", description="Only of an adjustment.")]
