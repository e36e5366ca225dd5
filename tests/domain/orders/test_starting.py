"""START: when a payment can begin, and what becomes of its authorization (CM-2, CM-4, CM-5, IS-4, IS-6, RG-1)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.builders import PAGE, Story
from tillgate.domain.orders import lookup, starting
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import OrderStatus, Terms
from tillgate.domain.orders.room import MOST_PAYMENTS
from tillgate.domain.payments.events import OutcomeLearned, TraceLost
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE, SHOPPER_WINDOW
from tillgate.domain.psp.facts import Fact, learn, no_news
from tillgate.domain.shared import identifiers
from tillgate.domain.shared.refusals import AmountExceedsAvailable, MethodNotApplicable, NotFound, OperationNotAllowed

SUCCEEDED, FAILED, PENDING = OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.PENDING
UNKNOWN, AWAITING = OperationStatus.UNKNOWN, OperationStatus.AWAITING_SHOPPER


def test_authorized_at_once() -> None:
    story = Story()
    card = story.paid()
    payment = story.payment(card)
    assert (payment.status, payment.held, payment.brand) == (PaymentStatus.AUTHORIZED, 3, "visa")
    assert payment.authorization_expires_at == story.now + AUTHORIZATION_LIFE
    assert (story.order.status, story.order.open) == (OrderStatus.AUTHORIZED, 0)


def test_redirected_then_authorized() -> None:
    story = Story()
    card = story.redirected()
    payment = story.payment(card)
    assert (payment.status, payment.redirect, payment.pending) == (PaymentStatus.CREATED, PAGE, False)
    assert payment.waits_until == story.now + SHOPPER_WINDOW
    story.takes(starting.open_page(story.order, story.now))
    assert story.payment(card).status is PaymentStatus.SEEN
    story.hears(card, PENDING)
    assert (story.payment(card).status, story.payment(card).redirect) == (PaymentStatus.PROCESSING, None)
    story.hears(card, SUCCEEDED)
    assert story.payment(card).status is PaymentStatus.AUTHORIZED


def test_refused_and_tried_again() -> None:
    story = Story()
    first = story.start()
    story.hears(first, FAILED, reason_code="INSUFFICIENT_AMOUNT")
    assert (story.payment(first).status, story.payment(first).reason_code) == (
        PaymentStatus.FAILED,
        "INSUFFICIENT_AMOUNT",
    )
    story.paid()
    assert story.order.status is OrderStatus.AUTHORIZED


@pytest.mark.parametrize("status", [None, UNKNOWN, PENDING])
def test_no_second_try_while_an_outcome_is_unknown(status: OperationStatus | None) -> None:
    story = Story()
    card = story.start()
    if status:
        story.hears(card, status)
    assert (story.payment(card).status, story.payment(card).pending) == (PaymentStatus.PROCESSING, True)
    with pytest.raises(OperationNotAllowed):
        story.start()


def test_a_lost_answer_is_never_a_failure() -> None:
    story = Story()
    card = story.start()
    story.hears(card, UNKNOWN)
    story.hears(card, SUCCEEDED)
    assert story.payment(card).status is PaymentStatus.AUTHORIZED


def test_an_earlier_payment_that_awaits_the_shopper_is_closed_first() -> None:
    story = Story()
    first = story.redirected()
    story.takes(starting.make_way(story.order, "card", None, story.now))
    assert (story.last(first).type, starting.make_way(story.order, "card", None, story.now)) == (
        OperationType.CLOSE,
        [],
    )
    with pytest.raises(OperationNotAllowed):
        story.start()
    story.hears(first, SUCCEEDED)
    assert story.payment(first).status is PaymentStatus.WITHDRAWN
    story.paid()


@pytest.mark.parametrize("amount", [-1, 0, 4])
def test_amounts_that_cannot_be_started(amount: int) -> None:
    with pytest.raises(AmountExceedsAvailable):
        Story(amount=3).start(amount=amount)


def test_nothing_is_started_when_nothing_is_open() -> None:
    story = Story()
    story.paid()
    with pytest.raises(OperationNotAllowed):
        story.start()


def test_a_method_that_the_order_does_not_offer() -> None:
    with pytest.raises(MethodNotApplicable):
        Story(terms=Terms(methods=("card",))).start("gift_card")


def test_gift_cards_pay_what_they_have_and_a_card_the_rest() -> None:
    story = Story(amount=10)
    for _ in range(2):
        gift = story.start("gift_card")
        story.hears(gift, SUCCEEDED, amount=4)
        assert (story.payment(gift).amount, story.order.status) == (4, OrderStatus.PARTIALLY_PAID)
    card = story.paid()
    assert (story.payment(card).amount, story.order.status) == (2, OrderStatus.AUTHORIZED)


def test_one_open_tender_and_any_number_of_limited_ones() -> None:
    story = Story(amount=10)
    story.paid(amount=4)
    with pytest.raises(OperationNotAllowed):
        story.start()
    story.paid("gift_card")
    assert story.order.open == 0


def test_a_card_may_be_approved_in_part() -> None:
    story = Story(amount=10)
    card = story.start()
    story.hears(card, SUCCEEDED, amount=4)
    assert (story.payment(card).held, story.order.status, story.order.open) == (4, OrderStatus.PARTIALLY_PAID, 6)


@pytest.mark.parametrize("amount", [-1, 0, 11])
def test_an_approval_that_cannot_be_is_recorded_and_without_effect(amount: int) -> None:
    story = Story(amount=10)
    card = story.start()
    story.hears(card, SUCCEEDED, amount=amount)
    assert (story.payment(card).authorized, story.payment(card).pending) == (0, True)
    assert [contradiction.amount for contradiction in story.last(card).contradictions] == [amount]


def test_a_gift_card_that_gives_more_than_is_open_goes_back() -> None:
    story = Story(amount=10)
    gift = story.start("gift_card", 4)
    story.hears(gift, SUCCEEDED, amount=11)
    assert (story.payment(gift).surplus, story.last(gift).type, story.last(gift).amount) == (
        True,
        OperationType.CANCEL,
        11,
    )
    assert story.order.status is OrderStatus.UNPAID


def test_the_psp_is_asked_less_and_less_often_then_the_trace_is_lost() -> None:
    """After 1, 5, 15 minutes, 1 hour, 6 hours, then daily, until the authorization's end (GO-4, EV-7)."""
    story = Story()
    card = story.start()
    gaps = []
    while story.payment(card).status is PaymentStatus.PROCESSING:
        operation = story.last(card)
        assert operation.next_check_at is not None
        gaps.append(operation.next_check_at - story.now)
        story.now = operation.next_check_at
        story.takes(no_news(story.order, story.payment(card), operation, story.now))
    hour, day = timedelta(hours=1), timedelta(days=1)
    assert gaps[:5] == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), hour, 6 * hour]
    assert set(gaps[5:]) == {day}
    assert story.payment(card).status is PaymentStatus.PROCESSING_EXPIRED
    story.hears(card, SUCCEEDED)
    assert story.payment(card).status is PaymentStatus.AUTHORIZED


