"""Several tenders of one order: how much each pays, and in which sequence they are authorized (IS-6, IS-7, IS-8).

Any number of limited tenders (a gift card: up to its balance) and one open tender, which pays the rest; or as many as
the merchant allows (`max_open_tenders`), each for the part that is asked of it. The sequence is the account's setting,
a strategy:

limited_first   a gift card is authorized as soon as it is redeemed, the open tender pays what is left. The default
open_first      a redeemed gift card is only *named*, with its balance. The open tender pays what the named ones do not
                cover; once it is sure, they are authorized. For gift cards that cannot be credited back

Amounts are minor units. Only names and balances are stored: the shares are recalculated whenever tenders or the amount
change.
"""

from collections.abc import Sequence
from enum import StrEnum

from tillgate.domain.orders.order import NamedTender, Order
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.payments.payment import Payment


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
    paid, _ = distribute(unclaimed(order), [tender.balance for tender in order.named])
    return [(tender, share) for tender, share in zip(order.named, paid, strict=True) if share]


def left_for_open(order: Order) -> int:
    """What the next open tender has to pay: what nobody has claimed less the named tenders' part."""
    return distribute(unclaimed(order), [tender.balance for tender in order.named])[1]


def awaited(order: Order) -> int:
    """What payments that await the shopper are still to bring; what has come of a transfer covers already."""
    return sum(payment.amount - payment.received for payment in order.payments if payment.awaits_shopper)


def beside(order: Order, *, limited: bool = False) -> int:
    """What another tender may pay while payments that await the shopper go on; 0 if they have to make way for it.

    Where only one open tender is allowed, they always have to.
    """
    if order.terms.max_open_tenders == 1 or not (limited or more_open_tenders(order)):
        return 0
    return max(0, order.open - awaited(order))


def unclaimed(order: Order, *, limited: bool = False) -> int:
    """What another tender takes if nothing else is said: all that is open if earlier ones make way for it."""
    return beside(order, limited=limited) or order.open


def more_open_tenders(order: Order) -> int:
    """How many more open tenders may pay the order beside those that await the shopper."""
    waiting = [each for each in order.payments if each.awaits_shopper and not each.traits.limited]
    return max(0, _allowed(order) - len({each.payment_id for each in (*open_tenders(order), *waiting)}))


def has_room_for(order: Order, method: str) -> bool:
    """As many open tenders as the order allows, and one more for each raise; any number of limited tenders (IS-6)."""
    return METHODS[method].limited or len(open_tenders(order)) < _allowed(order)


def _allowed(order: Order) -> int:
    most = order.terms.max_open_tenders
    if order.raised is None:
        return most
    earlier = sum(1 for payment in open_tenders(order) if payment.created_at < order.raised.at)
    return max(most, earlier) + 1


def open_tenders(order: Order) -> list[Payment]:
    """Open tenders that cover part of the order or may soon; a transfer that fell short leaves the rest to another."""
    alive = (p for p in order.payments if not p.traits.limited and not p.surplus and not _fell_short(p))
    return [p for p in alive if p.covers or p.status is PaymentStatus.PROCESSING]


def _fell_short(payment: Payment) -> bool:
    """Less arrived than was to be transferred, whether more is awaited or it was withdrawn."""
    return 0 < payment.received < max(payment.amount, payment.authorization.amount)


def next_to_authorize(order: Order) -> int | None:
    """The amount to authorize the first named tender for now; None while the open tender comes first."""
    waits = order.in_flight or any(payment.awaits_shopper for payment in order.payments)
    if waits or left_for_open(order) > 0:
        return None
    return next((share for _, share in shares(order)), None)
