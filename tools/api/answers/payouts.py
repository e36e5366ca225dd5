"""Responses about payouts and their entries."""

from typing import Annotated, Literal

from pydantic import Field

from tillgate.domain.payouts.payout import PayoutStatus

from .common import Answer, Instant, Money, Reason


class PayoutTotals(Answer):
    """amount = captured - fees - refunded + returned."""

    captured: int
    fees: Money
    refunded: Money
    returned: Annotated[Money, Field(description="Returned payouts that this one pays again.")]


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
    entry_count: Annotated[int, Field(default=0, description="Only for payouts to vendors.")]
    payout_reference: Annotated[str, Field(default="", description="Only for payouts to persons.")]
    totals: Annotated[PayoutTotals, Field(default=None, description="Only for payouts to vendors.")]


class PayoutEntry(Answer):
    entry_id: str
    kind: Literal["capture", "refund", "reversal", "payout", "payout_return"]
    reference: Annotated[str, Field(description="The sub-order reference, or the payout that the entry is about.")]
    amount: Annotated[int, Field(description="What it adds to the vendor's balance; negative for deductions.")]
    currency: str
    at: Instant
