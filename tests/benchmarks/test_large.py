"""Large orders and large splits cost what their size makes necessary, and no more."""

from datetime import timedelta
from typing import Any

import pytest

from benchmarks.bill.metering import MeteredWorld, metered
from proofs.crash.vendor_scenarios import split
from proofs.crash.world import VENDORS

ONE_SECOND = timedelta(seconds=1)
KEYS = "5f0c9c0e-33f5-4c7a-8a55-0e6fdc1d"
# 2 KB that hardly shrink, and 2 KB of what people write.
CODES = {f"code {number}": f"{number * 7919 % 10**9:09d}" * 10 for number in range(20)}
NOTES = {"note": "Please deliver between nine and twelve, ring twice and leave it with the neighbour. " * 25}


def created(world: MeteredWorld, **more: Any) -> str:
    body = {"order_reference": world.reference, "amount": 100_000, "currency": "EUR"} | more
    status, order = world.api("create_order", body, key=f"{KEYS}0000")
    assert status == 201, order
    return str(order["order_key"])


def started(world: MeteredWorld, order_key: str, number: int, **more: Any) -> str:
    body = {"method": "gift_card", "instrument": {"token": "gc_1000"}, "amount": 1000} | more
    status, payment = world.api("start_payment", body, key=f"{KEYS}{number:04d}", order_key=order_key)
    assert status == 201, payment
    world.pass_time(ONE_SECOND)
    return str(payment["payment_id"])


@pytest.mark.parametrize(("payments", "most"), [(10, 18), (50, 28)])
def test_a_call_on_an_order_with_many_payments(payments: int, most: int) -> None:
    """Every call writes the whole order: packed, it grows by a unit every ten payments."""
    with metered() as world:
        order_key = created(world)
        for number in range(1, payments):
            started(world, order_key, number)
        world.work()
        world.meter.runs = True
        payment_id = started(world, order_key, payments)
        assert world.meter.counts["write units of start_payment"] <= most
        world.work()
        key = f"{KEYS}9999"
        status, _ = world.api("capture_payment", {"amount": 500}, key=key, order_key=order_key, payment_id=payment_id)
        assert status == 200
        assert world.meter.counts["write units of capture_payment"] <= most + 1


@pytest.mark.parametrize(("metadata", "most"), [(NOTES, 8), (CODES, 12)], ids=["notes", "codes"])
def test_an_order_with_two_kilobytes_of_metadata(metadata: dict[str, str], most: int) -> None:
    with metered() as world:
        world.meter.runs = True
        created(world, metadata=metadata)
        assert world.meter.counts["write units of create_order"] <= most


def test_a_split_costs_at_most_sixteen_units_a_vendor() -> None:
    """PAY, its outcome, and its part in the vendors' sums: of fifty vendors, with what the split itself takes."""
    with metered() as world:
        order_key = created(world, multi_vendor=True)
        card = {"method": "card", "instrument": {"token": "tok_visa"}, "amount": 100_000}
        started(world, order_key, 1, **card)
        world.work()
        world.meter.runs = True
        vendors = [VENDORS[number % 3] for number in range(50)]
        assert split("partial", *vendors)(world, order_key)[0] < 300
        world.settle()
        assert world.meter.counts["write units"] / len(vendors) <= 16
