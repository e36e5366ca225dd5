"""A payout over the threshold waits until an operator, who did not ask for it, approves or refuses it (RG-6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.operators.console import Widget
from tests.functions.payouts.paying import GivingPsp, limits, meets_others, used
from tests.functions.world import Answer, World, invoke, sample
from tillgate.api.operators.actions import IN_DOUBT
from tillgate.domain.merchants.account import SCOPES, Client
from tillgate.use_cases.payouts import pay_out
from tillgate.use_cases.shared.load_order import TRIES

type Pays = Callable[..., Answer]


def decide(action: str, payout: Any, by: str = "Grace", **fields: Any) -> Any:
    return invoke("admin", sample(f"admin_{action}_payout") | {"payout_id": payout["payout_id"], "by": by} | fields)


def work() -> Any:
    return invoke("admin", sample("admin_list_work"))["items"]


@pytest.fixture
def waits(world: World, pay: Pays) -> Any:
    """A payout over the threshold, asked for with a client that Ada made."""
    world.has(Client("cli_1", "mer_1", (), SCOPES, ("Ada",)))
    limits(approval_above=50)
    answer = pay(80, key="k")
    assert answer.status == 201
    return answer.json


def test_over_the_threshold_a_payout_waits_for_an_operator(world: World, pay: Pays, psp: GivingPsp, waits: Any) -> None:
    assert (waits["status"], waits["pending"], waits["approval"]) == ("OPEN", False, "WAITING")
    assert (psp.paid, used(world)) == ([], 80)
    (item,) = work()
    assert (item["payout_id"], item["merchant_id"], item["asked_by"]) == (waits["payout_id"], "mer_1", "cli_1")
    assert item["troubles"] == ["80 EUR to a person waits to be approved or refused"]
    world.passes(timedelta(days=1))
    invoke("sweep_due", sample("sweep_due"))
    assert (psp.paid, len(work())) == ([], 1)
    assert pay(50).json["approval"] is None


def test_the_work_list_says_what_it_is_worth_and_who_decides_how(waits: Any) -> None:
    (item,) = work()
    (told,) = item["work"]
    assert (told["kind"], told["amount"], told["currency"]) == ("payout-approval", 80, "EUR")
    assert [way["action"] for way in told["ways"]] == ["approve_payout", "refuse_payout"]
    assert {way["payout_id"] for way in told["ways"]} == {waits["payout_id"]}
    desk = Widget({"view": "work"})
    assert "0.80 EUR to a person waits to be approved or refused" in desk.text
    assert "work-payout-approval.md" in desk.text
    desk.press("Approve").types(by="grace", reason="looked at it").press("Do it")
    assert "Nothing needs you." in Widget({"view": "work"}).text


def test_that_it_waits_rings(world: World, pay: Pays, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr(pay_out, "count", lambda name, **_: rung.append(name))
    limits(approval_above=50)
    pay(50)
    assert "OperatorNeeded" not in rung
    pay(51)
    assert rung[-1] == "OperatorNeeded"


def test_what_was_decided_meanwhile_is_not_on_the_list(
    world: World, monkeypatch: pytest.MonkeyPatch, waits: Any
) -> None:
    """The list is an index, a moment behind."""
    found = world.system.work.page(10)
    decide("approve", waits)
    monkeypatch.setattr(type(world.system.work), "page", lambda *_: found)
    assert work() == []


def test_an_operator_approves_it(world: World, psp: GivingPsp, waits: Any) -> None:
    assert decide("approve", waits) == {"payout_id": waits["payout_id"], "status": "PAID"}
    assert psp.paid == [("tok_visa", 80, f"{waits['payout_id']}-1")]
    told = world.call("get_payout", path={"payout_id": waits["payout_id"]}).json
    assert (told["status"], told["approval"]) == ("PAID", "APPROVED")
    payout = world.system.payouts.load(waits["payout_id"])
    assert payout is not None
    assert payout.decision == "Grace: the merchant has shown the claim"
    assert (work(), used(world)) == ([], 80)
    for action in ("approve", "refuse"):
        assert "error" in decide(action, waits)
    assert len(psp.paid) == 1


def test_an_operator_refuses_it_and_the_day_gets_it_back(world: World, psp: GivingPsp, waits: Any) -> None:
    assert decide("refuse", waits)["status"] == "FAILED"
    told = world.call("get_payout", path={"payout_id": waits["payout_id"]}).json
    assert (told["status"], told["approval"], told["reason_code"]) == ("FAILED", "REFUSED", "REFUSED")
    assert (psp.paid, work(), used(world)) == ([], [], 0)
    payout = world.system.payouts.load(waits["payout_id"])
    assert payout is not None
    assert (payout.token, payout.decision) == (None, "Grace: nobody at the merchant knows of it")


@pytest.mark.parametrize("action", ["approve", "refuse"])
def test_a_decision_that_meets_another_write_is_tried_again(
    world: World, psp: GivingPsp, waits: Any, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    meets_others(world, TRIES + 1, monkeypatch)
    assert decide(action, waits) == {"error": IN_DOUBT}
    assert psp.paid == []
    assert "error" not in decide(action, waits)
    assert len(psp.paid) == (1 if action == "approve" else 0)


@pytest.mark.parametrize("action", ["approve", "refuse"])
def test_who_could_have_asked_for_it_does_not_decide(world: World, psp: GivingPsp, waits: Any, action: str) -> None:
    """Also where the client is gone since; and nobody decides without name and reason."""
    invoke("admin", sample("admin_delete_client") | {"client_id": "cli_1"})
    before = world.everything()
    for wrong in ({"by": "ada "}, {"by": " "}, {"reason": ""}, {"payout_id": "out_x"}):
        assert "error" in decide(action, waits, **wrong)
    assert (world.everything(), psp.paid) == (before, [])


def test_whoever_was_told_a_new_secret_is_no_second_person(world: World, pay: Pays, waits: Any) -> None:
    rotation = sample("admin_rotate_client_secret")
    assert "error" in invoke("admin", {name: rotation[name] for name in ("action", "client_id")})
    assert "error" not in invoke("admin", rotation | {"by": "Grace"})
    assert decide("approve", waits)["status"] == "PAID"  # asked for before she knew it
    assert "error" in decide("approve", pay(80).json)


def test_what_cannot_be_sent_any_more_is_not_approved(world: World, psp: GivingPsp, waits: Any) -> None:
    """Its merchant is suspended, or the saved instrument was erased: it can be refused."""
    world.has_merchant(suspended=True)
    assert "suspended" in decide("approve", waits)["error"]
    world.has_merchant()
    payout = world.system.payouts.load(waits["payout_id"])
    assert payout is not None
    world.system.payouts.save(payout, replace(payout, token="ins_1_" + "0" * 35))
    assert "deleted" in decide("approve", waits)["error"]
    assert psp.paid == []
    assert decide("refuse", waits)["status"] == "FAILED"


def test_the_same_key_is_told_that_it_waits(world: World, psp: GivingPsp, waits: Any) -> None:
    body = {"payout_reference": "P-1", "amount": 80, "currency": "EUR", "instrument": {"token": "tok_visa"}}
    again = world.call("create_payout", body, key="k")
    assert (again.json, again.headers["idempotent-replayed"], psp.paid) == (waits, "true", [])