@pytest.mark.parametrize("capture", list(Capture))
@pytest.mark.parametrize("status", [SUCCEEDED, FAILED, PENDING, AWAITING])
def test_a_fact_told_twice_makes_nothing_new(capture: Capture, status: OperationStatus) -> None:
    story = Story(capture=capture)
    card = story.start()
    story.hears(card, status)
    assert story.hears(card, status) == []
    assert story.hears(card, UNKNOWN) == []


def test_facts_about_what_was_never_requested_make_nothing() -> None:
    story = Story()
    card = story.start()
    assert story.learns([Fact("pay_2_1", "pay_2_1_1", SUCCEEDED), Fact(card, f"{card}_9", SUCCEEDED)]) == []


def test_attempts_are_bounded() -> None:
    story = Story()
    for _ in range(MOST_PAYMENTS):
        story.hears(story.start(), FAILED)
    with pytest.raises(OperationNotAllowed):
        story.start()


def test_withdrawing_a_payment() -> None:
    story = Story()
    card = story.redirected()
    story.withdraw(card)
    with pytest.raises(OperationNotAllowed):
        story.withdraw(card)
    story.hears(card, SUCCEEDED)
    assert (story.payment(card).status, story.order.status) == (PaymentStatus.WITHDRAWN, OrderStatus.UNPAID)


def test_a_payment_at_the_bank_is_not_withdrawn() -> None:
    story = Story()
    card = story.start()
    with pytest.raises(OperationNotAllowed):
        story.withdraw(card)


def test_payments_are_found_by_their_ids() -> None:
    assert identifiers.order_key_of(identifiers.payment_id_of("ord_a1", 2)) == "ord_a1"
    for unknown in ("", "pay_", "pay_a1", "pay_a1_x", "ord_a1_1"):
        with pytest.raises(NotFound):
            identifiers.order_key_of(unknown)
    with pytest.raises(NotFound):
        lookup.find_payment(Story().order, "pay_1_1")


def test_all_that_is_open_may_be_named() -> None:
    story = Story(3)
    assert story.payment(story.start(amount=3)).amount == 3


def test_an_order_can_be_paid_until_its_time_is_over_and_not_then() -> None:
    order = Story().order
    starting.may_start(order, order.expires_at - timedelta(microseconds=1))
    with pytest.raises(OperationNotAllowed):
        starting.may_start(order, order.expires_at)


def test_an_outcome_of_what_was_never_requested_is_no_history() -> None:
    story = Story()
    card = story.start()
    [learned] = learn(story.order, [Fact(card, story.authorization(card), SUCCEEDED)], story.now)
    assert isinstance(learned, OutcomeLearned)
    for unknown in (replace(learned, payment_id="pay_9"), replace(learned, operation_id="pay_9_1")):
        with pytest.raises(ValueError, match="never requested"):
            evolve(story.order, unknown)


def test_a_trace_is_given_up_when_the_authorizations_life_is_over() -> None:
    story = Story()
    card = story.start()
    for early, lost in ((timedelta(microseconds=1), False), (timedelta(0), True)):
        at = story.now + AUTHORIZATION_LIFE - early
        events = no_news(story.order, story.payment(card), story.last(card), at)
        assert isinstance(events[0], TraceLost) is lost
