"""Several tenders of one order: who pays how much, and in which sequence they are authorized (IS-6, IS-7, IS-8).

Any number of limited tenders (a gift card: up to its balance) and at most one open tender, which pays the rest. The
sequence is the account's setting, a strategy:

limited_first   a gift card is authorized as soon as it is redeemed, the open tender pays what is left. The default
open_first      a redeemed gift card is only *named*, with its balance. The open tender is asked for what the named ones
                do not pay; once that is sure they are authorized. For gift cards that cannot be given back

Amounts are minor units. Nothing is kept but names and balances: whenever tenders or the amount change, it is worked out
anew.
"""

from collections.abc import Sequence
from enum import StrEnum

from tillgate.domain.orders.order import NamedTender, Order


class AuthorizationSequence(StrEnum):
    LIMITED_FIRST = "limited_first"
    OPEN_FIRST = "open_first"


def distribute(due: int, balances: Sequence[int]) -> tuple[list[int], int]:
    """What each limited tender pays, up to its balance in the order in which they were named, and what is left (IS-7).

    The open tender pays what is left.
    """
    shares = []
    for balance in balances:
        shares.append(min(due, balance))
        due -= shares[-1]
    return shares, due


def shares(order: Order) -> list[tuple[NamedTender, int]]:
    """The tenders that were named, with what each is to pay; one that is left with nothing is dropped."""
    paid, _ = distribute(order.open, [tender.balance for tender in order.named])
    return [(tender, share) for tender, share in zip(order.named, paid, strict=True) if share]


def left_for_open(order: Order) -> int:
    """What the open tender is to pay: what is open, less what the named tenders pay."""
    return distribute(order.open, [tender.balance for tender in order.named])[1]


def next_to_authorize(order: Order) -> int | None:
    """What the first of the named tenders is to be authorized for now; None while the open tender comes first."""
    waits = order.in_flight or any(payment.awaits_shopper for payment in order.payments)
    if waits or left_for_open(order) > 0:
        return None
    return next((share for _, share in shares(order)), None)
