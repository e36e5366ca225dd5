"""After a release that failed (CANCEL_FAILED, REFUND_FAILED): what is still possible, and what mends it."""

import pytest

from tests.domain.builders import Story
from tillgate.domain.orders.allowed_operations import payment_operations
from tillgate.domain.orders.order import OrderStatus
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE
from tillgate.domain.shared.refusals import OperationNotAllowed

SUCCEEDED, FAILED = OperationStatus.SUCCEEDED, OperationStatus.FAILED


def lapsed_in_vain(taken: int = 0) -> tuple[Story, str]:
    """An authorization past its seven days whose release the PSP refused; some of it may have been captured before."""
    story = Story()
    card = story.paid()
    if taken:
        story.captured(card, taken, final=False)
    story.passes(AUTHORIZATION_LIFE)
    story.hears(card, FAILED)
    assert story.payment(card).status is PaymentStatus.CANCEL_FAILED
    return story, card


def test_nothing_is_captured_that_should_have_been_released() -> None:
    story, card = lapsed_in_vain()
    assert payment_operations(story.order, story.payment(card)) == ["cancel"]
    with pytest.raises(OperationNotAllowed):
        story.capture(card)
    assert story.order.safe is None


def test_a_capture_that_had_succeeded_after_all_is_taken_in() -> None:
    story = Story()
    card = story.paid()
    capture = story.capture(card)
    story.hears(card, FAILED)
    story.passes(AUTHORIZATION_LIFE)
    story.hears(card, FAILED)
    story.hears(card, SUCCEEDED, capture)
    assert story.payment(card).status is PaymentStatus.CAPTURED


def test_a_refund_of_what_was_taken_is_possible_and_leaves_the_alarm() -> None:
    story, card = lapsed_in_vain(taken=1)
    story.refund(card)
    story.hears(card, SUCCEEDED)
    payment = story.payment(card)
    assert (payment.status, payment.refunded) == (PaymentStatus.CANCEL_FAILED, 1)
    story.cancel(card)
    story.hears(card, SUCCEEDED)
    assert story.payment(card).status is PaymentStatus.REFUNDED


def test_a_retry_of_the_merchant_mends_it() -> None:
    story, card = lapsed_in_vain()
    story.cancel(card)
    story.hears(card, SUCCEEDED)
    assert (story.payment(card).status, story.order.status) == (PaymentStatus.CANCELLED, OrderStatus.CANCELLED)


def test_a_refund_that_failed_at_the_end_of_an_order_can_be_tried_again() -> None:
    story = Story()
    card = story.paid()
    story.captured(card)
    story.cancel_order()
    story.hears(card, FAILED)
    assert story.payment(card).status is PaymentStatus.REFUND_FAILED
    assert story.order.status is OrderStatus.MANUAL_INTERVENTION_NEEDED
    story.refund(card, 1)
    story.hears(card, SUCCEEDED)
    assert story.payment(card).status is PaymentStatus.REFUND_FAILED
    story.refund(card)
    story.hears(card, SUCCEEDED)
    assert story.payment(card).status is PaymentStatus.REFUNDED


def test_a_merchants_operation_that_is_refused_leaves_the_status() -> None:
    story = Story()
    card = story.paid()
    for ask in (story.capture, story.cancel):
        ask(card, 1)
        story.hears(card, FAILED, reason_code="REFUSED")
        assert (story.payment(card).status, story.last(card).reason_code) == (PaymentStatus.AUTHORIZED, "REFUSED")
    story.captured(card)
    story.refund(card, 1)
    story.hears(card, FAILED)
    assert story.payment(card).status is PaymentStatus.CAPTURED
    assert story.last_of(card, OperationType.REFUND).status is FAILED
