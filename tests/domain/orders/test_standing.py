"""Where an order stands: is it safe to ship, what may be asked, what is the merchant told (CM-6, CM-7, CM-8, TH-11)."""

from datetime import timedelta

import pytest

from tests.domain.builders import Story, evolved
from tillgate.domain.notifications.noteworthy import noteworthy
from tillgate.domain.orders import operating
from tillgate.domain.orders.allowed_operations import order_operations, payment_operations
from tillgate.domain.orders.deadlines import checks_due, next_due, windows
from tillgate.domain.orders.order import ORDER_WINDOW, ConsideredSafe, OrderStatus
from tillgate.domain.payments.methods import METHODS, SafeLevel
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE, HOLD_ENDS_SOON, SHOPPER_WINDOW
from tillgate.domain.psp.facts import Fact, learn

SUCCEEDED, FAILED, REVERSED = OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.REVERSED
SAFE_WHEN_AUTHORIZED = {"card", "gift_card", "invoice", "cash_on_delivery"}


@pytest.mark.parametrize("method", sorted(METHODS))
def test_an_authorization_is_safe_for_some_methods(method: str) -> None:
    story = Story()
    story.paid(method)
    expected = ConsideredSafe(SafeLevel.AUTHORIZED, story.now) if method in SAFE_WHEN_AUTHORIZED else None
    assert story.order.safe == expected


def test_a_wallet_is_safe_once_all_is_captured() -> None:
    story = Story()
    wallet = story.paid("wallet")
    story.captured(wallet, 1, final=False)
    assert story.order.safe is None
    story.captured(wallet)
    assert story.order.safe == ConsideredSafe(SafeLevel.CAPTURED, story.now)


def test_the_level_is_the_weakest_and_since_when_it_holds() -> None:
    story = Story()
    gift, card = story.paid("gift_card", 1), story.paid()
    since = story.now
    story.now += timedelta(hours=1)
    story.captured(card)
    assert story.order.safe == ConsideredSafe(SafeLevel.AUTHORIZED, since)
    story.captured(gift)
    assert story.order.safe == ConsideredSafe(SafeLevel.CAPTURED, story.now)


def test_what_is_covered_in_part_is_not_safe() -> None:
    story = Story()
    story.paid("gift_card", 1)
    assert (story.order.status, story.order.safe) == (OrderStatus.PARTIALLY_PAID, None)


def test_a_late_failure_and_the_end_of_the_order_take_it_away() -> None:
    for story, end in ((Story(), "reversed"), (Story(), "cancelled")):
        card = story.paid()
        if end == "reversed":
            story.hears(card, REVERSED)
        else:
            story.cancel_order()
        assert story.order.safe is None


def test_a_confirmed_bank_payment_is_paid_and_not_safe_before_it_is_booked() -> None:
    story = Story()
    story.paid("bank_redirect")
    assert (story.order.status, story.order.safe) == (OrderStatus.PAID, None)


def test_what_may_be_asked_of_an_order() -> None:
    story = Story()
    assert order_operations(story.order) == ["withdraw", "start", "update"]
    card = story.start()
    assert order_operations(story.order) == ["update", "cancel"]
    story.hears(card, SUCCEEDED)
    assert order_operations(story.order) == ["update", "cancel"]
    story.captured(card)
    assert order_operations(story.order) == ["update", "cancel", "refund"]
    story.cancel_order()
    assert order_operations(story.order) == []


def test_what_may_be_asked_of_a_payment() -> None:
    story = Story()
    card = story.redirected()
    assert payment_operations(story.order, story.payment(card)) == ["withdraw", "sync"]
    story.hears(card, SUCCEEDED)
    assert payment_operations(story.order, story.payment(card)) == ["capture", "cancel"]
    story.capture(card)
    assert payment_operations(story.order, story.payment(card)) == ["sync"]
    story.hears(card, SUCCEEDED)
    assert payment_operations(story.order, story.payment(card)) == ["refund"]


def test_the_merchant_is_told_of_outcomes_and_not_of_requests() -> None:
    story = Story()
    card = story.paid()
    asked = evolved(story.order, operating.capture(story.order, card, amount=1, final=None, fee=0, now=story.now))
    assert not noteworthy(story.order, asked)
    operation = asked.payments[0].operations[-1].operation_id
    for status, told in ((OperationStatus.PENDING, False), (SUCCEEDED, True), (FAILED, True)):
        after = evolved(asked, learn(asked, [Fact(card, operation, status)], story.now))
        assert noteworthy(asked, after) is told


def test_time_is_kept_for_what_is_open() -> None:
    story = Story()
    assert next_due(story.order, timedelta(0)) == story.order.expires_at
    card = story.start()
    check = story.last(card).next_check_at
    assert check is not None
    assert next_due(story.order, timedelta(0)) == check
    assert checks_due(story.order, story.now) == []
    assert checks_due(story.order, check) == [(story.payment(card), story.last(card))]
    story.hears(card, OperationStatus.AWAITING_SHOPPER)
    grace = timedelta(minutes=5)
    assert next_due(story.order, grace) == story.now + SHOPPER_WINDOW + grace
    assert sorted(windows(story.order).values()) == [story.now + SHOPPER_WINDOW, story.now + ORDER_WINDOW]
    story.hears(card, SUCCEEDED)
    assert windows(story.order) == {}
    assert next_due(story.order, grace) == story.now + AUTHORIZATION_LIFE - HOLD_ENDS_SOON
    story.passes(AUTHORIZATION_LIFE - HOLD_ENDS_SOON)
    assert next_due(story.order, grace) == story.now + HOLD_ENDS_SOON
    story.captured(card)
    assert next_due(story.order, grace) is None


def test_what_is_held_still_keeps_an_order_from_being_refunded() -> None:
    story = Story()
    gift = story.paid("gift_card", 1)
    story.paid()
    story.captured(gift)
    story.refund(gift)
    story.hears(gift, SUCCEEDED)
    assert story.order.status is OrderStatus.AUTHORIZED


def test_one_tender_that_is_not_safe_makes_the_order_unsafe() -> None:
    story = Story()
    story.paid("gift_card", 1)
    wallet = story.paid("wallet")
    assert story.order.safe is None
    story.captured(wallet)
    assert story.order.safe == ConsideredSafe(SafeLevel.AUTHORIZED, story.now)


def test_an_order_that_somebody_tried_to_pay_is_cancelled_not_withdrawn() -> None:
    story = Story()
    story.hears(story.start(), FAILED)
    assert order_operations(story.order) == ["start", "update", "cancel"]
