"""An order of nothing is covered at once, and safe (US-1)."""

from datetime import timedelta

import pytest

from tests.domain.builders import Story
from tillgate.domain.orders.allowed_operations import is_withdrawable, order_operations
from tillgate.domain.orders.deadlines import next_due, windows
from tillgate.domain.orders.order import ORDER_WINDOW, ConsideredSafe, OrderStatus
from tillgate.domain.orders.why import why
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.methods import SafeLevel
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.shared.refusals import AmountExceedsAvailable, OperationNotAllowed

SUCCEEDED, FAILED = OperationStatus.SUCCEEDED, OperationStatus.FAILED


def test_it_is_paid_and_safe_from_its_creation_on() -> None:
    story = Story(0)
    order = story.order
    assert (order.status, order.open, order.covered_once) == (OrderStatus.PAID, 0, True)
    assert order.safe == ConsideredSafe(SafeLevel.SETTLED, story.now)
    assert (windows(order), next_due(order, timedelta(0))) == ({}, None)
    assert story.passes(ORDER_WINDOW) == []


def test_it_is_cancelled_not_withdrawn_and_nothing_can_be_started() -> None:
    story = Story(0)
    assert order_operations(story.order) == ["update", "cancel"]
    assert not is_withdrawable(story.order)
    with pytest.raises(OperationNotAllowed, match="nothing is open"):
        story.start()
    story.cancel_order()
    assert (story.order.status, story.order.safe) == (OrderStatus.CANCELLED, None)


def test_an_order_that_nothing_covers_may_be_lowered_to_nothing() -> None:
    story = Story(3)
    story.hears(story.start(), FAILED)
    story.amend(0)
    assert (story.order.status, story.order.safe) == (OrderStatus.PAID, ConsideredSafe(SafeLevel.SETTLED, story.now))
    assert story.passes(ORDER_WINDOW) == []


def test_what_is_covered_cannot_be_made_free() -> None:
    story = Story(3)
    story.paid("gift_card", 1)
    with pytest.raises(AmountExceedsAvailable):
        story.amend(0)


def test_what_was_refunded_before_is_not_refunded_but_paid() -> None:
    """Nothing is due any more, so the order stands as paid."""
    story = Story(3)
    gift = story.paid("gift_card", 1)
    story.captured(gift)
    story.refund(gift)
    story.hears(gift, SUCCEEDED)
    story.amend(0)
    assert (story.order.status, story.order.safe is not None) == (OrderStatus.PAID, True)


def test_late_money_is_surplus_and_goes_back() -> None:
    story = Story(3)
    card = story.start()
    story.hears(card, FAILED)
    story.amend(0)
    story.hears(card, SUCCEEDED, story.authorization(card))
    assert (story.payment(card).surplus, story.last(card).type) == (True, OperationType.CANCEL)
    assert (story.order.status, story.order.safe is not None) == (OrderStatus.PAID, True)


def test_a_raise_that_lapses_leaves_it_as_it_was() -> None:
    story = Story(0)
    story.amend(2)
    assert (story.order.status, story.order.open, story.order.safe) == (OrderStatus.UNPAID, 2, None)
    card = story.paid("gift_card", 1)
    story.passes(ORDER_WINDOW)
    assert (story.order.amount, story.order.status, story.order.safe is not None) == (0, OrderStatus.PAID, True)
    story.hears(card, SUCCEEDED)
    assert story.payment(card).status is PaymentStatus.CANCELLED


def test_a_raise_that_is_paid_makes_it_an_order_like_others() -> None:
    story = Story(0)
    story.amend(2)
    card = story.paid()
    assert (story.order.status, story.order.raised) == (OrderStatus.AUTHORIZED, None)
    story.captured(card)
    story.refund(card)
    story.hears(card, SUCCEEDED)
    assert (story.order.status, story.order.safe) == (OrderStatus.REFUNDED, None)


def test_why_says_it() -> None:
    assert why(Story(0).order)[0] == "The order is PAID: there is nothing to pay."
    assert why(Story(0).order)[-1].endswith(": all that is due is covered.")
