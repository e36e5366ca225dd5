"""Random walks over orders, a sample of what `make walk` does: any moves in any order, all properties hold (ONE-2)."""

from typing import Any
from unittest.mock import patch

import pytest

from proofs.exploration import walk as walks
from proofs.exploration import ways_out
from proofs.exploration.market import MarketScenario, begun, turns
from proofs.exploration.moves import Scenario
from proofs.exploration.walk import NEVER_RESTS, Found, one, replayed, walk
from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.orders import invariants
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.payments.lifecycle import Capture
from tillgate.use_cases.operators import resolve

SAMPLE = 1500  # steps
OF_VENDORS = 3000
SPENT_TWICE = "Captures and cancellations, pending ones included, never exceed the authorized amount."

NO_WAY_OUT = "In every state that is not final, something falls due, or someone can act."
NOT_SETTLED = "Whatever an operator is told of is settled by one of the calls that come with it."
NO_END = "An order that needs an operator can be retried, or ended because nothing is left."


def test_all_properties_hold_on_every_way_of_a_single_order() -> None:
    found = walk(SAMPLE, 5, "single")
    assert not found.flaws, "\n".join(f"{flaw}\n    {way}" for flaw, way in found.flaws.items())
    assert set(found.moves) == {"merchant", "shopper", "psp", "time", "bank"}


def test_all_properties_hold_on_every_way_of_an_order_of_vendors() -> None:
    """TH-4, TH-10: and order and vendors come to rest on each."""
    ways: list[str] = []
    alone = walks.alone

    def noted(*given: Any) -> list[str]:
        flaws = alone(*given)
        ways.extend(given[-1])
        return flaws

    with patch.object(walks, "alone", noted):
        found = walk(OF_VENDORS, 5, "technical")
    assert not found.flaws, "\n".join(f"{flaw}\n    {way}" for flaw, way in found.flaws.items())
    assert set(found.moves) == {"merchant", "shopper", "psp", "time"}
    for what in ("PAY", "vendor a: payment 1: capture", "vendor b", "cancel the order", "REVERSED", "has to give back"):
        assert any(what in move for move in ways), what


TWICE_TAKEN_BACK = {
    "and then released": (
        "merchant: cancel the order",
        "psp: vendor a: payment 1, operation 1: authorize of 2 SUCCEEDED",
        "merchant: vendor a: payment 1: capture 2, the last",
        "psp: vendor a: payment 1, operation 2: capture of 2 SUCCEEDED",
        "time: vendor a: has to give back",
        "psp: vendor a: payment 1, operation 3: refund of 2 SUCCEEDED",
        "time: sums over vendors are taken over",
        "psp: payment 1: unasked reversal 2",
        "psp: vendor a: payment 1, operation 2: capture of 2 FAILED",
        "psp: vendor a: payment 1, operation 4: cancel of 2 SUCCEEDED",
        "time: sums over vendors are taken over",
    ),
    "and captured again": (
        "psp: vendor a: payment 1, operation 1: authorize of 2 SUCCEEDED",
        "merchant: vendor a: payment 1: capture 1",
        "psp: vendor a: payment 1, operation 2: capture of 1 SUCCEEDED",
        "time: sums over vendors are taken over",
        "psp: payment 1: unasked reversal 1",
        "psp: vendor a: payment 1, operation 2: capture of 1 FAILED",
        "time: sums over vendors are taken over",
        "merchant: vendor a: payment 1: capture 2, the last",
        "psp: vendor a: payment 1, operation 3: capture of 2 SUCCEEDED",
        "time: sums over vendors are taken over",
    ),
}


@pytest.mark.parametrize("way", TWICE_TAKEN_BACK.values(), ids=TWICE_TAKEN_BACK)
def test_money_that_is_taken_back_of_the_order_and_of_its_vendor_is_taken_once(way: tuple[str, ...]) -> None:
    """A bank takes back what a vendor captured, and then that capture is told as failed (TH-10)."""
    order = Scenario("told of twice", 2, (), payments=1, requests=3, contradicts=(), unasked=1, fails_late=True)
    scenario = MarketScenario("told of twice", 2, vendors=1, requests=3, order=order)
    market = begun(scenario)
    for move in ("merchant: PAY 2 of payment 1 to vendor a", *way):
        turn = next(turn for turn in turns(market, scenario) if str(turn) == move)
        before, market = market, turn.taken()
        assert walks.broken(before, market) == [], move
    assert market.order.payments[0].held >= 0


