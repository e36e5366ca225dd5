"""What must hold for an order together with its vendors (TH-10): violations in words, empty if there are none."""

from proofs.exploration.market import Market, rests
from proofs.exploration.properties import is_void
from tillgate.domain.ledger.entries import entries_of, fee_kept, is_balanced
from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.invariants import broken
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment


def flaws_in(market: Market) -> list[str]:
    """The violated properties."""
    settled = rests(market)
    over = market.order.ended not in (None, OrderStatus.MANUAL_INTERVENTION_NEEDED) and settled
    rules = {
        "the order's invariants": broken(market.order) == [],
        "the vendor payments' invariants": not any(broken(part) for part in market.parts),
        "at rest the sums are the vendors'": not settled or market.sums_are_known,
        "at rest no vendor keeps what goes back, unless an operator is told": not settled
        or not any(_keeps_unseen(part, over=over or part.payments[0].surplus) for part in market.parts),
        "at rest no vendor has what the bank took back": not settled
        or not any(_is_owed(part) for each in market.order.payments if is_void(each) for part in market.parts_of(each)),
        "vendors of an ended order who keep something are on its work list": not over
        or not any(_is_owed(part) for part in market.parts)
        or troubles(market.order) != [],
    }
    divided = [each for each in market.order.payments if each.kind == "technical"]
    found = [words for words, holds in rules.items() if not holds]
    return found + [words for payment in divided for words in _flaws_of(market, payment)]


def _flaws_of(market: Market, payment: Payment) -> list[str]:
    """Ignores what the PSP did without a request and what a bank reversed. If the bank reversed a payment completely,
    vendors are still considered to have been given their earlier parts."""
    parts = market.parts_of(payment)
    approved = payment.authorization.status in (OperationStatus.SUCCEEDED, OperationStatus.REVERSED)
    paid = payment.authorization.amount if approved else 0
    given = sum(map(_given, parts))
    asked = _asked_back(payment) + sum(_asked_back(p) for part in parts for p in part.payments if not p.surplus)
    rules = {
        "allotted is what the vendors claim": payment.allotted == sum(map(vendor_payments.claim, parts)),
        "never more allotted than was paid": 0 <= payment.allotted <= paid,
        "nothing goes to a vendor and back to the shopper": given + _asked_back(payment) <= paid,
        "never more goes back than was paid": asked <= paid,
    }
    return [words for words, holds in rules.items() if not holds]


def _given(part: Order) -> int:
    """The shopper's money that a vendor was given, whatever its outcome; if that failed, the amount that went back.

    Money that arrived after the failure is not counted: it is returned in full.
    """
    payment = part.payments[0]
    if payment.surplus or payment.authorization.status is OperationStatus.FAILED:
        return 0
    return _asked_back(payment) if is_void(payment) else payment.authorization.amount


def _has(part: Order) -> int:
    """What is held for a vendor or captured and kept."""
    payment = part.payments[0]
    held = 0 if payment.confirmed else payment.authorized - payment.captured - payment.cancelled
    taken = payment.authorized if payment.confirmed else payment.captured
    return held + max(0, taken - payment.refunded - payment.disputed)


def _is_owed(part: Order) -> bool:
    """Excludes money that arrived after the part had failed: if it cannot go back, that is recorded with the part."""
    return _has(part) > 0 and not part.payments[0].surplus


def _keeps_unseen(part: Order, *, over: bool) -> bool:
    return over and _has(part) > 0 and not troubles(part) and not part.payments[0].awaits_booking


def _asked_back(payment: Payment) -> int:
    """The amounts cancelled and refunded at our request that were there to be given back."""
    done = [op for op in payment.operations if op.status is OperationStatus.SUCCEEDED]
    ours = [op for op in done if op.requested_by is not Actor.PSP]
    refunded = sum(op.amount for op in ours if op.type is OperationType.REFUND)
    there = refunded if is_void(payment) else min(refunded, payment.taken - payment.vendors.captured)
    return there + sum(op.amount for op in ours if op.type is OperationType.CANCEL)


def flaws_between(before: Market, after: Market) -> list[str]:
    """The ledger has the earnings or debits of a change of a vendor payment, and balances."""
    found = []
    for was, now in zip(before.parts, after.parts, strict=False):
        entries = entries_of(was, now)
        if not all(map(is_balanced, entries)):
            found.append("an entry does not balance")
        if sum(entry.earned for entry in entries) != _earned(now) - _earned(was):
            found.append("the ledger has not what was earned")
    return found


def _earned(part: Order) -> int:
    """Money that arrived too late is not earned: it goes back."""
    payment = part.payments[0]
    disputed = min(payment.disputed, payment.captured)
    return 0 if payment.surplus else payment.captured - payment.refunded - disputed - fee_kept(part, payment)
