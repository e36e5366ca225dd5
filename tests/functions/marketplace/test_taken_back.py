"""The bank takes a technical payment back after vendors were paid out of it: so does the system (TH-10, EV-9).

What was captured for a vendor is debited in the ledger at once, so that no payout takes it. No PSP is asked for it.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.orders.forward_changes import app as stream
from tests.functions.marketplace.test_split_retry import market
from tests.functions.scripted_psp import heard
from tests.functions.world import ORDER_KEY, PAYMENT_ID, World, invoke, sample
from tillgate.domain.ledger.entries import balances, vendor_account
from tillgate.domain.marketplace.splits import Part, PartState, unwinding
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.shared.identifiers import vendor_key, vendor_payment_id
from tillgate.runtime import executions
from tillgate.use_cases.marketplace import run_split, unwind_vendors
from tillgate.use_cases.orders.meet_deadlines import meet_deadlines
from tillgate.use_cases.shared.changes import execute_requests, learn_facts

__all__ = ["market"]

S = OperationStatus
ORDER = {"order_key": ORDER_KEY}


def pays(world: World, reference: str, amount: int = 1000, answer: OperationStatus = S.SUCCEEDED) -> str:
    """A vendor payment; answers its id."""
    body = {
        "technical_payment_id": PAYMENT_ID,
        "vendor_id": "ven_1",
        "amount": amount,
        "sub_order_reference": reference,
        "fee": 100,
    }
    world.psp.says(answer)
    assert world.call("start_payment", body, function="pay_vendor", path=ORDER).status == 201
    return vendor_payment_id(vendor_key(ORDER_KEY, reference))


def captures(world: World, payment_id: str) -> None:
    world.psp.says(S.SUCCEEDED)
    assert world.call("capture_payment", {}, path=ORDER | {"payment_id": payment_id}).status == 200


def bank_takes_back(world: World) -> Order:
    """The PSP tells that the technical payment failed after all."""
    news = heard(PAYMENT_ID, f"{PAYMENT_ID}_1", S.REVERSED)
    world.psp.calls.clear()
    return execute_requests(world.system, learn_facts(world.system, world.order(), news, cause="notification"))


def sweeps(world: World) -> Order:
    invoke("sweep_due", {})
    return world.order()


def part(world: World, reference: str) -> Order:
    return world.order(vendor_key(ORDER_KEY, reference))


def earned(world: World) -> int:
    """What the ledger owes the vendor; below zero what he owes."""
    entries = list(world.system.ledger.entries("mer_1", "ven_1", "EUR"))
    assert sum(balances(entries).values()) == 0
    return -balances(entries).get((vendor_account("ven_1"), "EUR"), 0)


def is_due(world: World) -> bool:
    item = world.item(ORDER_KEY, "ORDER") or {}
    return "due_at" in item and item["due_at"]["S"] <= f"{world.system.time:%Y-%m-%dT%H:%M:%S.%fZ}"


def test_what_vendors_captured_is_debited_in_the_ledger_and_no_vendor_keeps_anything(market: World) -> None:
    captures(market, pays(market, "a"))
    pays(market, "b", 2000)
    assert earned(market) == 900
    order = bank_takes_back(market)
    assert order.payments[0].vendors_hold_what_is_gone
    order = sweeps(market)
    for reference in ("a", "b"):
        payment = part(market, reference).payments[0]
        assert (payment.authorized, payment.captured, payment.final_underway) == (0, 0, False)
    assert (earned(market), order.payments[0].allotted) == (0, 0)
    assert not order.payments[0].vendors_hold_what_is_gone
    assert [what for what, _, _ in market.psp.calls] == [], "nothing is asked of the PSP"


def test_a_vendor_who_was_paid_out_owes_what_was_taken_back(market: World) -> None:
    """Refunded before, so his share of the refund was his to give; the balance says what he owes now."""
    payment_id = pays(market, "a")
    captures(market, payment_id)
    market.psp.says(S.SUCCEEDED)
    assert market.call("refund_payment", {"amount": 400}, path=ORDER | {"payment_id": payment_id}).status == 200
    bank_takes_back(market)
    sweeps(market)
    assert earned(market) == -400
    assert market.order().payments[0].refunded == 400


def test_the_stream_starts_an_execution_that_takes_it_back(market: World, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[dict[str, Any]] = []

    class StepFunctions:
        def start_execution(self, **call: Any) -> None:
            started.append(call)

        def stop_execution(self, **_: Any) -> None: ...

    monkeypatch.setattr(executions, "client", lambda _: StepFunctions())
    monkeypatch.setattr(stream, "_announce", lambda _: None)
    monkeypatch.setattr(stream, "_queue", lambda *_: None)
    captures(market, pays(market, "a"))
    before = market.item(ORDER_KEY, "ORDER")
    bank_takes_back(market)
    stream.forward({"dynamodb": {"OldImage": before, "NewImage": market.item(ORDER_KEY, "ORDER")}})
    assert f"{ORDER_KEY}-take-back-1" in [call["name"] for call in started]
    answer = invoke("unwind_order", sample("unwind_order") | ORDER)
    assert (answer["go_on"], answer["stuck"], earned(market)) == (False, "", 0)


def test_a_pay_that_is_under_way_gets_nothing_and_the_order_rests(market: World) -> None:
    """Its sums say nothing new, and the order falls due no more."""
    pays(market, "a", answer=S.UNKNOWN)
    bank_takes_back(market)
    assert is_due(market)
    order = sweeps(market)
    assert (order.payments[0].allotted, part(market, "a").payments[0].status) == (0, "FAILED")
    assert not is_due(market)


def test_who_is_killed_after_the_last_vendor_gave_back_leaves_nothing_due_for_ever(
    market: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pays(market, "a", answer=S.UNKNOWN)
    bank_takes_back(market)
    with monkeypatch.context() as killed:
        killed.setattr(unwind_vendors, "take_over_sums", dies)
        with pytest.raises(SystemExit):
            meet_deadlines(market.system, ORDER_KEY, "sweep")
    assert (market.order().payments[0].allotted, is_due(market)) == (0, True)
    sweeps(market)
    assert not is_due(market)


def dies(*_: Any, **__: Any) -> None:
    raise SystemExit


def test_many_vendors_are_taken_back_page_by_page_in_as_many_sweeps_as_it_takes(
    market: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        captures(market, pays(market, f"s{number}", 100))
    monkeypatch.setattr(unwind_vendors, "A_FEW", 2)
    monkeypatch.setattr(unwind_vendors, "PAGE", 3)
    bank_takes_back(market)
    market.system.slowness = 4.0  # five looks at the clock a sweep
    left = []
    for _ in range(10):
        sweeps(market)
        market.passes(timedelta(minutes=1))
        left.append(sum(part(market, f"s{number}").payments[0].captured for number in range(7)))
        if left[-1] == 0:
            break
    assert len(left) > 1
    assert left == sorted(left, reverse=True)
    assert (left[-1], earned(market), market.order().payments[0].vendors_hold_what_is_gone) == (0, 0, False)


def test_a_capture_that_races_with_it_is_taken_back_as_well(market: World, monkeypatch: pytest.MonkeyPatch) -> None:
    payment_id = pays(market, "a")
    bank_takes_back(market)
    real = market.system.orders.save
    monkeypatch.setattr(market.system.orders, "save", once_before(real, lambda: captures(market, payment_id)))
    sweeps(market)
    kinds = [entry.kind for entry in market.system.ledger.entries("mer_1", "ven_1", "EUR")]
    assert (kinds, earned(market)) == (["capture", "reversal"], 0)
    assert part(market, "a").payments[0].captured == 0


def once_before(save: Callable[..., Order], other: Callable[[], object]) -> Callable[..., Order]:
    """The first save of a vendor payment finds that somebody was faster."""
    todo = [other]

    def saved(before: Order, *given: Any, **named: Any) -> Order:
        if before.share and todo:
            todo.pop()()
        return save(before, *given, **named)

    return saved


def test_two_who_take_back_at_once_debit_it_once(market: World, monkeypatch: pytest.MonkeyPatch) -> None:
    captures(market, pays(market, "a"))
    bank_takes_back(market)
    real = market.system.orders.save
    again = once_before(real, lambda: meet_deadlines(market.system, ORDER_KEY, "unwinding"))
    monkeypatch.setattr(market.system.orders, "save", again)
    sweeps(market)
    kinds = [entry.kind for entry in market.system.ledger.entries("mer_1", "ven_1", "EUR")]
    assert (kinds, earned(market)) == (["capture", "reversal"], 0)


def test_an_unwinding_by_the_state_machine_takes_back_what_is_gone(market: World) -> None:
    """It cancels and refunds nothing of a technical payment that the bank took back, and comes to its end."""
    captures(market, pays(market, "a"))
    pays(market, "b")
    bank_takes_back(market)
    order = market.order()
    parts = [Part("ven_1", 1000, reference, 100) for reference in ("a", "b")]
    split = unwinding(order, parts, market.system.now())
    market.system.splits.create(order, split, parts, None)
    found = run_split.run_batch(market.system, ORDER_KEY, split.split_id, 0)
    assert (found.pending, found.succeeded, found.stuck) == (0, 0, 0)
    assert run_split.settle(market.system, ORDER_KEY, split.split_id)[1] == []
    assert (earned(market), market.psp.calls) == (0, [])


def test_a_part_that_was_refunded_whole_does_not_keep_an_unwinding_running(market: World) -> None:
    payment_id = pays(market, "a")
    captures(market, payment_id)
    market.psp.says(S.SUCCEEDED)
    market.call("refund_payment", {}, path=ORDER | {"payment_id": payment_id})
    parts = [Part("ven_1", 1000, "a", 100)]
    split = unwinding(market.order(), parts, market.system.now())
    market.system.splits.create(market.order(), split, parts, None)
    run_split.run_batch(market.system, ORDER_KEY, split.split_id, 0)
    assert [result.state for result in market.system.splits.batch(split, 0)[1]] == [PartState.CANCELLED]


def test_an_order_whose_vendors_could_not_give_back_ends_once_the_bank_took_it_all(market: World) -> None:
    """IS-9: it needed an operator. Then there is nothing left to give back, and the operator can end it."""
    captures(market, pays(market, "a"))
    market.psp.says(S.SUCCEEDED, S.FAILED)
    market.call("cancel_order")
    assert market.order().status == "MANUAL_INTERVENTION_NEEDED"
    end = {"action": "resolve", "by": "Ada", "reason": "the bank has it", "end_as": "CANCELLED"} | ORDER
    assert "not been returned" in invoke("admin", end)["error"]
    bank_takes_back(market)
    sweeps(market)
    assert earned(market) == 0
    assert invoke("admin", end)["status"] == "CANCELLED"


def test_what_vendors_hold_again_after_the_end_goes_back_once_an_operator_has_it_tried_again(market: World) -> None:
    """The order is CANCELLED; then the PSP tells that a vendor's cancel has failed after all."""
    payment_id = pays(market, "a")
    assert market.call("cancel_order").json["status"] == "CANCELLED"
    failed = heard(payment_id, f"{payment_id}_2", S.FAILED)
    execute_requests(market.system, learn_facts(market.system, part(market, "a"), failed, cause="notification"))
    order = sweeps(market)
    market.passes(timedelta(minutes=10))
    order = sweeps(market)
    assert (order.status, order.payments[0].vendors.stuck) == ("CANCELLED", 1000)
    listed = {item["order_key"] for item in invoke("admin", {"action": "list_work"})["items"]}
    assert listed == {ORDER_KEY, part(market, "a").order_key}
    invoke("admin", sample("admin_resolve_retry") | ORDER)
    assert (part(market, "a").payments[0].held, market.order().payments[0].held) == (0, 0)
    assert invoke("admin", {"action": "list_work"})["items"] == []
