"""Creates a split: PAY for a list of vendors, run by a state machine (TH-4, TH-5)."""

from collections.abc import Sequence

from tillgate.domain.marketplace.splits import Part, Split, check_parts, new_split
from tillgate.domain.marketplace.vendor_payments import technical_payment
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.identifiers import vendor_key
from tillgate.domain.shared.refusals import AmountExceedsAvailable
from tillgate.runtime.backoff import tries
from tillgate.store.marketplace.splits import SplitExists
from tillgate.store.shared.failures import Contended
from tillgate.store.shared.transactions import LostRace
from tillgate.use_cases.marketplace.pay_vendor import check_vendor
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.use_cases.shared.load_order import TRIES, ConcurrentChange, load
from tillgate.wiring import System

CHECKED_AT_ONCE = 20  # vendors; in a longer list, an unknown vendor is a part that fails


def split_payment(
    system: System,
    merchant_id: str,
    order_key: str,
    *,
    technical_payment_id: str,
    parts: Sequence[Part],
    cancel_all: bool,
    guard: IdempotencyGuard[Split],
) -> Split:
    """Saves the split and reserves its sum; the table's stream starts its state machine.

    The same list again is the same split. Parts that were paid before are neither paid nor reserved again.
    """
    check_parts(parts)
    first_of = {part.vendor_id: number for number, part in reversed(list(enumerate(parts)))}
    for _ in tries(TRIES):
        order = load(system, order_key, merchant_id)
        guard.expect(order)
        for vendor_id, number in first_of.items() if len(first_of) <= CHECKED_AT_ONCE else ():
            check_vendor(system, merchant_id, vendor_id, f"/parts/{number}/vendor_id")
        wanted = new_split(order, technical_payment_id, parts, cancel_all=cancel_all, reserved=0, now=system.now())
        earlier = system.splits.load(order_key, wanted.split_id)
        if earlier is not None:
            guard.nothing_to_do(earlier, None)
            return earlier
        room = technical_payment(order, technical_payment_id).unallotted
        reserved = wanted.amount if wanted.amount <= room else wanted.amount - _paid_before(system, order, parts)
        if reserved > room:
            raise AmountExceedsAvailable(f"only {room} of the technical payment is left", "/parts")
        split = new_split(
            order, technical_payment_id, parts, cancel_all=cancel_all, reserved=reserved, now=system.now()
        )
        try:
            return system.splits.create(order, split, parts, guard.at_once())
        except (LostRace, Contended, SplitExists):
            continue
    raise ConcurrentChange


def _paid_before(system: System, order: Order, parts: Sequence[Part]) -> int:
    """What vendor payments with these references have taken already; read only if the sum does not fit otherwise."""
    amounts = {vendor_key(order.order_key, part.sub_order_reference): part.amount for part in parts}
    keys, paid = list(amounts), 0
    for begin in range(0, len(keys), 100):
        found = system.orders.load_many(keys[begin : begin + 100])
        paid += sum(amounts[one.order_key] for one in found)
    return paid