def test_an_order_whose_vendors_never_give_back_is_found_out() -> None:
    paid_at_once = MarketScenario("ends", 2, vendors=1, requests=0, capture=Capture.AUTO)
    way = (
        "merchant: PAY 2 of payment 1 to vendor a",
        "psp: vendor a: payment 1, operation 1: authorize of 2 SUCCEEDED",
        "merchant: cancel the order",
    )
    assert replayed(paid_at_once, way, rests_at_its_end=True) == []
    with patch.object(vendor_payments, "undo", lambda *_: []):
        assert replayed(paid_at_once, way, rests_at_its_end=True) == [NEVER_RESTS]


def test_an_order_that_nobody_can_help_is_found_out() -> None:
    """Without a work list, and with an operator's retry that asks for nothing."""
    with patch.object(ways_out, "work_of", lambda _: []), patch.object(ways_out, "retry", lambda *_: []):
        found = walk(SAMPLE, 5, "technical")
    assert {NO_WAY_OUT, NO_END} & set(found.flaws)


def test_work_that_none_of_its_calls_settles_is_found_out() -> None:
    """A bank has confirmed, and all that comes from then on is what the operator says."""
    order = Scenario("bank", 1, (("bank_redirect", None),), payments=1, requests=0, refund_before_settled=False)
    bank = MarketScenario("bank", 1, vendors=0, requests=0, kind="single", order=order)
    way = ("merchant: start bank_redirect of what is open", "psp: payment 1, operation 1: authorize of 1 SUCCEEDED")
    assert replayed(bank, way) == []

    def hears_nothing(order: Order, *given: Any, **choice: Any) -> list[Event]:
        return [] if order.payments[0].awaits_booking else resolve.decided(order, *given, **choice)

    with patch.object(ways_out, "decided", hears_nothing):
        assert replayed(bank, way) == [NOT_SETTLED]


def test_the_same_seed_walks_the_same_way() -> None:
    assert walk(200, 5, "technical") == walk(200, 5, "technical") != walk(200, 6, "technical")


def test_a_broken_rule_is_found_with_the_shortest_way_to_it() -> None:
    """A domain that forgets what is on its way lets money be spent twice: start, approved, asked for twice."""
    with (
        patch("tillgate.domain.payments.payment.Payment.reserved", lambda *_: 0),
        patch.object(invariants, "_broken_by", lambda _: []),
    ):
        found = walk(500, 5, "single")
        way = found.flaws[SPENT_TWICE]
        assert len(way.moves) <= 5, way
        assert SPENT_TWICE in replayed(way.scenario, way.moves)
        again = Found()
        one(way.seed, "single", again)
        assert again.flaws[SPENT_TWICE].moves == way.moves
    assert replayed(way.scenario, way.moves) == []


def test_a_hold_that_covers_nothing_is_not_what_an_order_waits_for() -> None:
    """The PSP takes a capture back after it was refunded: its hold is there again, and pays nothing of the order."""
    order = Scenario(
        "refunded", 3, (("card", 2), ("bank_redirect", None)), payments=3, requests=4, most=4, fails_late=True
    )
    scenario = MarketScenario("refunded", 3, 0, 4, Capture.MANUAL, "single", order)
    market = begun(scenario)
    for move in (
        "merchant: start card 2",
        "psp: payment 1, operation 1: authorize of 2 SUCCEEDED",
        "merchant: payment 1: capture 2",
        "psp: payment 1, operation 2: capture of 2 SUCCEEDED",
        "merchant: refund the order",
        "psp: payment 1, operation 3: refund of 2 SUCCEEDED",
        "merchant: start bank_redirect of what is open",
        "psp: payment 2, operation 1: authorize of 3 SUCCEEDED",
        "psp: payment 1, operation 2: capture of 2 FAILED",
    ):
        market = next(turn for turn in turns(market, scenario) if str(turn) == move).taken()
    order_now = market.order
    assert (order_now.covered, order_now.open, order_now.payments[0].held, order_now.payments[0].covers) == (3, 0, 2, 0)
    assert order_now.status is OrderStatus.PAID
