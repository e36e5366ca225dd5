"""Responses about splits."""

from typing import Annotated, Literal

from pydantic import Field

from .common import Answer, Instant, Money, Reason


class PartOfSplit(Answer):
    vendor_id: str
    amount: Money
    sub_order_reference: str
    fee: Money
    status: str
    reason_code: Reason
    payment_id: str


class Split(Answer):
    split_id: str
    order_key: str
    status: Literal["RUNNING", "SUCCEEDED", "PARTIAL", "CANCELLED", "MANUAL_INTERVENTION_NEEDED"]
    technical_payment_id: str
    on_failure: Literal["partial", "cancel_all"]
    amount: Money
    part_count: int
    created_at: Instant
    updated_at: Instant
    counts: Annotated[dict[str, int], Field(default={})]
    parts: Annotated[
        list[PartOfSplit], Field(default=[], description="Each part's status; only when you read the split.")
    ]
