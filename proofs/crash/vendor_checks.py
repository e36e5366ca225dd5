"""What must hold between an order and its vendors' payments: allotments, sums, splits and the ledger."""

from dataclasses import asdict

from proofs.crash.world import MERCHANT, REFUSING, VENDORS, World
from tillgate.domain.ledger.entries import CLEARING, balances, fee_kept, vendor_account, vendor_of
from tillgate.domain.marketplace.vendor_payments import claim, stands, sums_of
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.identifiers import parent_of
from tillgate.store.ledger.entries import Ledger


def flaws(world: World, order: Order) -> list[str]:
    """The flaws in words; empty if the order has no vendors."""
    if order.terms.vendor_id:
        return _ledger(world, [order])
    if order.kind != "technical":
        return []
    parts = [world.order(key) for key in world.part_keys() if parent_of(key) == order.order_key]
    found = _splits(world, order)
    for payment in order.payments:
        of_it = [part for part in parts if part.share and part.share.technical_payment_id == payment.payment_id]
        found += _sums(payment, of_it)
    return found + _ledger(world, parts)


def _sums(payment: Payment, parts: list[Order]) -> list[str]:
    """Allotments equal the vendors' claims; the order's sums equal those of its vendors."""
    allotted = sum(claim(part) for part in parts)
    found = [] if payment.allotted == allotted else [f"{payment.allotted} is allotted, the vendors have {allotted}"]
    for name, sum_here in asdict(payment.vendors).items():
        theirs = sum(getattr(sums_of(part), name) for part in parts)
        found += [] if sum_here == theirs else [f"vendors' {name} is {sum_here} here, {theirs} there"]
    given_out = sum(map(stands, parts))
    return found + ([] if given_out <= payment.authorized else [f"vendors have {given_out} of {payment.authorized}"])


def _splits(world: World, order: Order) -> list[str]:
    items = world.cloud.tables.items["orders"].items()
    heads = [item for (pk, sk), item in items if pk == order.order_key and sk.startswith("SPLIT#")]
    return [f"split {head['sk']['S']} never ended" for head in heads if head["status"]["S"] == "RUNNING"]


def _ledger(world: World, parts: list[Order]) -> list[str]:
    """Balanced; and each vendor has earned exactly its captures less fees and refunds."""
    ledger = Ledger(world.orders.dynamodb, world.orders.table)
    entries = [entry for vendor in (*VENDORS, REFUSING) for entry in ledger.entries(MERCHANT, vendor, "EUR")]
    stands = balances(entries)
    found = [f"the ledger does not balance: {stands}"] if sum(stands.values()) else []
    moved = sum(payment.captured - payment.refunded for part in parts for payment in part.payments)
    if stands.get((CLEARING, "EUR"), 0) != moved:
        found.append(f"the ledger has {stands.get((CLEARING, 'EUR'), 0)}, {moved} was captured and not refunded")
    for vendor in (*VENDORS, REFUSING):
        payments = [(part, payment) for part in parts if vendor_of(part) == vendor for payment in part.payments]
        earned = sum(p.captured - p.refunded - fee_kept(part, p) for part, p in payments)
        has = -stands.get((vendor_account(vendor), "EUR"), 0)
        found += [] if has == earned else [f"{vendor} has {has} in the ledger, earned {earned}"]
    return found
