"""What vendors' payments could not give back: retried by a redrive of the execution or by an operator (TH-5, IS-9)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.functions.world import ORDER_KEY, PAYMENT_ID, World, invoke, sample
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.shared.identifiers import vendor_key
from tillgate.use_cases.marketplace import run_split

S = OperationStatus
REFERENCES = ("a", "b", "c")


@pytest.fixture
def market(world: World) -> World:
    """An order of three vendors that is authorized."""
    world.psp.can(marketplace="carve")
    world.has(Vendor("ven_1", "mer_1", "Theatre", "acct_theatre"))
    world.paid(multi_vendor=True)
    return world


def split(world: World) -> str:
    """One of which the first two parts are paid and the third is refused; all are to be cancelled."""
    parts = [{"vendor_id": "ven_1", "amount": 1000, "sub_order_reference": reference} for reference in REFERENCES]
    body = {"technical_payment_id": PAYMENT_ID, "parts": parts, "on_failure": "cancel_all"}
    path = {"order_key": ORDER_KEY}
    answer = world.call("start_payment", body, function="split_payment", path=path)
    assert answer.status == 202, answer.text
    return str(answer.json["split_id"])


def batch(split_id: str) -> None:
    invoke("run_split_batch", {"order_key": ORDER_KEY, "split_id": split_id, "batch": 0})


def settle(split_id: str, redriven_at: str = "") -> dict[str, Any]:
    return invoke("settle_split", {"order_key": ORDER_KEY, "split_id": split_id, "redriven_at": redriven_at})


def stuck(world: World) -> str:
    """A split whose first part could not be cancelled."""
    split_id = split(world)
    world.psp.says(S.SUCCEEDED, S.SUCCEEDED, S.FAILED)
    batch(split_id)
    world.psp.says(S.FAILED, S.SUCCEEDED)
    assert settle(split_id)["batches"] == [0]
    batch(split_id)
    assert settle(split_id)["stuck"]
    return split_id


def status(world: World, split_id: str) -> tuple[str, dict[str, int]]:
    path = {"order_key": ORDER_KEY, "split_id": split_id}
    view = world.call("get_order", function="get_split", path=path).json
    return view["status"], view["counts"]


def cancels(world: World) -> int:
    return sum(what == "cancel" for what, _, _ in world.psp.calls)


def later(world: World) -> str:
    """When somebody redrives, an hour later; a second before now."""
    world.passes(timedelta(hours=1))
    redriven_at: str = world.system.time.isoformat()
    world.passes(timedelta(seconds=1))
    return redriven_at


def test_a_redriven_split_undoes_what_it_could_not(market: World) -> None:
    split_id = stuck(market)
    assert status(market, split_id)[0] == "MANUAL_INTERVENTION_NEEDED"
    batch(split_id)
    assert settle(split_id)["stuck"]
    assert cancels(market) == 2, "nothing is tried again by itself"
    redriven_at = later(market)
    assert settle(split_id, redriven_at)["batches"] == [0]
    for _ in range(2):
        batch(split_id)
    assert settle(split_id, redriven_at)["status"] == "CANCELLED"
    assert cancels(market) == 3
    assert status(market, split_id) == ("CANCELLED", {"CANCELLED": 2, "FAILED": 1})
    assert market.order().payments[0].allotted == 2000, "what was not needed went back once"


def test_refused_again_the_execution_fails_again(market: World) -> None:
    split_id = stuck(market)
    redriven_at = later(market)
    settle(split_id, redriven_at)
    market.psp.says(S.FAILED)
    for _ in range(2):
        batch(split_id)
        assert settle(split_id, redriven_at)["stuck"]
    assert cancels(market) == 3


def test_an_operator_retries_a_split_with_a_name_and_a_reason(market: World) -> None:
    split_id = stuck(market)
    later(market)
    call = sample("admin_resolve_split") | {"order_key": ORDER_KEY, "split_id": split_id}
    assert "pass who" in invoke("admin", call | {"by": ""})["error"]
    assert invoke("admin", call)["status"] == "RUNNING"
    assert "is RUNNING" in invoke("admin", call)["error"]
    head = market.item(ORDER_KEY, f"SPLIT#{split_id}")
    assert head
    assert head["run"] == {"N": "2"}, "the stream starts another execution"
    assert '"by":"Ada"' in head["split"]["S"]
    batch(split_id)
    assert settle(split_id)["status"] == "CANCELLED"


def test_what_a_call_has_no_time_to_give_back_follows_by_itself(market: World) -> None:
    """TH-5: the call's two seconds are over before the last vendor; the sweep finds the others and asks none twice."""
    batch(split(market))
    market.system.slowness = 0.6
    answer = market.call("cancel_order")
    assert (answer.status, answer.json["status"]) == (202, "AUTHORIZED")
    begun = cancels(market)
    assert 1 < begun < 1 + len(REFERENCES), "what no vendor has, and some vendors"
    market.system.slowness = 0.0
    market.passes(timedelta(minutes=10))
    invoke("sweep_due", {})
    assert market.order().status == "CANCELLED"
    assert cancels(market) == 1 + len(REFERENCES)


def test_a_batch_that_is_out_of_time_leaves_parts_to_the_next_round(
    market: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TH-4: each is paid once, however many rounds it takes."""
    split_id = split(market)
    monkeypatch.setattr(run_split, "BATCH_SECONDS", 1.6)
    market.system.slowness = 0.5  # time for one part, and for a look at those that are done
    for paid in range(1, len(REFERENCES) + 1):
        batch(split_id)
        assert status(market, split_id)[1].get("SUCCEEDED") == paid
        assert settle(split_id)["batches"] == ([] if paid == len(REFERENCES) else [0])
    assert status(market, split_id)[0] == "SUCCEEDED"
    assert sum(what == "authorize" for what, _, _ in market.psp.calls) == 1 + len(REFERENCES)


def test_an_order_whose_vendors_could_not_give_back_is_tried_again_with_them(market: World) -> None:
    """IS-9: the vendors first, then the order's own ending."""
    split_id = split(market)
    batch(split_id)
    assert settle(split_id)["status"] == "SUCCEEDED"
    market.psp.says(S.SUCCEEDED, S.FAILED)  # what no vendor has is released, the last vendor's is not
    assert market.call("cancel_order").json["status"] == "MANUAL_INTERVENTION_NEEDED"
    assert invoke("unwind_order", sample("unwind_order"))["stuck"]
    before = cancels(market)
    market.psp.says(S.FAILED)
    redriven_at = later(market)
    for _ in range(2):
        assert invoke("unwind_order", sample("unwind_order") | {"redriven_at": redriven_at})["stuck"]
    assert cancels(market) == before + 1
    redriven_at = later(market)
    assert invoke("unwind_order", sample("unwind_order") | {"redriven_at": redriven_at})["status"] == "CANCELLED"
    assert cancels(market) == before + 2
    keys = [vendor_key(ORDER_KEY, reference) for reference in REFERENCES]
    assert {str(market.order(key).status) for key in keys} == {"CANCELLED"}
    payment = market.order().payments[0]
    assert (payment.cancelled, payment.held) == (4999, 0)
