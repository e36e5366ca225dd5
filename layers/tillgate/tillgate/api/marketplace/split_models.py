"""The body of a split: its parts, or a rule that derives them (TH-4)."""

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from tillgate.api.http.fields import LINE_SCHEMA, MOST, ONE_LINE, Amount, Body, Reference, Text, Whole
from tillgate.domain.marketplace import split_rules
from tillgate.domain.marketplace.splits import Part

_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")
PERCENT = {"type": "string", "pattern": f"^{_PERCENT.pattern}$", "examples": ["12.5"]}


def _percent(value: object) -> object:
    """As text, since binary fractions are inexact: 12.5 percent is "12.5"."""
    if not isinstance(value, str) or not _PERCENT.fullmatch(value):
        raise ValueError('must be a string such as "12.5", with at most six decimals')
    return Decimal(value)


Percent = Annotated[
    Decimal, BeforeValidator(_percent), Field(ge=0, le=100, decimal_places=6, json_schema_extra=PERCENT)
]


class SplitPart(Body):
    """One vendor's part of a split, and the agreed commission."""

    vendor_id: Text
    amount: Amount
    sub_order_reference: Reference
    fee: Annotated[Whole, Field(ge=0, le=MOST)] = 0


class RuleShare(Body):
    """A vendor's percentage of the amount, and the commission as a percentage of that part."""

    vendor_id: Text
    percent: Percent
    commission: Percent = Decimal(0)


class RuleItem(Body):
    """A line of the order: its vendor, its price, and the commission as a percentage."""

    vendor_id: Text
    amount: Annotated[Whole, Field(ge=0, le=MOST)]
    commission: Percent = Decimal(0)


class SplitRule(Body):
    """Divides `amount` exactly: by `shares` that add up to 100 percent, or in proportion to `items`.

    Each vendor gets one part; its sub-order reference is `sub_order_prefix`, a hyphen and the vendor's id.
    """

    amount: Amount
    sub_order_prefix: Annotated[str, StringConstraints(min_length=1, max_length=60), ONE_LINE, LINE_SCHEMA]
    shares: Annotated[list[RuleShare], Field(min_length=1, max_length=1000)] | None = None
    items: Annotated[list[RuleItem], Field(min_length=1, max_length=10_000)] | None = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> "SplitRule":
        if (self.shares is None) == (self.items is None):
            raise ValueError("must have either shares or items")
        return self

    def parts(self) -> list[Part]:
        """Raises `Refusal` for shares that do not add up to 100 percent, or items that cost nothing."""
        if self.shares is not None:
            made = split_rules.by_percent(
                self.amount, [split_rules.Share(one.vendor_id, one.percent, one.commission) for one in self.shares]
            )
        else:
            items = [split_rules.Item(one.vendor_id, one.amount, one.commission) for one in self.items or ()]
            made = split_rules.by_items(self.amount, items)
        return [Part(one.vendor_id, one.amount, f"{self.sub_order_prefix}-{one.vendor_id}", one.fee) for one in made]


class SplitPayment(Body):
    """PAY for many vendors at once. `on_failure`: what succeeded stays, or all of it is cancelled (TH-5)."""

    technical_payment_id: Text
    parts: Annotated[list[SplitPart], Field(min_length=1, max_length=10_000)] | None = None
    rule: SplitRule | None = None
    on_failure: Literal["partial", "cancel_all"] = "partial"

    @model_validator(mode="after")
    def _one_of_the_two(self) -> "SplitPayment":
        if (self.parts is None) == (self.rule is None):
            raise ValueError("must have either parts or a rule")
        return self

    def pointer_of(self, of_parts: str) -> str:
        """The pointer to report for parts that a rule derived, which are not in the body."""
        if self.rule is None:
            return of_parts
        return "/rule/amount" if of_parts == "/parts" else "/rule/shares" if self.rule.shares else "/rule/items"

    def wanted(self) -> list[Part]:
        """The parts, as given or as the rule derives them. Raises `Refusal`."""
        if self.rule is not None:
            return self.rule.parts()
        return [Part(one.vendor_id, one.amount, one.sub_order_reference, one.fee) for one in self.parts or ()]
