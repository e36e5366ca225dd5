"""A part of a split that was reported as unpaid stays so: no run can pay it any more, however it is closed."""

from dataclasses import replace

import pytest

from tests.domain.builders import NOON
from tests.functions.world import ORDER_KEY, World
from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.marketplace.splits import Part, Split, new_split
from tillgate.store.marketplace.vendor_payments import PartClosed
from tillgate.store.shared.documents import leave_defaults, to_json

PARTS = [Part("ven_1", 100, "sub-1"), Part("ven_1", 200, "sub-2")]


@pytest.fixture
def payment_id(world: World) -> str:
    world.psp.can(marketplace="carve")
    return world.paid(multi_vendor=True)


def made(world: World, payment_id: str, *, apart: bool) -> Split:
    order = world.order()
    split = new_split(order, payment_id, PARTS, cancel_all=False, reserved=300, now=NOON)
    return world.system.splits.create(order, replace(split, closes_apart=apart), PARTS, None)


def pays(world: World, split: Split, position: int) -> None:
    events = vendor_payments.pay(
        world.order(),
        technical_payment_id=split.technical_payment_id,
        vendor_id=PARTS[position].vendor_id,
        amount=PARTS[position].amount,
        sub_order_reference=PARTS[position].sub_order_reference,
        fee=0,
        now=NOON,
        split_id=split.split_id,
    )
    world.system.vendor_payments.create_allotted(events, world.system.splits.part_is_open(split, 0, position))


@pytest.mark.parametrize("apart", [True, False], ids=["by an item of its own", "in its batch, as before"])
def test_a_closed_part_is_paid_by_no_run(world: World, payment_id: str, apart: bool) -> None:
    split = made(world, payment_id, apart=apart)
    world.system.splits.close_part(split, 0, 1)
    world.system.splits.close_part(split, 0, 1)  # another run, too
    with pytest.raises(PartClosed):
        pays(world, split, 1)
    pays(world, split, 0)


def test_a_split_of_before_goes_on_as_it_began(world: World, payment_id: str) -> None:
    """Its runs of before look into the batch, so ours do."""
    before = made(world, payment_id, apart=False)
    assert "closes_apart" not in to_json(before, leave_defaults)
    assert world.system.splits.load(ORDER_KEY, before.split_id) == before
