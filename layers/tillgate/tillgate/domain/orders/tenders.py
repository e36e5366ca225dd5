"""Several tenders of one order: how much each pays, and in which sequence they are authorized (IS-6, IS-7, IS-8).

Any number of limited tenders (a gift card: up to its balance) and at most one open tender, which pays the rest. The
sequence is the account's setting, a strategy:

limited_first   a gift card is authorized as soon as it is redeemed, the open tender pays what is left. The default
open_first      a redeemed gift card is only *named*, with its balance. The open tender pays what the named ones do not
                cover; once it is sure, they are authorized. For gift cards that cannot be credited back

Amounts are minor units. Only names and balances are stored: the shares are recalculated whenever tenders or the amount
change.
"""

from collections.abc import Sequence
from enum import StrEnum

from tillgate.domain.orders.order import NamedTender, Order


class AuthorizationSequence(StrEnum):
    LIMITED_FIRST = "limited_first"
    OPEN_FIRST = "open_first"


def distribute(due: int, balances: Sequence[int]) -> tuple[list[int], int]:
    """What each limited tender pays, up to its balance, in the order in which they were named (IS-7).

    The second value is the rest, which the open tender pays.
    """
    shares = []
    for balance in balances:
        shares.append(min(due, balance))
        due -= shares[-1]
    return shares, due


def shares(order: Order) -> list[tuple[NamedTender, int]]:
    """The named tenders with the amount that each has to pay; tenders with nothing to pay are left out."""
    paid, _ = distribute(order.open, [tender.balance for tender in order.named])
    return [(tender, share) for tender, share in zip(order.named, paid, strict=True) if share]


def left_for_open(order: Order) -> int:
    """What the open tender has to pay: the open amount less the named tenders' part."""
    return distribute(order.open, [tender.balance for tender in order.named])[1]


def next_to_authorize(order: Order) -> int | None:
    """The amount to authorize the first named tender for now; None while the open tender comes first."""
    waits = order.in_flight or any(payment.awaits_shopper for payment in order.payments)
    if waits or left_for_open(order) > 0:
        return None
    return next((share for _, share in shares(order)), None)
