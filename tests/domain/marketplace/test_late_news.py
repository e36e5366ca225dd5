"""What a PSP or a bank says of vendor payments when nobody expects it any more (TH-4, TH-10, EV-9, GO-13)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.builders import NOON, evolved
from tests.domain.marketplace.test_vendors import Market, technical
from tillgate.domain.ledger.entries import entries_of
from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders import ending, operating, starting
from tillgate.domain.orders.allowed_operations import payment_operations
from tillgate.domain.orders.amendments import amend
from tillgate.domain.orders.deadlines import fall_due, unwinding, vendors_owe
from tillgate.domain.orders.invariants import broken
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.payments.events import FactRefused, FactSetAside
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE, VendorSums
from tillgate.domain.psp.facts import Fact, learn, no_news
from tillgate.domain.psp.settlement import Settled, settle
from tillgate.domain.shared.refusals import OperationNotAllowed

SUCCEEDED, FAILED, REVERSED = OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.REVERSED


def told(market: Market, reference: str, place: int, status: OperationStatus) -> Order:
    """The PSP says that of one operation of a vendor payment, counted from 1."""
    part = market.parts[reference]
    payment = part.payments[0]
    fact = Fact(payment.payment_id, payment.operations[place - 1].operation_id, status)
    market.parts[reference] = evolved(part, learn(part, [fact], market.story.now))
    return market.parts[reference]


def unasked(market: Market, reference: str, kind: OperationType, amount: int) -> Order:
    part = market.parts[reference]
    fact = Fact(part.payments[0].payment_id, None, SUCCEEDED, amount, psp_reference="theirs", kind=kind)
    market.parts[reference] = evolved(part, learn(part, [fact], market.story.now))
    return market.parts[reference]


def own(market: Market, status: OperationStatus, operation_id: str | None = None) -> Order:
    """The PSP says that of the technical payment's last operation, or of the one that is named."""
    order = market.order
    known = operation_id or market.order.payments[0].operations[-1].operation_id
    market.story.order = evolved(order, learn(order, [Fact(market.card, known, status)], market.story.now))
    return market.order


def ends(market: Market) -> Order:
    """The order is cancelled, and all that the system does about it by itself succeeds."""
    events = ending.cancel_order(market.order, actor=Actor.MERCHANT, now=market.story.now)
    market.story.order = evolved(market.order, events)
    return goes_on(market)


def goes_on(market: Market) -> Order:
    for _ in range(9):
        market.summed()
        if market.order.payments[0].pending:
            own(market, SUCCEEDED)
        for reference, part in market.parts.items():
            if vendors_owe(market.order) and vendor_payments.owes(market.order, part):
                events = vendor_payments.give_back(market.order, part, market.story.now)
                market.parts[reference] = evolved(part, events)
            if market.parts[reference].pending:
                market.hears(reference)
    return market.summed()


# A part that failed, and did not.


@pytest.mark.parametrize("how", ["refused", "trace lost"])
def test_a_failed_part_that_succeeds_after_all_goes_back_and_is_no_vendors(how: str) -> None:
    """Its money was given to another vendor meanwhile."""
    market = Market()
    part = market.pay("a", 100)
    if how == "refused":
        market.hears("a", FAILED)
    else:
        payment = part.payments[0]
        lost = no_news(part, payment, payment.authorization, market.story.now + AUTHORIZATION_LIFE)
        market.parts["a"] = evolved(part, lost)
    market.paid("b", 100)
    late = told(market, "a", 1, SUCCEEDED)
    payment = late.payments[0]
    assert (payment.surplus, payment.operations[-1].type, payment.operations[-1].amount) == (True, "cancel", 100)
    assert (vendor_payments.claim(late), vendor_payments.sums_of(late)) == (0, VendorSums())
    card = market.summed().payments[0]
    assert (card.allotted, card.vendors.authorized, broken(market.order)) == (100, 100, [])


