"""A split over many vendors, some of whom refuse, killed in the middle and run again, ends as asked (TH-4, TH-5).

CI runs a few vendors; `make many` runs a thousand.
"""

from __future__ import annotations

import os
import time

import pytest

from proofs.summary import note
from tests.flows.client import Merchant, authorized_order, eventually
from tests.flows.inside import Client, Inside
from tests.flows.marketplace.test_split import ended, parts_of, try_split, vendor_payments
from tillgate.domain.marketplace.splits import BATCH
from tillgate.store.orders.orders import Orders
from tillgate.store.orders.vendor_sums import vendors_of
from tillgate.use_cases.marketplace.run_split import resume_split

VENDORS = int(os.environ.get("VENDORS", "60"))
AMOUNT = 10
PATIENCE = 60 + VENDORS  # seconds

pytestmark = [pytest.mark.flow, pytest.mark.timeout(4 * PATIENCE)]


def refusing(policy: str) -> tuple[int, ...]:
    """One in fifty; where one is enough to undo all, it is among the last, so that there is much to undo."""
    return (VENDORS - 2,) if policy == "cancel_all" else (7, *range(58, VENDORS, BATCH))


def made(orders: Orders, order_key: str, wanted: int) -> bool:
    """Whether so many vendor payments have been begun."""
    position, found = None, 0
    while True:
        keys, position = orders.list_keys(vendors_of(order_key), since="0", until="9999~", limit=100, before=position)
        found += len(keys)
        if found >= wanted or position is None:
            return found >= wanted


def killed(aws: Client, execution: str) -> bool:
    """Whether there was such an execution to stop."""
    stepfunctions = aws("stepfunctions")
    try:
        stepfunctions.stop_execution(executionArn=execution, cause="killed by a test")
    except stepfunctions.exceptions.ExecutionDoesNotExist:
        return False
    return True


@pytest.mark.parametrize("kills", [0, 2])
@pytest.mark.parametrize("policy", ["partial", "cancel_all"])
def test_a_split_over_many_vendors_ends_as_asked(
    policy: str, kills: int, merchant: Merchant, inside: Inside, aws: Client, resources: dict[str, str]
) -> None:
    """Killed: its execution is stopped, twice; each time the split begins a new run and finds what is done."""
    if VENDORS <= 100 and not kills:
        pytest.skip("test_split.py shows it for a few")
    order, technical = authorized_order(merchant, amount=VENDORS * AMOUNT, multi_vendor=True)
    refused, began = refusing(policy), time.monotonic()
    split = try_split(merchant, technical, parts_of(merchant, VENDORS, AMOUNT, refusing=refused), policy).expect(202)
    machine = resources["Split"].replace(":stateMachine:", ":execution:")
    for run in range(1, kills + 1):
        eventually(lambda: made(inside.orders, order["order_key"], VENDORS * run // 8), PATIENCE)  # noqa: B023
        eventually(lambda: killed(aws, f"{machine}:{split['split_id']}-{run}"))  # noqa: B023
        resume_split(inside, order["order_key"], split["split_id"])
    done = ended(merchant, split, PATIENCE)
    print(f"{VENDORS} vendors, {policy}, killed {kills} times: {time.monotonic() - began:.0f} s, {done['counts']}")  # noqa: T201

    payments = vendor_payments(merchant, order)
    statuses = sorted({payment["status"] for payment in payments})
    allotted = merchant.read(order)["payments"][0]["allotted"]
    if policy == "partial":
        paid = VENDORS - len(refused)
        assert (done["status"], done["counts"]) == ("PARTIAL", {"SUCCEEDED": paid, "FAILED": len(refused)})
        assert (statuses, len(payments), allotted) == (["AUTHORIZED", "FAILED"], VENDORS, AMOUNT * paid)
    else:
        taken = [payment for payment in payments if payment["status"] == "CANCELLED"]
        assert (done["status"], done["counts"]) == ("CANCELLED", {"FAILED": 1, "CANCELLED": VENDORS - 1})
        assert (statuses, allotted) == (["CANCELLED", "FAILED"], AMOUNT * len(taken))
        assert merchant.read(order)["amounts"]["cancelled"] == AMOUNT * len(taken)
    note("many", vendors=VENDORS)
