"""Rules that divide an amount among vendors: percentages, items with commission (TH-4).

Amounts are integers in minor units, so zero-, two- and three-decimal currencies are the same to these rules. Rounding
is by largest remainder: each part is its exact share rounded down or up, and the parts add up to the amount to the
minor unit. Equal remainders go to the earlier part, so the same order is always divided the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tillgate.domain.shared.refusals import Refusal

WHOLE = Fraction(100)  # percent


@dataclass(frozen=True, slots=True)
class Part:
    """What one vendor gets. `fee` is the commission that is withheld at capture."""

    vendor_id: str
    amount: int
    fee: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """A vendor's percentage of the whole, and the commission in percent of the vendor's part."""

    vendor_id: str
    percent: Decimal
    commission: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the order: its vendor, its price, the commission in percent."""

    vendor_id: str
    amount: int
    commission: Decimal = Decimal(0)


def largest_remainder(total: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Divides `total` in proportion to `weights`. Raises `Refusal` for negative weights or none above zero."""
    whole = sum(weights, Fraction(0))
    if total < 0 or any(weight < 0 for weight in weights) or whole == 0:
        raise Refusal("shares must not be negative, and one of them must be above zero")
    exact = [total * Fraction(weight) / whole for weight in weights]
    parts = [int(share) for share in exact]  # rounds down: shares are not negative
    by_remainder = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts


def by_percent(total: int, shares: Sequence[Share]) -> list[Part]:
    """The percentages must add up to 100; the parts add up to `total`. A vendor whose part is zero is left out."""
    if len({share.vendor_id for share in shares}) < len(shares):
        raise Refusal("each vendor must have exactly one share", "/rule/shares")
    percents = [_percent(share.percent) for share in shares]
    if sum(percents, Fraction(0)) != WHOLE:
        raise Refusal("the percentages must add up to 100", "/rule/shares")
    amounts = largest_remainder(total, percents)
    return [
        Part(share.vendor_id, amount, commission(amount, share.commission))
        for share, amount in zip(shares, amounts, strict=True)
        if amount
    ]


def by_items(total: int, items: Sequence[Item]) -> list[Part]:
    """One part per vendor, in the order of their first items: the items' amounts and the commission on each.

    If the items cost more or less than `total` (a discount, postage), they share the difference in proportion. A
    vendor's commission is rounded once, over all its items.
    """
    if not items or any(item.amount < 0 for item in items):
        raise Refusal("there must be at least one item, and none may cost less than zero", "/rule/items")
    if not any(item.amount for item in items):
        raise Refusal("at least one item must cost more than zero", "/rule/items")
    amounts = largest_remainder(total, [item.amount for item in items])
    mine: dict[str, list[tuple[int, Fraction]]] = {}
    for item, amount in zip(items, amounts, strict=True):
        mine.setdefault(item.vendor_id, []).append((amount, _percent(item.commission)))
    parts = []
    for vendor_id, lines in mine.items():
        amount = sum(paid for paid, _ in lines)
        fee = _half_up(sum((paid * rate / WHOLE for paid, rate in lines), Fraction(0)))
        if amount:
            parts.append(Part(vendor_id, amount, min(fee, amount)))
    return parts


def commission(amount: int, percent: Decimal) -> int:
    """The commission on an amount, to the nearest minor unit; a half is rounded up."""
    return _half_up(amount * _percent(percent) / WHOLE)


def of_fee(agreed: int, taken: int, whole: int, captured: int, *, last: bool) -> int:
    """The part of an agreed fee that a capture keeps: in proportion, rounded down; the last capture keeps the rest.

    `captured`: what this capture takes of `whole`. `taken`: the fee that earlier captures kept.
    """
    left = min(agreed - taken, captured)
    return max(0, left if last else min(left, agreed * captured // whole))


def _percent(percent: Decimal) -> Fraction:
    if not percent.is_finite() or not 0 <= percent <= 100:
        raise Refusal("a percentage must be from 0 to 100")
    return Fraction(percent)


def _half_up(exact: Fraction) -> int:
    return int(exact + Fraction(1, 2))