def test_a_failed_part_that_was_captured_at_once_after_all_is_refunded_and_earns_nothing() -> None:
    market = Market(capture=Capture.AUTO)
    market.pay("a", 100)
    failed = market.hears("a", FAILED)
    payment = failed.payments[0]
    fact = Fact(payment.payment_id, payment.authorization.operation_id, SUCCEEDED, captured=True)
    late = evolved(failed, learn(failed, [fact], market.story.now))
    assert late.payments[0].operations[-1].type == "refund"
    assert entries_of(failed, late) == []


def test_late_money_of_a_part_that_cannot_go_back_stands_on_the_work_list() -> None:
    market = Market()
    market.pay("a", 100)
    market.hears("a", FAILED)
    told(market, "a", 1, SUCCEEDED)
    assert troubles(market.hears("a", FAILED)) != []


def test_what_the_shopper_has_of_a_part_is_no_other_vendors_when_the_part_fails() -> None:
    """30 of it were cancelled, then its authorization failed: 70 are free again, not 100."""
    market = Market()
    market.paid("a", 100)
    market.does("cancel", "a", 30)
    part = told(market, "a", 1, REVERSED)
    assert (vendor_payments.claim(part), vendor_payments.stands(part)) == (30, 0)
    market.summed()
    assert market.order.payments[0].unallotted == 70


@pytest.mark.parametrize("outcome", [SUCCEEDED, FAILED])
def test_a_refund_that_was_under_way_when_a_part_failed_keeps_its_amount_until_it_is_heard(
    outcome: OperationStatus,
) -> None:
    market = Market(capture=Capture.AUTO)
    market.paid("a", 100)
    part = market.parts["a"]
    asked = operating.refund(part, part.payments[0].payment_id, amount=40, reason=None, now=market.story.now)
    market.parts["a"] = evolved(part, asked)
    assert vendor_payments.claim(told(market, "a", 1, REVERSED)) == 40
    part = told(market, "a", 2, outcome)
    assert vendor_payments.claim(part) == (40 if outcome is SUCCEEDED else 0)


def test_a_refund_of_a_failed_part_that_had_failed_cannot_succeed_any_more() -> None:
    """What was kept for it may be another vendor's by now: an operator looks, and can set it aside."""
    market = Market(capture=Capture.AUTO)
    market.paid("a", 100)
    part = market.parts["a"]
    asked = operating.refund(part, part.payments[0].payment_id, amount=40, reason=None, now=market.story.now)
    market.parts["a"] = evolved(part, asked)
    told(market, "a", 2, FAILED)
    told(market, "a", 1, REVERSED)
    market.paid("b", 100)
    part = told(market, "a", 2, SUCCEEDED)
    assert (vendor_payments.claim(part), part.payments[0].refunded) == (0, 0)
    assert troubles(part) != []
    assert not broken(market.order)


def test_a_cancel_that_was_under_way_when_a_part_failed_ends_and_stays_the_shoppers() -> None:
    market = Market()
    market.paid("a", 100)
    part = market.parts["a"]
    asked = operating.cancel(part, part.payments[0].payment_id, amount=40, now=market.story.now)
    market.parts["a"] = evolved(part, asked)
    told(market, "a", 1, REVERSED)
    part = told(market, "a", 2, SUCCEEDED)
    assert (part.pending, vendor_payments.claim(part), vendor_payments.stands(part)) == (False, 40, 0)


# What a bank takes of a part.


@pytest.mark.parametrize("capture", list(Capture))
def test_what_a_bank_takes_of_a_part_it_takes_of_the_technical_payment(capture: Capture) -> None:
    """The order is not safe any more, what was taken is open again, and no other vendor is given less."""
    market = Market(capture=capture)
    market.paid("a", 60)
    if capture is Capture.MANUAL:
        market.does("capture", "a")
    unasked(market, "a", OperationType.REVERSAL, 20)
    order = market.summed()
    card = order.payments[0]
    assert (card.authorized, card.vendors.taken_back, card.unallotted) == (80, 20, 40)
    assert card.captured == (80 if capture is Capture.AUTO else 40)
    assert (order.open, order.released, order.safe) == (20, 0, None)
    assert market.paid("b", 40).payments[0].authorized == 40


