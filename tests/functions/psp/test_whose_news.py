"""A signature proves who speaks, not of whose payments: a PSP is heard about its own alone (IS-12)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.marketplace.test_pay_vendors import PayingPsp, account, entry, sold
from tests.functions.scripted_psp import ScriptedPsp
from tests.functions.world import NOON, ORDER_KEY, PAYMENT_ID, World, invoke, sample
from tillgate.connectors.v1 import Settlement
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payouts.payout import Payout, payout_id_of
from tillgate.use_cases.marketplace.pay_out_vendors import pay_account
from tillgate.use_cases.psp.apply_notification import try_parked_again
from tillgate.use_cases.psp.reconcile import reconcile

S = OperationStatus
SPEAKERS = [("another", None), ("another", "mer_1"), ("sandbox", "mer_2")]


@pytest.fixture
def waiting(world: World) -> World:
    """A payment at the sandbox that is pending; another PSP is connected too."""
    world.system.connectors["another"] = ScriptedPsp(name="another")
    world.has_merchant("mer_1", methods={"card": "sandbox", "gift_card": "another"})
    world.has_merchant("mer_2")
    world.created()
    world.started(S.PENDING)
    return world


def says(connector: str, merchant_id: str | None, *outcomes: tuple[str, str], status: str = "succeeded") -> None:
    """`outcomes`: payment and operation, all of them in one notification."""
    for payment_id, operation_id in outcomes:
        operations = [{"key": operation_id, "status": status}]
        body = json.dumps({"payment": {"reference": payment_id, "operations": operations}})
        event = sample("apply_psp_notification")
        event["Records"][0]["body"] = json.dumps({"connector": connector, "merchant_id": merchant_id, "body": body})
        assert invoke("apply_psp_notification", event) == {"batchItemFailures": []}


def parked(world: World) -> list[dict[str, Any]]:
    return [json.loads(item["parked"]["S"]) for item in world.everything() if item["sk"]["S"] == "PARKED"]


def history(world: World) -> int:
    return sum(item["sk"]["S"].startswith("CHANGE#") for item in world.everything())


@pytest.mark.parametrize(("connector", "merchant_id"), SPEAKERS)
@pytest.mark.parametrize("status", ["succeeded", "failed"])
def test_what_another_says_changes_nothing_and_is_kept(
    waiting: World, capsys: pytest.CaptureFixture[str], connector: str, merchant_id: str | None, status: str
) -> None:
    before = (waiting.order(), history(waiting))
    says(connector, merchant_id, (PAYMENT_ID, f"{PAYMENT_ID}_1"), status=status)
    assert (waiting.order(), history(waiting)) == before
    assert [(each["connector"], each["merchant_id"]) for each in parked(waiting)] == [(connector, merchant_id)]
    assert '"NotificationOfAnother":[1.0]' in capsys.readouterr().out
    waiting.passes(timedelta(minutes=1))
    assert try_parked_again(waiting.system, 10) == 1
    assert (waiting.order(), history(waiting)) == before
    waiting.passes(timedelta(days=31))
    try_parked_again(waiting.system, 10)
    assert '"NotificationGivenUp":[1.0]' in capsys.readouterr().out
    waiting.passes(timedelta(days=31))
    assert try_parked_again(waiting.system, 10) == 0  # it lies there for an operator
    assert [(each["connector"], each["merchant_id"]) for each in parked(waiting)] == [(connector, merchant_id)]


@pytest.mark.parametrize("merchant_id", [None, "mer_1"])
def test_its_own_psp_is_heard_for_either_account(waiting: World, merchant_id: str | None) -> None:
    says("another", merchant_id, (PAYMENT_ID, f"{PAYMENT_ID}_1"), status="failed")
    says("sandbox", merchant_id, (PAYMENT_ID, f"{PAYMENT_ID}_1"))
    assert waiting.order().status == "AUTHORIZED"


def test_the_same_words_for_another_account_do_not_take_the_place_of_early_ones(world: World) -> None:
    """The genuine notification comes before its order can be read, then somebody sends it for another merchant."""
    early = (PAYMENT_ID, f"{PAYMENT_ID}_1")
    says("sandbox", None, early)
    says("sandbox", "mer_2", early)
    assert len(parked(world)) == 2
    world.created()
    world.started(S.PENDING)
    world.passes(timedelta(minutes=1))
    try_parked_again(world.system, 10)
    assert world.order().status == "AUTHORIZED"
    assert [each["merchant_id"] for each in parked(world)] == ["mer_2"]


def test_of_an_order_that_two_psps_have_been_asked_for_each_tells_its_own(waiting: World) -> None:
    waiting.system.connectors["another"].says(S.PENDING)
    says("sandbox", None, (PAYMENT_ID, f"{PAYMENT_ID}_1"), status="failed")
    answer = waiting.call(
        "start_payment", {"method": "gift_card", "instrument": {"token": "gc_1000"}}, path={"order_key": ORDER_KEY}
    )
    second = answer.json["payment_id"]
    says("sandbox", None, (second, f"{second}_1"))
    assert waiting.order().payments[1].authorized == 0
    says("another", None, (second, f"{second}_1"))
    assert waiting.order().payments[1].authorized > 0


@pytest.mark.parametrize(("connector", "merchant_id"), SPEAKERS)
def test_payouts_are_heard_of_from_their_psp_alone(world: World, connector: str, merchant_id: str | None) -> None:
    world.has_merchant("mer_2")
    world.system.connectors["sandbox"] = PayingPsp()
    world.system.connectors["another"] = PayingPsp()
    payout = paid_to_a_vendor(world)
    outcome = (payout.payout_id, payout.request_key)
    says(connector, merchant_id, outcome, status="reversed")
    assert world.system.payouts.load(payout.payout_id) == payout
    assert len(parked(world)) == 1
    says("sandbox", "mer_1", outcome, status="reversed")
    after = world.system.payouts.load(payout.payout_id)
    assert after
    assert after.status == "RETURNED"


def paid_to_a_vendor(world: World) -> Payout:
    sold(world, entry(1))
    pay_account(world.system, account(1), NOON - timedelta(days=7))
    payout: Payout | None = world.system.payouts.load(payout_id_of(account(1), 1))
    assert payout
    return payout


def test_a_settlement_report_of_another_psp_settles_nothing(waiting: World) -> None:
    says("sandbox", None, (PAYMENT_ID, f"{PAYMENT_ID}_1"))
    assert waiting.call("capture_payment", {}).json["status"] == "CAPTURED"
    line = Settlement(case=PAYMENT_ID, state="SETTLED", currency="EUR", amount=4999, as_of=NOON)

    class Reporting(ScriptedPsp):
        def read_report(self, report: bytes) -> list[Settlement]:
            return [line]

    for name, outcome, status in (("another", "not ours", "CAPTURED"), ("sandbox", "new", "SETTLED")):
        waiting.system.connectors[name] = Reporting(name=name)
        assert reconcile(waiting.system, name, b"", "report") == {outcome: 1}
        assert waiting.order().payments[0].status == status
