"""Two runs of the same split beside each other: what one has told as not paid, the other does not pay (TH-4, TH-5)."""

from dataclasses import replace

import pytest

from tests.functions.world import ORDER_KEY, PAYMENT_ID, World
from tillgate.domain.marketplace.splits import Part, PartState, Split, SplitStatus
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.why import why
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.shared.identifiers import vendor_key
from tillgate.use_cases.marketplace import run_split
from tillgate.use_cases.marketplace.pay_vendor import pay_vendor
from tillgate.use_cases.marketplace.split_payment import split_payment
from tillgate.use_cases.marketplace.vendor_sums import take_over_sums
from tillgate.use_cases.shared.idempotency import IdempotencyGuard

PARTS = [Part("ven_1", 1000, "s-1"), Part("ven_2", 2000, "s-2")]


@pytest.fixture
def market(world: World) -> World:
    world.psp.can(marketplace="carve")
    world.paid(multi_vendor=True)
    for vendor_id in ("ven_1", "ven_2"):
        world.has(vendor(vendor_id))
    return world


def vendor(vendor_id: str, *, suspended: bool = False) -> Vendor:
    return Vendor(vendor_id, "mer_1", vendor_id, psp_account=vendor_id, suspended=suspended)


def suspend(world: World, vendor_id: str, *, suspended: bool) -> None:
    world.has(vendor(vendor_id, suspended=suspended))
    del world.system.merchants  # a process keeps a vendor for a minute; this is another process


def made(world: World, *, cancel_all: bool) -> Split:
    return split_payment(
        world.system,
        "mer_1",
        ORDER_KEY,
        technical_payment_id=PAYMENT_ID,
        parts=PARTS,
        cancel_all=cancel_all,
        guard=IdempotencyGuard(None, world.system.keys, lambda *_: (200, "")),
    )


def allotted(world: World) -> int:
    return world.order().payments[0].allotted


def vendor_payment(world: World, reference: str) -> Order | None:
    return world.system.orders.load(vendor_key(ORDER_KEY, reference))


def states(world: World, split: Split) -> list[PartState]:
    return [result.state for result in world.system.splits.batch(split, 0)[1]]


def slow_run(world: World, split: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that has read the split before the other one ended it, and had seen no result of its batch."""
    parts, _ = world.system.splits.batch(split, 0)
    with monkeypatch.context() as patch:
        patch.setattr(run_split, "load_split", lambda *_: split)
        patch.setattr(world.system.splits, "batch", lambda *_: (parts, []))
        run_split.run_batch(world.system, ORDER_KEY, split.split_id, 0)


def test_a_part_that_was_told_as_cancelled_is_not_paid_by_a_slower_run(
    market: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    split = made(market, cancel_all=True)
    assert allotted(market) == 3000
    market.system.splits.save(split, replace(split, undoing=True))
    run_split.run_batch(market.system, ORDER_KEY, split.split_id, 0)
    assert states(market, split) == [PartState.CANCELLED, PartState.CANCELLED]
    ended, again, _ = run_split.settle(market.system, ORDER_KEY, split.split_id)
    assert (ended.status, again, allotted(market)) == (SplitStatus.CANCELLED, [], 0)

    slow_run(market, split, monkeypatch)
    assert (vendor_payment(market, "s-1"), vendor_payment(market, "s-2")) == (None, None)
    assert allotted(market) == 0
    assert [request.id for request in market.psp.requests] == [PAYMENT_ID]


@pytest.mark.parametrize("began", [True, False], ids=["one was paid", "none was paid"])
def test_after_a_split_that_cancelled_all_the_order_is_not_safe_until_a_vendor_is_paid(
    market: World, began: bool
) -> None:
    """TH-5, CM-8: the money is held still, but what was to be shipped for it is not sure."""
    assert market.order().safe is not None
    split = made(market, cancel_all=True)
    suspend(market, "ven_2" if began else "ven_1", suspended=True)
    run_split.run_batch(market.system, ORDER_KEY, split.split_id, 0)
    take_over_sums(market.system, ORDER_KEY, cause="stream")
    assert market.order().safe is not None
    for _ in range(2):
        run_split.settle(market.system, ORDER_KEY, split.split_id)
        run_split.run_batch(market.system, ORDER_KEY, split.split_id, 0)
    ended, _, _ = run_split.settle(market.system, ORDER_KEY, split.split_id)
    assert (ended.status, (vendor_payment(market, "s-1") is not None)) == (SplitStatus.CANCELLED, began)
    take_over_sums(market.system, ORDER_KEY, cause="stream")
    order = market.order()
    assert (order.status, order.safe, order.due > 0) == ("AUTHORIZED", None, True)
    assert "a split of it was cancelled" in why(order)[-1]
    suspend(market, "ven_1", suspended=False)
    pays(market, "s-3")
    take_over_sums(market.system, ORDER_KEY, cause="stream")
    assert market.order().safe is not None


def pays(world: World, reference: str, fee: int = 0) -> None:
    """PAY of 10.00 to the first vendor."""
    pay_vendor(
        world.system,
        "mer_1",
        ORDER_KEY,
        technical_payment_id=PAYMENT_ID,
        vendor_id="ven_1",
        amount=1000,
        sub_order_reference=reference,
        fee=fee,
        guard=IdempotencyGuard(None, world.system.keys, lambda *_: (200, "")),
    )


def test_a_part_that_was_told_as_failed_is_not_paid_by_a_slower_run(
    market: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    split = made(market, cancel_all=False)
    suspend(market, "ven_2", suspended=True)
    market.psp.says(OperationStatus.SUCCEEDED)
    run_split.run_batch(market.system, ORDER_KEY, split.split_id, 0)
    assert states(market, split) == [PartState.SUCCEEDED, PartState.FAILED]
    ended, _, _ = run_split.settle(market.system, ORDER_KEY, split.split_id)
    assert (ended.status, allotted(market)) == (SplitStatus.PARTIAL, 1000)

    suspend(market, "ven_2", suspended=False)
    slow_run(market, split, monkeypatch)
    assert vendor_payment(market, "s-2") is None
    assert allotted(market) == 1000


@pytest.mark.parametrize(("fee", "state"), [(0, PartState.SUCCEEDED), (5, PartState.FAILED)])
def test_a_part_that_was_paid_before_counts_where_it_is_the_same(market: World, fee: int, state: PartState) -> None:
    """Another fee is another PAY: the part has failed, and what was paid before stays as it is."""
    market.psp.says(OperationStatus.SUCCEEDED)
    market.psp.says(OperationStatus.SUCCEEDED)
    pays(market, "s-1", fee)
    split = made(market, cancel_all=False)
    run_split.run_batch(market.system, ORDER_KEY, split.split_id, 0)
    run_split.settle(market.system, ORDER_KEY, split.split_id)
    assert states(market, split) == [state, PartState.SUCCEEDED]
    assert allotted(market) == 3000
