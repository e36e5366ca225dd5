"""A tender that is named on the menu has to be one that can pay the order, before anybody is asked about it (IS-8)."""

from dataclasses import replace

import pytest

from tests.functions.scripted_psp import CAN, ScriptedPsp, manifest
from tests.functions.world import ORDER_KEY, World
from tillgate.connectors.v1 import Case
from tillgate.domain.orders.order_events import TenderNamed
from tillgate.domain.orders.shown import Shown
from tillgate.domain.orders.tenders import AuthorizationSequence
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.refusals import MethodNotApplicable
from tillgate.use_cases.payments.name_tender import name_tender
from tillgate.use_cases.shared.changes import change


class TellingPsp(ScriptedPsp):
    def __init__(self) -> None:
        super().__init__(manifest=manifest(methods={"card": CAN, "gift_card": replace(CAN, balance=True)}))
        self.asked: list[str] = []

    def balance(self, case: Case) -> int:
        self.asked.append((case.instrument or {})["token"])
        return 1000


def test_a_psp_is_not_asked_for_the_balance_of_what_cannot_pay_the_order(world: World) -> None:
    psp = TellingPsp()
    world.system.connectors["sandbox"] = psp
    world.has_merchant(authorization_sequence=AuthorizationSequence.OPEN_FIRST)
    merchant = world.system.merchants.merchant("mer_1", fresh=True)
    assert merchant is not None
    world.created(methods=["card"])
    with pytest.raises(MethodNotApplicable, match="does not offer gift_card"):
        name_tender(world.system, merchant, ORDER_KEY, method="gift_card", token="gc_1", shown=Shown.of(world.order()))
    assert (psp.asked, world.order().named) == ([], ())
    world.created(order_reference="A-2")
    key = ORDER_KEY[:-1] + "2"
    named = name_tender(
        world.system, merchant, key, method="gift_card", token="gc_2", shown=Shown.of(world.order(key))
    ).named
    assert (psp.asked, len(named)) == (["gc_2"], 1)


@pytest.fixture
def psp(world: World) -> TellingPsp:
    psp = TellingPsp()
    world.system.connectors["sandbox"] = psp
    world.has_merchant(authorization_sequence=AuthorizationSequence.OPEN_FIRST)
    world.created()
    return psp


def name(world: World, code: str) -> None:
    merchant = world.system.merchants.merchant("mer_1", fresh=True)
    assert merchant is not None
    shown = Shown.of(world.order())
    name_tender(world.system, merchant, ORDER_KEY, method="gift_card", token=code, shown=shown)


def paid_with(psp: TellingPsp) -> list[str]:
    return [case.instrument["token"] for case in psp.requests if case.instrument and case.method == "gift_card"]


def test_the_code_of_a_gift_card_is_stored_sealed_and_opened_when_its_turn_has_come(
    world: World, psp: TellingPsp
) -> None:
    name(world, "gc_as_good_as_money")
    named = world.order().named
    told = [event for each in world.system.orders.history(ORDER_KEY) for event in each.events]
    assert [each.token for each in named] == [each.code for each in told if isinstance(each, TenderNamed)]
    assert "gc_as_good" not in f"{world.order()} {told}"
    world.call("start_payment", {"method": "card", "amount": 3999, "instrument": {"token": "tok_visa"}})
    assert paid_with(psp) == ["gc_as_good_as_money"]
    assert [payment.token for payment in world.order().payments] == [None, None]


def test_a_code_that_was_named_before_is_the_same_though_sealed_twice(world: World, psp: TellingPsp) -> None:
    for code in ("gc_1", "gc_2", "gc_1"):
        name(world, code)
    assert len(world.order().named) == 2


def test_a_code_that_was_stored_before_codes_were_sealed(world: World, psp: TellingPsp) -> None:
    event = TenderNamed(method="gift_card", connector="sandbox", balance=1000, code="gc_old", at=world.system.now())
    change(world.system, ORDER_KEY, lambda _: [event], actor=Actor.SHOPPER, cause="menu")
    name(world, "gc_old")
    assert len(world.order().named) == 1
    world.call("start_payment", {"method": "card", "amount": 3999, "instrument": {"token": "tok_visa"}})
    assert paid_with(psp) == ["gc_old"]