@pytest.mark.parametrize("capture", list(Capture))
def test_an_order_of_whose_part_a_bank_took_some_comes_to_its_end(capture: Capture) -> None:
    market = Market(capture=capture)
    market.paid("a", 60)
    if capture is Capture.MANUAL:
        market.does("capture", "a")
    unasked(market, "a", OperationType.REVERSAL, 20)
    order = ends(market)
    card = order.payments[0]
    assert (order.status, card.cancelled + card.refunded) == (OrderStatus.CANCELLED, 80)
    assert not vendors_owe(order)


def test_a_reversal_that_is_told_of_the_part_and_of_the_technical_payment_is_taken_once() -> None:
    market = Market()
    market.paid("a", 40)
    market.does("capture", "a")
    market.summed()
    taken = Fact(market.card, None, SUCCEEDED, 40, psp_reference="theirs", kind=OperationType.REVERSAL)
    market.story.order = evolved(market.order, learn(market.order, [taken], market.story.now))
    unasked(market, "a", OperationType.REVERSAL, 40)
    card = market.summed().payments[0]
    assert (card.authorized, card.captured, card.held, card.unallotted) == (60, 0, 60, 60)


def test_what_a_bank_takes_of_a_divided_payment_is_an_operators_until_he_has_seen_it() -> None:
    """Vendors have been given it. Nothing says whose loss it is."""
    market = Market(capture=Capture.AUTO)
    market.paid("a", 100)
    market.summed()
    taken = Fact(market.card, None, SUCCEEDED, 30, psp_reference="theirs", kind=OperationType.REVERSAL)
    market.story.order = evolved(market.order, learn(market.order, [taken], market.story.now))
    assert market.order.payments[0].given_beyond == 30
    (trouble,) = troubles(market.order)
    assert "vendors have been given 30 of it" in trouble
    seen = FactSetAside(
        payment_id=market.card,
        operation_id=market.order.payments[0].operations[-1].operation_id,
        by="Ada",
        reason="the merchant bears it",
        at=market.story.now,
    )
    assert troubles(evolved(market.order, [seen])) == []


# After the end.


@pytest.mark.parametrize("again", [SUCCEEDED, FAILED])
def test_a_vendors_cancel_that_fails_after_the_end_is_made_again_or_stands_out(again: OperationStatus) -> None:
    market = Market()
    market.paid("a", 100)
    market.does("cancel", "a")
    order = ends(market)
    assert order.status is OrderStatus.CANCELLED
    told(market, "a", 2, FAILED)
    order = market.summed()
    assert vendors_owe(order)
    market.parts["a"] = evolved(
        market.parts["a"], vendor_payments.give_back(order, market.parts["a"], market.story.now)
    )
    market.hears("a", again)
    order = market.summed()
    assert (order.status, vendors_owe(order)) == (OrderStatus.CANCELLED, False)
    assert bool(troubles(order)) == bool(troubles(market.parts["a"])) == (again is FAILED)
    assert order.payments[0].held == (100 if again is FAILED else 0)


def test_a_cancel_by_the_ending_itself_that_fails_late_stands_out_on_the_order_too() -> None:
    market = Market()
    market.paid("a", 100)
    order = ends(market)
    told(market, "a", 2, FAILED)
    order = market.summed()
    assert market.parts["a"].payments[0].status is PaymentStatus.CANCEL_FAILED
    (trouble,) = troubles(order)
    assert "100 of what vendors have" in trouble


def test_a_vendors_capture_that_fails_after_the_end_is_held_again_and_released() -> None:
    market = Market()
    market.paid("a", 100)
    market.does("capture", "a")
    assert ends(market).status is OrderStatus.CANCELLED
    told(market, "a", 2, FAILED)
    payment = market.parts["a"].payments[0]
    assert (payment.held, payment.operations[-1].type) == (100, "cancel")
    market.hears("a")
    order = goes_on(market)
    assert (order.payments[0].held, vendors_owe(order), troubles(order)) == (0, False, [])


