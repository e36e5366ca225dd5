"""Which of several connectors an order is paid through (IS-16, GO-5): an account's routes for one method.

The routes that apply are tried in their order. Where the first of them has a weight, traffic is shared between those
that have one: of 80 and 20, four orders of five begin with the first. The draw is the order's own, so whoever asks
again gets the same answer.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Paying:
    """What is paid. `amount` in minor units; `brand` and `country` None: not known.

    The brand is known of a saved instrument, the country of an order that names an address.
    """

    currency: str
    amount: int
    brand: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class When:
    """Conditions that all have to hold; None is no condition. What is not known meets none. Amounts are inclusive."""

    currencies: tuple[str, ...] | None = None
    brands: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    amount_from: int | None = None
    amount_to: int | None = None

    def holds(self, paying: Paying) -> bool:
        wanted = ((self.currencies, paying.currency), (self.brands, paying.brand), (self.countries, paying.country))
        if not all(values is None or value in values for values, value in wanted):
            return False
        return (self.amount_from or 0) <= paying.amount and (self.amount_to is None or paying.amount <= self.amount_to)


@dataclass(frozen=True, slots=True)
class Route:
    connector: str
    weight: int | None = None
    when: When = field(default_factory=When)


def in_order(routes: Sequence[Route], paying: Paying, draw: str) -> list[str]:
    """The connectors to try, each once. Empty: no route applies. `draw`: the same text draws the same route."""
    applying = [route for route in routes if route.when.holds(paying)]
    weighted = [route for route in applying if route.weight]
    if weighted and applying[0] is weighted[0]:
        first = _drawn(weighted, draw)
        applying = [first, *(route for route in applying if route is not first)]
    return list(dict.fromkeys(route.connector for route in applying))


def _drawn(routes: Sequence[Route], draw: str) -> Route:
    weights = [route.weight or 0 for route in routes]
    at = int.from_bytes(hashlib.sha256(draw.encode()).digest()[:8]) % sum(weights)
    for route, weight in zip(routes, weights, strict=True):
        if at < weight:
            return route
        at -= weight
    raise ValueError("weights are positive")
