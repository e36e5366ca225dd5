"""Problems that need manual work reach an operator, and the operator's decision stays in the history (GO-4, ONE-4)."""

from datetime import timedelta
from typing import Any

import pytest

from proofs.crash.checks import flaws
from proofs.crash.scenarios import AMOUNT, on_order, on_payment, paid
from proofs.crash.world import World, new_world
from tillgate import wiring
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.psp.facts import Fact
from tillgate.use_cases.shared.changes import learn_facts

SOON = timedelta(seconds=30)


def admin(world: World, action: str, **fields: Any) -> Any:
    return world.function("admin", {"action": action, **fields})


def work(world: World) -> list[Any]:
    items: list[Any] = admin(world, "list_work")["items"]
    return items


def history(world: World, key: str) -> Any:
    status, body = world.api("get_history", order_key=key)
    assert status == 200
    return body


def _unrefundable(world: World) -> str:
    """An order whose ending is stuck."""
    key = paid("tok_refund_fails", capture="auto")(world)
    assert on_order("cancel_order", {})(world, key)[0] in (200, 202)
    world.settle(SOON)
    return key


def test_an_ending_that_could_not_be_finished_is_resolved_by_hand() -> None:
    with new_world() as world:
        key = _unrefundable(world)
        assert world.order(key).status == "MANUAL_INTERVENTION_NEEDED"
        (item,) = work(world)
        assert item["order_key"] == key
        assert len(item["troubles"]) == 2
        told = {"order_key": key, "by": "Ada", "reason": "paid back by bank transfer"}
        assert "money has not been returned" in admin(world, "resolve", **told, end_as="CANCELLED")["error"]
        outcome = {"operation_id": world.order(key).payments[0].operations[-1].operation_id, "status": "SUCCEEDED"}
        assert admin(world, "resolve", **told, outcome=outcome)["status"] == "MANUAL_INTERVENTION_NEEDED"
        assert admin(world, "resolve", **told, end_as="CANCELLED")["status"] == "CANCELLED"
        assert work(world) == []
        last = history(world, key)["items"][-1]
        assert (last["actor"], last["cause"]) == ("operator", "Ada: paid back by bank transfer")
        assert last["order_status"] == {"before": "MANUAL_INTERVENTION_NEEDED", "after": "CANCELLED"}


def test_an_impossible_fact_is_set_aside() -> None:
    with new_world() as world:
        key = paid()(world)
        world.psp_is_down = True
        on_payment("capture_payment", {})(world, key)
        payment = world.order(key).payments[0]
        operation_id = payment.operations[-1].operation_id
        lie = Fact(payment.payment_id, operation_id, OperationStatus.SUCCEEDED, amount=1)
        learn_facts(wiring.system(), world.order(key), [lie], cause="notification")
        (item,) = work(world)
        assert "cannot have SUCCEEDED" in item["troubles"][0]
        answer = admin(world, "resolve", order_key=key, by="Ada", reason="their test system", set_aside=operation_id)
        assert answer["troubles"] == []
        assert work(world) == []
        world.psp_is_down = False
        world.settle()
        assert world.order(key).status == "PAID"
        assert flaws(world) == []


def test_an_outcome_that_nobody_knows_is_on_the_list_after_hours_and_taken_from_it_by_word() -> None:
    with new_world() as world:
        key = paid()(world)
        world.psp_is_down = True
        assert on_payment("capture_payment", {})(world, key)[1]["pending"]
        world.settle(timedelta(hours=7))
        assert work(world) == []
        world.settle(timedelta(hours=2))
        (item,) = work(world)
        assert "has no outcome" in item["troubles"][0]
        outcome = {"operation_id": world.order(key).payments[0].operations[-1].operation_id, "status": "SUCCEEDED"}
        admin(world, "resolve", order_key=key, by="Ada", reason="seen in their back office", outcome=outcome)
        assert world.order(key).status == "PAID"
        assert work(world) == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"by": " ", "reason": "x", "end_as": "CANCELLED"}, "pass who decides"),
        ({"by": "Ada", "reason": "x"}, "one of outcome"),
        ({"by": "Ada", "reason": "x", "end_as": "PAID"}, "end_as must be one of"),
        ({"by": "Ada", "reason": "x", "end_as": "CANCELLED"}, "the order is AUTHORIZED"),
        ({"by": "Ada", "reason": "x", "set_aside": "nothing"}, "has no operation"),
        ({"by": "Ada", "reason": "x", "outcome": {"operation_id": "nothing"}}, "has no operation"),
        ({"by": "Ada", "end_as": "CANCELLED"}, "missing"),
    ],
)
def test_what_is_not_possible_changes_nothing(fields: dict[str, Any], why: str) -> None:
    with new_world() as world:
        key = paid()(world)
        before = world.order(key)
        assert why in admin(world, "resolve", order_key=key, **fields)["error"]
        assert world.order(key) == before


def test_history_tells_who_why_and_what_changed() -> None:
    with new_world() as world:
        key = paid()(world)
        on_payment("capture_payment", {})(world, key)
        items = history(world, key)["items"]
        assert [item["type"] for item in items] == [
            "order_created",
            "payment_started",
            "operation_requested",
            "outcome_learned",
            "operation_requested",
            "outcome_learned",
        ]
        last = items[-1]
        assert (last["actor"], last["cause"]) == ("psp", "answer")
        assert last["order_status"] == {"before": "AUTHORIZED", "after": "PAID"}
        assert last["payment_status"] == {"before": "AUTHORIZED", "after": "CAPTURED"}
        assert last["amounts"]["before"]["captured"] == 0
        assert last["amounts"]["after"]["captured"] == AMOUNT
        assert last["psp_reference"].startswith("psp_")


@pytest.mark.parametrize(
    ("token", "method", "words"),
    [
        ("tok_visa", "card", "It is considered safe, AUTHORIZED, since "),
        ("tok_visa", "bank_redirect", "It is not considered safe: pay_"),
        ("tok_declined", "card", "It is not considered safe: 4999 of 4999 is open."),
        ("gc_1000", "gift_card", "It is not considered safe: 3999 of 4999 is open."),
    ],
)
def test_why_says_whether_it_is_safe(token: str, method: str, words: str) -> None:
    with new_world() as world:
        _, order = world.api("create_order", {"order_reference": "A-1", "amount": AMOUNT, "currency": "EUR"})
        key = order["order_key"]
        world.api("start_payment", {"method": method, "instrument": {"token": token}}, order_key=key)
        told = history(world, key)["why"]
        assert told[-1].startswith(words)
        assert ("considered_safe" in world.api("get_order", order_key=key)[1]) == ("is considered safe" in told[-1])
        if method == "bank_redirect":
            assert told[-1].endswith("is AUTHORIZED, and bank_redirect is safe from SETTLED on.")