def test_money_that_is_held_again_stands_although_as_much_was_refunded() -> None:
    market = Market()
    market.paid("a", 100)
    market.does("capture", "a")
    market.does("refund", "a")
    part = told(market, "a", 2, FAILED)
    assert (vendor_payments.stands(part), vendor_payments.sums_of(part).standing) == (100, 100)
    assert vendor_payments.undo(part, market.story.now)


# Bank payments.


def test_a_bank_payment_of_an_order_that_is_cancelled_goes_back_when_it_is_confirmed() -> None:
    story = technical()
    bank = story.start("bank_redirect")
    story.cancel_order()
    story.hears(bank, SUCCEEDED)
    assert (story.last(bank).type, story.last(bank).amount) == ("refund", 100)
    story.hears(bank, SUCCEEDED)
    assert story.order.status is OrderStatus.CANCELLED


def test_one_that_failed_first_goes_back_as_well() -> None:
    story = technical()
    bank = story.start("bank_redirect")
    story.hears(bank, FAILED)
    story.cancel_order()
    story.hears(bank, SUCCEEDED, story.authorization(bank))
    assert (story.payment(bank).surplus, story.last(bank).type) == (True, "refund")


@pytest.mark.parametrize("capture", list(Capture))
def test_what_a_bank_has_booked_is_counted_once_whatever_its_vendors_booked(capture: Capture) -> None:
    market = Market("bank_redirect", capture)
    market.paid("a", 60)
    market.story.order = evolved(market.order, settle(market.order, line(market.card, 100), "r", market.story.now))
    part = market.parts["a"]
    market.parts["a"] = evolved(part, settle(part, line(part.payments[0].payment_id, 60), "r", market.story.now))
    order = market.summed()
    card = order.payments[0]
    assert (card.captured, card.status, order.status) == (100, PaymentStatus.SETTLED, OrderStatus.PAID)
    market.does("refund", "a", 60)
    card = market.summed().payments[0]
    assert (card.refunded, card.status) == (60, PaymentStatus.PARTIALLY_REFUNDED)
    assert ends(market).status is OrderStatus.CANCELLED


def line(payment_id: str, amount: int) -> Settled:
    return Settled(payment_id, PaymentStatus.SETTLED, "EUR", amount, 0, NOON + timedelta(hours=1))


def test_a_vendors_refund_of_a_bank_payment_that_is_not_booked_yet_shows() -> None:
    market = Market("bank_redirect")
    market.paid("a", 60)
    market.does("refund", "a")
    card = market.summed().payments[0]
    assert (card.captured, card.refunded, card.status) == (100, 60, PaymentStatus.PARTIALLY_REFUNDED)


# What is offered, and what it comes to.


def test_nothing_is_paid_out_of_what_should_have_been_released() -> None:
    """Its seven days were over and the cancel failed."""
    market = Market()
    market.paid("a", 60)
    market.story.now += AUTHORIZATION_LIFE
    market.story.order = evolved(market.order, fall_due(market.order, market.story.now))
    own(market, FAILED)
    assert market.order.payments[0].status is PaymentStatus.CANCEL_FAILED
    with pytest.raises(OperationNotAllowed, match="released"):
        market.pay("b", 40)
    assert payment_operations(market.order, market.order.payments[0]) == ["cancel"]


def test_a_hold_that_could_not_be_released_stands_out_only_while_something_is_held() -> None:
    market = Market()
    market.paid("a", 100)
    market.summed()
    stuck = replace(market.stored.payments[0], status=PaymentStatus.CANCEL_FAILED)
    market.story.order = replace(market.stored, payments=(stuck,))
    market.does("capture", "a", 40)
    assert market.summed().payments[0].status is PaymentStatus.CANCEL_FAILED
    market.does("capture", "a", 60)
    assert market.summed().payments[0].status is PaymentStatus.CAPTURED


