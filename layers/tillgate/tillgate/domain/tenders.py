"""Several tenders of one order: who pays how much, and in which sequence they are authorized (IS-6, IS-7, IS-8).

Any number of limited tenders (a gift card: up to its balance) and at most one open tender, which pays the rest. Amounts
are minor units. Nothing is kept: whenever tenders, the amount or costs change, it is worked out anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .errors import Refusal


@dataclass(frozen=True, slots=True)
class Tender:
    """A way to pay that the shopper has named. `balance` None: an open tender. `cost`: what the method itself costs."""

    name: str
    balance: int | None = None
    cost: int = 0

    @property
    def limited(self) -> bool:
        return self.balance is not None


@dataclass(frozen=True, slots=True)
class Share:
    """What a tender pays, the cost of its method included."""

    tender: Tender
    amount: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """`open` is what no tender pays."""

    shares: tuple[Share, ...]
    open: int

    @property
    def total(self) -> int:
        return sum(share.amount for share in self.shares)


def distribute(due: int, tenders: Sequence[Tender]) -> Distribution:
    """Limited tenders pay up to their balance in the order in which they were named, the open one the rest (IS-7).

    A tender that is left with nothing is dropped, and with it the cost of its method. The cost of a method is paid with
    that method: a limited tender whose balance does not exceed its cost pays nothing.
    """
    if sum(1 for tender in tenders if not tender.limited) > 1:
        raise Refusal("an order takes one open tender at most; the others have to be limited, like gift cards")
    if due < 0 or any(tender.cost < 0 or (tender.balance or 0) < 0 for tender in tenders):
        raise Refusal("amounts, balances and costs are not negative")
    left = due
    shares = []
    for tender in limited_first(tenders):
        pays = left if tender.balance is None else max(0, min(left, tender.balance - tender.cost))
        if pays:
            shares.append(Share(tender, pays + tender.cost))
            left -= pays
    named = {id(tender): number for number, tender in enumerate(tenders)}
    return Distribution(tuple(sorted(shares, key=lambda share: named[id(share.tender)])), left)


Strategy = Callable[[Sequence[Tender]], list[Tender]]


def limited_first(tenders: Sequence[Tender]) -> list[Tender]:
    """The default: a gift card is quickly given back if the card is refused after it (IS-8)."""
    return sorted(tenders, key=lambda tender: not tender.limited)


def open_first(tenders: Sequence[Tender]) -> list[Tender]:
    """For gift cards that cannot be given back: they are touched only once the rest is sure."""
    return sorted(tenders, key=lambda tender: tender.limited)


def as_named(tenders: Sequence[Tender]) -> list[Tender]:
    return list(tenders)


SEQUENCES: dict[str, Strategy] = {
    "limited_first": limited_first,
    "open_first": open_first,
    "as_named": as_named,
}


def sequence(tenders: Sequence[Tender], strategy: str = "limited_first") -> list[Tender]:
    """In which sequence tenders are authorized; the strategy is chosen by configuration (IS-8)."""
    if strategy not in SEQUENCES:
        raise Refusal(f"the sequence is one of {', '.join(SEQUENCES)}")
    return SEQUENCES[strategy](tenders)
