"""Disputes in orders of vendors: of a vendor's payment, and of the technical payment it was carved out of (GO-6)."""

import pytest

from tests.domain.builders import NOON, evolved
from tests.domain.marketplace.test_vendors import Market
from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.deadlines import vendors_owe
from tillgate.domain.orders.ending import cancel_order
from tillgate.domain.orders.order import OrderStatus
from tillgate.domain.payments.disputes import DisputeNotice, DisputeStatus
from tillgate.domain.payments.events import FactSetAside
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import Actor
from tillgate.domain.psp.facts import Fact, learn
from tillgate.domain.shared.refusals import Refusal

OPEN, WON, LOST = DisputeStatus.NEEDS_RESPONSE, DisputeStatus.WON, DisputeStatus.LOST


def told(payment_id: str, amount: int, status: DisputeStatus = OPEN, revision: int = 1) -> Fact:
    return Fact.of_dispute(payment_id, DisputeNotice("dp_1", status, amount, "FRAUDULENT", NOON, revision))


def of_vendor(market: Market, reference: str, amount: int, status: DisputeStatus = OPEN, revision: int = 1) -> None:
    part = market.parts[reference]
    fact = told(part.payments[0].payment_id, amount, status, revision)
    market.parts[reference] = evolved(part, learn(part, [fact], market.story.now))


def of_technical(market: Market, amount: int, status: DisputeStatus = OPEN, revision: int = 1) -> None:
    news = learn(market.order, [told(market.card, amount, status, revision)], market.story.now)
    market.story.order = evolved(market.order, news)


def captured(capture: Capture = Capture.MANUAL) -> Market:
    """An order of 100: 60 are a vendor's and captured."""
    market = Market(capture=capture)
    market.paid("a", 60)
    if capture is Capture.MANUAL:
        market.does("capture", "a")
    market.paid("b", 40)
    if capture is Capture.MANUAL:
        market.does("capture", "b")
    assert market.summed().safe is not None
    return market


def test_a_vendor_s_dispute_takes_the_order_s_safety_and_gives_it_back() -> None:
    market = captured()
    of_vendor(market, "a", 25)
    order = market.summed()
    assert (order.safe, order.payments[0].vendors.disputed, order.payments[0].keeps) == (None, 25, 75)
    of_vendor(market, "a", 25, WON, 2)
    assert market.summed().safe is not None


@pytest.mark.parametrize(("end", "back"), [(LOST, 75), (WON, 100)])
def test_an_order_of_vendors_ends_without_what_is_disputed_and_refunds_what_is_won(
    end: DisputeStatus, back: int
) -> None:
    market = captured()
    of_vendor(market, "a", 25)
    market.summed()
    market.story.order = evolved(market.order, cancel_order(market.order, actor=Actor.MERCHANT, now=market.story.now))
    undone(market)
    assert (market.summed().status, vendors_owe(market.order)) == (OrderStatus.CANCELLED, False)
    of_vendor(market, "a", 25, end, 2)
    if end is WON:
        market.hears("a")
    assert market.summed().payments[0].refunded == back


def undone(market: Market) -> None:
    for reference in market.parts:
        events = vendor_payments.give_back(market.order, market.parts[reference], market.story.now)
        market.parts[reference] = evolved(market.parts[reference], events)
        market.hears(reference)


def test_what_is_disputed_of_a_technical_payment_is_not_given_to_vendors() -> None:
    market = Market(capture=Capture.AUTO)
    of_technical(market, 30)
    with pytest.raises(Refusal):
        market.pay("a", 71)
    market.paid("a", 70)
    assert (market.order.payments[0].unallotted, troubles(market.order)) == (0, [])


@pytest.mark.parametrize("capture", Capture)
def test_a_dispute_of_what_vendors_have_been_given_is_an_operator_s_until_he_has_seen_it(capture: Capture) -> None:
    """Nothing says whose loss it is."""
    market = captured(capture)
    of_technical(market, 30)
    (trouble,) = troubles(market.order)
    assert "vendors have been given 30 of what it takes" in trouble
    dispute = market.order.payments[0].disputes[0]
    seen = FactSetAside(
        payment_id=market.card, operation_id=dispute.dispute_id, by="Ada", reason="ours", at=market.story.now
    )
    assert troubles(evolved(market.order, [seen])) == []
    of_technical(market, 30, WON, 2)
    assert troubles(market.order) == []
    assert market.order.safe is not None