def test_what_is_offered_after_a_vendors_failure_is_not_refused() -> None:
    """The sums are a little later than what is allotted."""
    market = Market()
    market.paid("a", 100)
    market.does("capture", "a")
    market.summed()
    told(market, "a", 1, REVERSED)
    card = market.order.payments[0]
    assert (card.unallotted, card.available, payment_operations(market.order, card)) == (100, 0, ["pay"])
    with pytest.raises(OperationNotAllowed):
        operating.cancel(market.order, market.card, amount=1, now=market.story.now)
    assert payment_operations(market.summed(), market.order.payments[0]) == ["cancel", "pay"]


def test_what_is_paid_towards_a_raise_by_a_slower_clock_is_not_offered_to_vendors() -> None:
    """The clocks of two processes differ: the payment looks older than the raise that it was approved under (EV-8)."""
    market = Market()
    story = market.story
    story.order = evolved(market.order, amend(market.order, amount=150, metadata=None, now=story.now))
    a_moment_ago = story.now - timedelta(seconds=1)
    begun = starting.start_payment(
        market.order,
        method="card",
        connector="sandbox",
        amount=40,
        return_url=None,
        actor=Actor.MERCHANT,
        now=a_moment_ago,
    )
    story.order = evolved(market.order, begun)
    second = market.order.payments[-1]
    approved = Fact(second.payment_id, second.authorization.operation_id, SUCCEEDED)
    story.order = evolved(market.order, learn(market.order, [approved], story.now))
    second = market.order.payments[-1]
    assert payment_operations(market.order, second) == ["cancel"]
    with pytest.raises(OperationNotAllowed, match="raise"):
        vendor_payments.technical_payment(market.order, second.payment_id)


def test_a_vendors_partial_refund_keeps_the_order_safe_and_the_last_one_does_not() -> None:
    """CM-8: as a partial refund of any order does."""
    market = Market(capture=Capture.AUTO)
    market.paid("a", 60)
    market.paid("b", 40)
    market.does("refund", "a")
    assert market.summed().safe is not None
    market.does("refund", "b")
    assert market.summed().safe is None


# The bank takes it all.


def test_vendors_of_what_the_bank_took_are_taken_back_by_name_of_an_execution() -> None:
    market = Market()
    market.paid("a", 60)
    market.summed()
    assert unwinding(market.order) is None
    own(market, REVERSED, market.order.payments[0].authorization.operation_id)
    assert unwinding(market.order) == "ord_1-take-back-1"
    assert vendors_owe(market.order)
    order = goes_on(market)
    assert (vendors_owe(order), unwinding(order), order.payments[0].allotted) == (False, None, 0)
    assert vendor_payments.give_back(order, market.parts["a"], market.story.now) == []


def test_a_technical_refund_that_is_told_after_the_bank_took_it_all_is_an_operators() -> None:
    """It had failed, and all of it was a vendor's: the shopper cannot have been given it as well."""
    market = Market(capture=Capture.AUTO)
    asked = operating.refund(market.order, market.card, amount=10, reason=None, now=market.story.now)
    market.story.order = evolved(market.order, asked)
    refund = market.order.payments[0].operations[-1].operation_id
    own(market, FAILED)
    market.paid("a", 100)
    market.does("refund", "a")
    own(market, REVERSED, market.order.payments[0].authorization.operation_id)
    market.summed()
    (refused,) = learn(market.order, [Fact(market.card, refund, SUCCEEDED)], market.story.now)
    assert isinstance(refused, FactRefused)


def test_a_cancel_of_what_is_gone_changes_nothing_when_it_fails_late() -> None:
    """It was released, then its authorization failed, then the release: nothing is held again."""
    story = technical()
    card = story.paid()
    story.cancel(card)
    story.hears(card, SUCCEEDED)
    story.hears(card, REVERSED, story.authorization(card))
    story.hears(card, FAILED)
    assert (story.payment(card).held, story.payment(card).status) == (0, PaymentStatus.CANCELLED)
