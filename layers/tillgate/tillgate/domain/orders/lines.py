"""The lines of an order: products, and what comes on top or off: discounts, shipping, taxes, fees.

A line's `amount` is its whole, in minor units, and may be negative. Where every line has one, they add up to the
order's amount.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tillgate.domain.shared.refusals import Refusal

type Lines = Sequence[Mapping[str, Any]]


def total(lines: Lines) -> int | None:
    """What they add up to; None if there are none, or one has no amount."""
    amounts = [line.get("amount") for line in lines]
    return sum(amounts) if amounts and None not in amounts else None  # type: ignore[arg-type]


def check_lines(lines: Lines, amount: int) -> None:
    """Raises `Refusal` with the difference if the lines add up to something else."""
    whole = total(lines)
    if whole is not None and whole != amount:
        difference = f"{abs(whole - amount)} {'more' if whole > amount else 'less'} than the order's amount {amount}"
        raise Refusal(f"the lines add up to {whole}, {difference}", "/items")


def quantity_text(line: Mapping[str, Any], locale: str) -> str:
    """The quantity as the shopper reads it, `2` or `1,5 m`; empty for one of something."""
    quantity, unit = line.get("quantity", 1), line.get("unit")
    if quantity == 1 and not unit:
        return ""
    from tillgate.domain.shared.localized_amounts import style_of  # orders are created without it

    number = f"{quantity:f}".rstrip("0").rstrip(".") if isinstance(quantity, float) else str(quantity)
    return f"{number.replace('.', style_of(locale).point)} {unit or ''}".rstrip()
