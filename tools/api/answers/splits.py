"""Responses about splits."""

from typing import Annotated, Literal

from pydantic import Field

from .common import Answer, Money, Reason


class PartOfSplit(Answer):
    vendor_id: str
    amount: Money
    sub_order_reference: str
    status: str
    reason_code: Reason
    payment_id: str


class Split(Answer):
    split_id: str
    order_key: str
    status: Literal["RUNNING", "SUCCEEDED", "PARTIAL", "CANCELLED", "MANUAL_INTERVENTION_NEEDED"]
    parts: Annotated[
        list[PartOfSplit], Field(default=[], description="Each part's status; only when you read the split.")
    ]
