"""An ending that does not finish at once: which execution sees it through, and what a retry tries again (IS-9)."""

from datetime import timedelta

from tests.domain.builders import NOON, Story
from tillgate.domain.orders.deadlines import unwinding
from tillgate.domain.orders.order import OrderStatus
from tillgate.domain.orders.order_events import EndingRetried
from tillgate.domain.orders.reactions import retry
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType

SUCCEEDED, FAILED, PENDING = OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.PENDING
NAME = f"ord_1-unwind-{NOON:%Y%m%dT%H%M%S}"
LATER = NOON + timedelta(minutes=10)


def stuck() -> tuple[Story, str, str]:
    """A cancelled order: its gift card went back, its card's release was refused."""
    story = Story()
    gift, card = story.paid("gift_card", 1), story.paid()
    story.cancel_order()
    story.hears(gift, SUCCEEDED)
    story.hears(card, FAILED)
    assert story.order.status is OrderStatus.MANUAL_INTERVENTION_NEEDED
    return story, gift, card


def test_an_execution_is_wanted_once_an_ending_waits_for_an_answer() -> None:
    story = Story()
    card = story.paid()
    assert unwinding(story.order) is None
    story.cancel_order()
    assert unwinding(story.order) is None, "the request is being sent: who sends it goes on"
    story.hears(card, PENDING)
    assert unwinding(story.order) == NAME
    story.hears(card, SUCCEEDED)
    assert (story.order.status, unwinding(story.order)) == (OrderStatus.CANCELLED, None)


def test_an_ending_keeps_its_execution_until_it_is_over() -> None:
    story = Story()
    gift, card = story.paid("gift_card", 1), story.paid()
    story.cancel_order()
    story.hears(gift, OperationStatus.UNKNOWN)
    story.hears(card, OperationStatus.UNKNOWN)
    story.now = LATER
    story.hears(gift, SUCCEEDED)
    assert unwinding(story.order) == NAME


def test_an_ending_that_is_stuck_has_one_to_be_redriven() -> None:
    story, _, card = stuck()
    assert unwinding(story.order) == NAME
    story.takes(retry(story.order, LATER))
    story.hears(card, SUCCEEDED)
    assert unwinding(story.order) is None


def test_what_was_refused_is_asked_for_again_with_a_new_operation() -> None:
    """IS-9: the order ends as it was to end; the gift card, which went back, is left alone."""
    story, gift, card = stuck()
    refused = story.last(card).operation_id
    events = story.takes(retry(story.order, LATER))
    assert isinstance(events[0], EndingRetried)
    again = story.last(card)
    assert (again.type, again.amount, again.requested_by) == (OperationType.CANCEL, 2, Actor.OPERATOR)
    assert again.operation_id != refused
    assert len(story.payment(gift).operations) == 2
    assert (story.order.ended, story.order.safe) == (None, None)
    story.hears(card, SUCCEEDED)
    assert (story.order.status, story.payment(card).status) == (OrderStatus.CANCELLED, PaymentStatus.CANCELLED)
    assert retry(story.order, LATER) == []


def test_refused_again_it_needs_an_operator_again() -> None:
    story, _, card = stuck()
    story.takes(retry(story.order, LATER))
    story.hears(card, FAILED)
    assert story.order.status is OrderStatus.MANUAL_INTERVENTION_NEEDED
    assert story.payment(card).status is PaymentStatus.CANCEL_FAILED


def test_a_redrive_tries_again_once() -> None:
    """Only what got stuck before it: the task may be run twice for one redrive."""
    story, _, card = stuck()
    redriven_at = NOON + timedelta(minutes=1)
    assert retry(story.order, LATER, stuck_before=NOON) == []
    story.now = LATER
    story.takes(retry(story.order, LATER, redriven_at))
    assert retry(story.order, LATER, redriven_at) == [], "it is on its way"
    story.hears(card, FAILED)
    assert retry(story.order, LATER, redriven_at) == []


def test_a_refund_that_was_refused_too() -> None:
    story = Story()
    card = story.paid()
    story.captured(card)
    story.cancel_order()
    story.hears(card, FAILED)
    assert story.payment(card).status is PaymentStatus.REFUND_FAILED
    story.takes(retry(story.order, LATER))
    story.hears(card, SUCCEEDED)
    assert (story.order.status, story.payment(card).refunded) == (OrderStatus.CANCELLED, 3)


def test_money_that_came_after_the_end_and_could_not_go_back_is_tried_again() -> None:
    """The order has ended well before: nothing of its end is taken back."""
    story = Story()
    card = story.start()
    story.hears(card, OperationStatus.AWAITING_SHOPPER)
    story.cancel_order()
    story.hears(card, SUCCEEDED)
    story.hears(card, SUCCEEDED, story.authorization(card))
    story.hears(card, FAILED)
    assert (story.order.status, story.payment(card).status) == (OrderStatus.CANCELLED, PaymentStatus.CANCEL_FAILED)
    story.takes(retry(story.order, LATER))
    story.hears(card, SUCCEEDED)
    assert (story.order.status, story.payment(card).held) == (OrderStatus.CANCELLED, 0)
