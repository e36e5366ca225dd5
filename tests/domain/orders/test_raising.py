"""The merchant changes what is to be paid; a raise opens a window whose lapse undoes only the raise (EV-8)."""

from datetime import timedelta
from functools import partial

import pytest

from tests.domain.builders import Story
from tillgate.domain.orders.amendments import amend
from tillgate.domain.orders.order import ORDER_WINDOW, OrderStatus
from tillgate.domain.orders.order_events import AmountChanged, MetadataChanged
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.shared.refusals import AmountExceedsAvailable, OperationNotAllowed

SUCCEEDED, FAILED = OperationStatus.SUCCEEDED, OperationStatus.FAILED


def raised(amount: int = 2, to: int = 4) -> tuple[Story, str]:
    """A covered order whose amount was raised."""
    story = Story(amount)
    card = story.paid()
    story.amend(to)
    return story, card


def test_a_raise_opens_the_difference_in_a_new_window() -> None:
    story, _ = raised()
    assert (story.order.status, story.order.open) == (OrderStatus.PARTIALLY_PAID, 2)
    assert story.order.expires_at == story.now + ORDER_WINDOW
    story.paid()
    assert (story.order.status, story.order.raised) == (OrderStatus.AUTHORIZED, None)


def test_the_lapse_of_a_raise_undoes_the_raise_alone() -> None:
    story, card = raised()
    gift = story.paid("gift_card", 1)
    story.passes(ORDER_WINDOW)
    assert (story.order.amount, story.order.status, story.payment(card).held) == (2, OrderStatus.AUTHORIZED, 2)
    assert (story.payment(gift).surplus, story.last(gift).type) == (True, OperationType.CANCEL)


def test_what_is_cancelled_of_a_raise_is_open_again() -> None:
    story, _ = raised()
    gift = story.paid("gift_card", 1)
    story.cancel(gift)
    story.hears(gift, SUCCEEDED)
    assert (story.order.due, story.order.open) == (4, 2)
    story.passes(ORDER_WINDOW)
    assert (story.order.due, story.order.covered, story.order.status) == (2, 2, OrderStatus.AUTHORIZED)


def test_late_money_towards_a_raise_goes_back_with_it() -> None:
    """The payment had been made, and had ended, before the raise."""
    story = Story(1)
    early = story.redirected()
    story.withdraw(early)
    story.hears(early, SUCCEEDED)
    story.paid()
    story.amend(3)
    story.hears(early, SUCCEEDED, story.authorization(early))
    assert (story.order.covered, story.payment(early).surplus) == (2, False)
    story.passes(ORDER_WINDOW)
    assert (story.order.covered, story.payment(early).surplus) == (1, True)


def test_the_lapse_of_a_raise_does_not_raise_what_was_lowered_since() -> None:
    story, card = raised()
    story.hears(card, OperationStatus.REVERSED)
    story.amend(1)
    story.passes(ORDER_WINDOW)
    assert story.order.amount == 1


def test_lowering_to_what_was_cancelled_ends_the_order() -> None:
    story, card = raised()
    story.cancel(card)
    story.hears(card, SUCCEEDED)
    story.amend(2)
    assert story.order.status is OrderStatus.CANCELLED


def test_lowering_to_what_is_covered_covers_the_order() -> None:
    story = Story(4)
    story.paid("gift_card", 1)
    with pytest.raises(AmountExceedsAvailable):
        story.amend(0)
    story.amend(1)
    assert (story.order.status, story.order.safe is not None) == (OrderStatus.AUTHORIZED, True)


def test_the_amount_stays_while_a_payment_is_under_way_and_after_the_end() -> None:
    story = Story()
    card = story.start()
    with pytest.raises(OperationNotAllowed):
        story.amend(4)
    story.hears(card, FAILED)
    story.cancel_order()
    with pytest.raises(OperationNotAllowed):
        story.amend(4)


def test_amount_and_metadata_change_each_for_itself() -> None:
    order = Story(4).order
    change = partial(amend, order, now=order.created_at)
    assert [type(event) for event in change(amount=None, metadata={"a": 1})] == [MetadataChanged]
    assert [type(event) for event in change(amount=5, metadata=None)] == [AmountChanged]
    assert change(amount=4, metadata={}) == [], "said again, it changes nothing"


def test_the_amount_stays_while_one_of_several_payments_awaits_the_shopper() -> None:
    story = Story(4)
    story.paid("gift_card", 1)
    story.redirected()
    with pytest.raises(OperationNotAllowed):
        story.amend(5)


def test_what_was_cancelled_after_coverage_cannot_be_lowered_away() -> None:
    story = Story(4)
    card = story.paid()
    story.cancel(card, 1)
    story.hears(card, SUCCEEDED)
    assert (story.order.covered, story.order.released) == (3, 1)
    with pytest.raises(AmountExceedsAvailable):
        story.amend(3)


def test_only_a_raise_of_a_covered_order_opens_a_window() -> None:
    story = Story(4)
    end = story.order.expires_at
    story.passes(timedelta(minutes=1))
    story.amend(5)
    assert story.order.expires_at == end, "an order that was never covered keeps its window"
    story.paid("gift_card", 3)
    story.amend(4)
    assert story.order.expires_at == end, "less to pay is no raise"
    story.paid()
    story.passes(timedelta(minutes=1))
    story.amend(5)
    assert story.order.expires_at == story.now + ORDER_WINDOW


def test_an_order_that_was_never_covered_is_not_raised_it_just_costs_more() -> None:
    story = Story(4)
    story.amend(5)
    story.paid("gift_card", 1)
    assert story.order.raised is None
    story.passes(ORDER_WINDOW)
    assert story.order.ending is not None, "its window ends it as a whole"


def test_lowering_is_no_raise_while_something_is_open() -> None:
    story = Story(4)
    gift, _ = story.paid("gift_card", 2), story.paid()
    story.hears(gift, OperationStatus.REVERSED)
    story.amend(3)
    assert (story.order.open, story.order.raised) == (1, None)


def test_an_attempt_that_failed_during_a_raise_that_lapsed_may_still_pay_for_the_next() -> None:
    story, _ = raised(2, to=4)
    late = story.start()
    story.hears(late, FAILED)
    story.passes(ORDER_WINDOW)
    story.amend(4)
    story.hears(late, SUCCEEDED)
    assert (story.order.covered, story.payment(late).surplus) == (4, False)


def test_a_raise_that_is_undone_leaves_no_more_covered_than_is_due() -> None:
    """A refund failed late while the raise was open: what it had opened again is covered after all."""
    story = Story(amount=3)
    bank = story.paid("bank_redirect", 2)
    story.refund(bank, 1)
    story.hears(bank, OperationStatus.SUCCEEDED)
    refund = story.last(bank).operation_id
    story.amend(1)
    story.amend(4)
    story.hears(bank, OperationStatus.FAILED, refund)
    assert story.order.raised
    story.passes(ORDER_WINDOW)
    after = story.order
    assert (after.raised, after.amount, after.covered) == (None, 2, 2)
