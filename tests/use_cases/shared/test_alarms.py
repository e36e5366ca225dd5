"""What an operator is told of at once where money of vendors is in doubt (TH-10)."""

import pytest

from tests.domain.marketplace.test_vendors import Market
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.psp.facts import Fact, learn
from tillgate.use_cases.shared import alarms


def taken_back(market: Market, order: Order, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What rings when the bank takes the technical payment back."""
    rung: list[str] = []
    monkeypatch.setattr(alarms, "count", lambda name: rung.append(name))
    events = learn(
        order, [Fact(market.card, market.story.authorization(market.card), OperationStatus.REVERSED)], market.story.now
    )
    assert events
    for event in events:
        order = evolve(order, event)
    alarms.ring(order, events)
    return rung


def test_a_payment_that_was_taken_back_after_vendors_were_given_of_it_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    market = Market()
    market.paid("a", 60)
    market.does("capture", "a")
    assert taken_back(market, market.order, monkeypatch) == ["OperatorNeeded"]


def test_one_that_no_vendor_was_given_of_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    market = Market()
    assert taken_back(market, market.order, monkeypatch) == []
