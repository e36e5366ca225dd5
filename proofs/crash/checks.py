"""What must hold once everything is at rest, wherever processes died on the way."""

from collections.abc import Iterator
from typing import Any

from proofs.crash import vendor_checks
from proofs.crash.cloud import Message
from proofs.crash.world import World
from tillgate.domain.orders.deadlines import checks_due
from tillgate.domain.orders.evolve import replay
from tillgate.domain.orders.invariants import broken
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.why import why
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.identifiers import parent_of
from tillgate.store.orders.vendor_sums import without_allotments
from tillgate.store.shared.keys import VENDOR_SUMS

NAMES = ("authorized", "captured", "cancelled", "refunded")


def flaws(world: World) -> list[str]:
    """The flaws in words; empty if all is well."""
    at_psp = world.psp_payments()
    found: list[str] = []
    for order_key in world.order_keys():
        order = world.order(order_key)
        found += broken(order)
        found += _history(world, order)
        found += _at_rest(world, order)
        found += _told(world, order)
        found += _explained(order)
        found += _charged(order, at_psp)
        found += vendor_checks.flaws(world, order)
        for payment in order.payments:
            if payment.connector != "offline":  # which has nobody who could tell otherwise
                found += _same_amounts(payment, at_psp.pop(payment.payment_id, None))
    for key in world.part_keys():
        found += _of_part(world, world.order(key), at_psp)
    found += [f"the PSP has {reference}, nobody here asked for it" for reference in at_psp]
    found += _instruments(world)
    found += [f"{pk} {sk} was never announced" for pk, sk in _waiting(world, "ANNOUNCE#")]
    found += [f"{pk} {sk} was never taken over" for pk, sk in _waiting(world, "DUE#") if sk.startswith(VENDOR_SUMS)]
    found += [f"{queue} holds {len(left)} messages" for queue, left in _left(world) if left]
    return found


def _instruments(world: World) -> list[str]:
    """We and the PSP store the same instruments, and nothing is left to settle."""
    ours, theirs = world.instruments(), world.psp_cards()
    found = [f"{token} is {status}" for token, status in ours.items() if status != "ACTIVE"]
    left = [pk for pk, sk in world.cloud.tables.items.get("orders", {}) if sk == "SETTLING"]
    found += [f"{pk} is not settled" for pk in left]
    return found + ([] if sorted(ours) == sorted(theirs) else [f"{sorted(ours)} here, {theirs} at the PSP"])


def _of_part(world: World, part: Order, at_psp: dict[str, Any]) -> list[str]:
    """A vendor payment is an order of its own without notifications. Once a PSP has reported that the bank reversed a
    technical payment, it reports nothing more about its vendors."""
    found = [*broken(part), *_history(world, part), *_at_rest(world, part)]
    carved_from = (
        world.order(parent_of(part.order_key)).payment(part.share.technical_payment_id) if part.share else None
    )
    for payment in part.payments:
        theirs = at_psp.pop(payment.payment_id, None)
        found += [] if carved_from and carved_from.is_gone else _same_amounts(payment, theirs)
    return found


def _left(world: World) -> Iterator[tuple[str, list[Message]]]:
    """The queues with what lies in them. What is delayed on purpose has not come yet."""
    for queue, messages in world.cloud.queues.items():
        yield queue, [each for each in messages if each.visible_at <= world.now or each.receives]


def _waiting(world: World, shard: str) -> list[tuple[str, str]]:
    """The items in a shard of index `due`."""
    items = world.cloud.tables.items.get("orders", {}).items()
    return [key for key, item in items if item.get("due_shard", {"S": ""})["S"].startswith(shard)]


def _history(world: World, order: Order) -> list[str]:
    changes = list(world.orders.history(order.order_key))
    versions = [change.version for change in changes]
    found = [] if versions == list(range(1, order.version + 1)) else [f"history has the versions {versions}"]
    replayed = replay(event for change in changes for event in change.events)
    names = [name for name in Order.__slots__ if name not in ("version", "customer", "waiting")]  # which no event has
    stored = without_allotments(order)
    differs = [name for name in names if getattr(replayed, name) != getattr(stored, name)]
    return found + [f"replay differs in {name}" for name in differs]


def _at_rest(world: World, order: Order) -> list[str]:
    """A refund that waits for an operator's transfer is at rest, and so is an order that ends with it."""
    unfinished = [op for payment in order.payments for op in payment.operations if op.status.at_psp]
    pending = [op.operation_id for op in unfinished if not op.waits_for_person]
    found = [f"{operation_id} is still at the PSP" for operation_id in pending]
    found += ["a check is overdue"] if checks_due(order, world.now) else []
    found += ["the order never ended"] if order.ending and not unfinished else []
    held = [payment.payment_id for payment in order.payments if payment.surplus and payment.authorized]
    gone = all((p.held == 0 and p.captured == p.refunded) or _is_an_operators(p) for p in order.payments if p.surplus)
    return found + ([] if gone else [f"{held} hold money that is not wanted"])


def _is_an_operators(payment: Payment) -> bool:
    return any(operation.waits_for_person for operation in payment.operations)


def _explained(order: Order) -> list[str]:
    says_safe = why(order)[-1].startswith("It is considered safe")
    return [] if says_safe == (order.safe is not None) else ["`why` does not agree with considered_safe"]


def _told(world: World, order: Order) -> list[str]:
    announced = int(world.cloud.tables.items["orders"][order.order_key, "ORDER"]["announced"]["N"])
    told = [version for reference, version in world.inbox if reference == order.order_reference]
    return [] if max(told, default=0) >= announced else [f"the merchant was told of {told}, not of {announced}"]


def _charged(order: Order, at_psp: dict[str, Any]) -> list[str]:
    amounts = [at_psp[p.payment_id].amounts for p in order.payments if p.payment_id in at_psp]
    keeps = sum(each.authorized - each.cancelled - each.refunded for each in amounts)
    return [] if keeps <= order.amount else [f"the shopper is charged {keeps} for {order.amount}"]


def _same_amounts(payment: Payment, theirs: Any) -> list[str]:
    ours = [getattr(payment, name) - getattr(payment.vendors, name) for name in NAMES]  # vendors' are theirs
    ours[0] = payment.authorized
    known = [getattr(theirs.amounts, name) for name in NAMES] if theirs else [0, 0, 0, 0]
    done = theirs.operations if theirs else ()
    keys = [operation.key for operation in done if operation.key]
    wrong = [f"{key} was done twice" for key in set(keys) if keys.count(key) > 1]
    taken_over = [operation.psp_reference for operation in payment.operations]
    wrong += [f"{each.id} is not known here" for each in done if not each.key and taken_over.count(each.id) != 1]
    return wrong + ([] if ours == known else [f"{payment.payment_id}: {ours} here, {known} at the PSP"])
