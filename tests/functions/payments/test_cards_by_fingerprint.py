"""A card whose PSP gives a token for each use is known by the PSP's own fingerprint of it (US-3, ADR 107)."""

from dataclasses import replace
from typing import Any

import pytest

from tests.functions.payments.test_limited_attempts import FAILED, SUCCEEDED, asked, attempt, limits
from tests.functions.scripted_psp import KeepingPsp, ScriptedPsp
from tests.functions.world import World, invoke
from tillgate.connectors.v1 import Case, Fact, Instrument, Op
from tillgate.domain.orders.order import OrderStatus
from tillgate.domain.payments.fingerprints import fingerprint

CARD = fingerprint("mer_1", "fp_stolen")
WHO = {"merchant_id": "mer_1", "fingerprint": CARD, "by": "Ada", "reason": "stolen"}


def counted(world: World, mark: str) -> int:
    items = (each for each in world.everything() if each["pk"]["S"] == f"ATTEMPTS#mer_1#instrument#{mark}")
    return sum(int(each["attempts"]["N"]) for each in items)


@pytest.mark.parametrize("status", [FAILED, SUCCEEDED])
def test_the_answer_names_the_card_whatever_its_token(world: World, status: Any) -> None:
    limits(world)
    world.psp.fingerprint = "fp_stolen"
    shown = [attempt(world, number=number, instrument=f"pm_{number}", status=status).json for number in (1, 2)]
    assert [each["fingerprint"] for each in shown] == [CARD, CARD]


def test_failures_of_all_its_tokens_are_counted_on_the_card(world: World) -> None:
    limits(world)
    world.psp.fingerprint = "fp_stolen"
    for number in (1, 2, 3):
        attempt(world, number=number, instrument=f"pm_{number}")
    attempt(world, number=4, instrument="pm_4", status=SUCCEEDED)
    assert counted(world, CARD) == 3


class TakingPsp(ScriptedPsp):
    """Tells that an automatic capture took the money."""

    def start(self, case: Case, op: Op) -> list[Fact]:
        return [replace(fact, captured=op.amount) for fact in super().start(case, op)]


@pytest.mark.parametrize(("capture", "undone"), [("manual", "cancel"), ("auto", "refund")])
def test_a_blocked_card_with_a_new_token_pays_nothing(
    world: World, capsys: pytest.CaptureFixture[str], capture: str, undone: str
) -> None:
    world.system.connectors["sandbox"] = world.psp = TakingPsp() if capture == "auto" else ScriptedPsp()
    limits(world)
    assert invoke("admin", WHO | {"action": "block_instrument"})["blocked_fingerprints"] == [CARD]
    world.psp.fingerprint = "fp_stolen"
    world.created(capture=capture)
    answer = attempt(world, instrument="pm_1", status=SUCCEEDED)
    assert answer.status == 201
    assert answer.json["amounts"]["authorized"] == 4999
    order = world.order()
    assert (order.status, order.open) == (OrderStatus.UNPAID, 4999)
    (payment,) = order.payments
    assert (payment.held, payment.taken - payment.refunded) == (0, 0)
    assert [what for what, _, _ in world.psp.calls] == ["authorize", undone]
    told = capsys.readouterr().out
    assert "a blocked instrument has paid" in told
    assert "UnwantedMoney" not in told
    world.psp.fingerprint = "fp_other"
    assert attempt(world, instrument="pm_2", status=SUCCEEDED).status == 201
    assert world.order().open == 0


def test_a_block_by_token_still_holds(world: World) -> None:
    limits(world)
    world.created()
    mark = fingerprint("mer_1", "pm_1")
    invoke("admin", WHO | {"action": "block_instrument", "fingerprint": mark})
    world.psp.fingerprint = "fp_stolen"
    assert attempt(world, instrument="pm_1").refusal == (422, "instrument_blocked")
    assert asked(world) == 0


@pytest.fixture
def kept(world: World) -> str:
    """An order of a shopper, and the token of the card that the shopper has saved: `fp_stolen` at the PSP."""
    world.system.connectors["sandbox"] = world.psp = KeepingPsp()
    world.psp.next_card = Instrument(
        token="pm_kept", brand="visa", last4="4242", expires="2035-12", fingerprint="fp_stolen"
    )
    shopper = world.call("create_shopper").json["shopper_key"]
    body = {"method": "card", "instrument": {"token": "pm_1"}, "shopper_key": shopper}
    token = world.call("save_instrument", body).json["token"]
    world.created(shopper_key=shopper)
    return str(token)


@pytest.mark.parametrize("blocked", ["fp_stolen", "pm_kept"])
def test_a_saved_card_is_known_before_the_psp_is_asked(world: World, kept: str, blocked: str) -> None:
    limits(world)
    invoke("admin", WHO | {"action": "block_instrument", "fingerprint": fingerprint("mer_1", blocked)})
    assert attempt(world, instrument=kept).refusal == (422, "instrument_blocked")
    assert asked(world) == 0


def test_a_saved_card_is_counted_as_the_card_once(world: World, kept: str) -> None:
    limits(world, instrument=2)
    world.psp.fingerprint = "fp_stolen"
    assert [attempt(world, instrument=kept).status for _ in range(3)] == [201, 201, 429]
    assert counted(world, CARD) == 2


def test_new_tokens_of_a_card_count_for_the_saved_one(world: World, kept: str) -> None:
    limits(world, instrument=2)
    world.psp.fingerprint = "fp_stolen"
    assert [attempt(world, instrument=f"pm_{number}").status for number in (2, 3)] == [201, 201]
    assert attempt(world, instrument=kept).refusal == (429, "too_many_requests")
