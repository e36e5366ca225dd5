"""An order on its way to its end: closed first, then released, then ended; money that comes late (TH-3, IS-9)."""

from datetime import timedelta

import pytest

from tests.domain.builders import Story
from tillgate.domain.notifications.noteworthy import noteworthy
from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.allowed_operations import order_operations
from tillgate.domain.orders.deadlines import BOOKING_CHECK, next_due
from tillgate.domain.orders.order import ORDER_WINDOW, OrderStatus
from tillgate.domain.payments.events import HoldEndsSoon, OperationRequested
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE, HOLD_ENDS_SOON, SHOPPER_WINDOW
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shared.refusals import OperationNotAllowed

SUCCEEDED, FAILED, REVERSED = OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.REVERSED
PENDING, UNKNOWN = OperationStatus.PENDING, OperationStatus.UNKNOWN


def half_paid() -> tuple[Story, str, str]:
    """A gift card holds 1 of 3, a card payment awaits the shopper."""
    story = Story()
    gift = story.paid("gift_card", 1)
    return story, gift, story.redirected()


def test_cancelling_releases_what_is_held_and_refunds_what_was_captured() -> None:
    story = Story()
    gift, card = story.paid("gift_card", 1), story.paid()
    story.captured(card)
    story.cancel_order()
    assert story.order.safe is None
    assert [story.last(gift).type, story.last(card).type] == [OperationType.CANCEL, OperationType.REFUND]
    story.hears(gift, SUCCEEDED)
    assert story.order.ended is None
    story.hears(card, SUCCEEDED)
    assert story.order.ended is OrderStatus.CANCELLED
    assert [payment.status for payment in story.order.payments] == [PaymentStatus.CANCELLED, PaymentStatus.REFUNDED]


def test_a_partly_captured_payment_is_released_then_refunded() -> None:
    story = Story()
    card = story.paid()
    story.captured(card, 1, final=False)
    story.cancel_order()
    assert (story.last(card).type, story.last(card).amount) == (OperationType.CANCEL, 2)
    story.hears(card, SUCCEEDED)
    assert (story.last(card).type, story.last(card).amount) == (OperationType.REFUND, 1)
    story.hears(card, SUCCEEDED)
    assert story.order.status is OrderStatus.CANCELLED


def test_cancelling_waits_for_a_capture_that_is_on_its_way() -> None:
    story = Story()
    card = story.paid()
    story.capture(card)
    story.cancel_order()
    assert story.last(card).type is OperationType.CAPTURE
    story.hears(card, SUCCEEDED)
    assert story.last(card).type is OperationType.REFUND
    story.hears(card, SUCCEEDED)
    assert story.order.status is OrderStatus.CANCELLED


def test_cancelling_twice_is_no_error_and_nothing_new() -> None:
    story = Story()
    story.paid()
    story.cancel_order()
    before = story.order
    story.cancel_order()
    assert story.order == before
    with pytest.raises(OperationNotAllowed):
        story.start()


def test_cancelling_closes_what_awaits_the_shopper_before_anything_is_released() -> None:
    story, gift, card = half_paid()
    story.cancel_order()
    assert story.last(card).type is OperationType.CLOSE
    assert story.last(gift).type is OperationType.AUTHORIZE
    story.hears(card, SUCCEEDED)
    assert story.payment(card).status is PaymentStatus.WITHDRAWN
    assert story.last(gift).type is OperationType.CANCEL


def test_a_close_that_is_answered_it_was_paid_gives_the_money_back() -> None:
    story = Story()
    card = story.redirected()
    story.cancel_order()
    close = story.last(card).operation_id
    story.learns([Fact(card, story.authorization(card), SUCCEEDED), Fact(card, close, FAILED)])
    assert (story.last(card).type, story.order.safe) == (OperationType.CANCEL, None)
    story.hears(card, SUCCEEDED)
    assert story.order.ended is OrderStatus.CANCELLED


def test_an_ending_that_a_release_fails_needs_an_operator() -> None:
    story = Story()
    card = story.paid()
    story.cancel_order()
    story.hears(card, FAILED)
    assert story.order.status is OrderStatus.MANUAL_INTERVENTION_NEEDED
    assert story.payment(card).status is PaymentStatus.CANCEL_FAILED


def test_an_ending_refunds_what_a_bank_has_confirmed_where_the_psp_can() -> None:
    story = Story()
    bank = story.paid("bank_redirect")
    story.cancel_order()
    story.hears(bank, SUCCEEDED)
    assert (story.payment(bank).status, story.order.status) == (PaymentStatus.REFUNDED, OrderStatus.CANCELLED)


def test_an_ending_waits_for_the_booking_where_the_psp_refunds_nothing_before() -> None:
    story = Story(refund_before_settled=False)
    bank = story.paid("bank_redirect")
    story.cancel_order()
    assert (story.order.ended, story.payment(bank).pending) == (None, False)
    assert next_due(story.order, timedelta(0)) == story.now + BOOKING_CHECK
    story.settled(bank)
    story.hears(bank, SUCCEEDED)
    assert (story.payment(bank).status, story.order.status) == (PaymentStatus.REFUNDED, OrderStatus.CANCELLED)


def test_the_window_ends_an_order_that_nobody_paid() -> None:
    story = Story()
    story.passes(ORDER_WINDOW)
    assert story.order.status is OrderStatus.EXPIRED


def test_the_window_closes_and_releases() -> None:
    story, gift, card = half_paid()
    story.passes(ORDER_WINDOW)
    story.hears(card, SUCCEEDED)
    assert story.payment(card).status is PaymentStatus.EXPIRED
    story.hears(gift, SUCCEEDED)
    assert story.order.status is OrderStatus.EXPIRED


def test_the_window_of_a_covered_order_ends_nothing() -> None:
    story = Story()
    story.paid()
    assert story.passes(ORDER_WINDOW) == []


@pytest.mark.parametrize("status", [None, UNKNOWN, PENDING])
def test_the_window_waits_for_an_outcome(status: OperationStatus | None) -> None:
    story = Story()
    card = story.start()
    if status:
        story.hears(card, status)
    assert story.passes(ORDER_WINDOW) == []
    story.hears(card, FAILED)
    story.passes(timedelta(0))
    assert story.order.status is OrderStatus.EXPIRED


def test_the_window_waits_for_a_capture_and_gives_back_what_it_took() -> None:
    story = Story()
    card = story.paid(amount=2)
    story.capture(card)
    story.passes(ORDER_WINDOW)
    story.hears(card, SUCCEEDED)
    assert story.last(card).type is OperationType.REFUND
    story.hears(card, SUCCEEDED)
    assert story.order.status is OrderStatus.EXPIRED


def test_a_close_that_is_answered_it_was_paid_calls_the_end_of_the_window_off() -> None:
    story, gift, card = half_paid()
    story.passes(ORDER_WINDOW)
    story.hears(card, SUCCEEDED, story.authorization(card))
    story.hears(card, FAILED)
    assert (story.order.status, story.order.ending) == (OrderStatus.AUTHORIZED, None)
    assert story.payment(gift).held == 1


def test_once_the_window_has_begun_to_release_late_money_goes_back() -> None:
    """Else the order would count as paid with less than was asked for, a tender of it being on its way back."""
    story, gift, card = half_paid()
    story.passes(ORDER_WINDOW)
    story.hears(card, SUCCEEDED)
    assert story.last(gift).type is OperationType.CANCEL
    story.hears(card, SUCCEEDED, story.authorization(card))
    assert (story.payment(card).surplus, story.last(card).type) == (True, OperationType.CANCEL)
    story.hears(gift, SUCCEEDED)
    story.hears(card, SUCCEEDED)
    assert story.order.status is OrderStatus.EXPIRED
    assert [payment.held for payment in story.order.payments] == [0, 0]


@pytest.mark.parametrize("capture", list(Capture))
def test_money_that_comes_after_the_end_goes_back_once(capture: Capture) -> None:
    story = Story(capture=capture)
    card = story.redirected()
    story.passes(ORDER_WINDOW)
    story.hears(card, SUCCEEDED)
    assert story.order.status is OrderStatus.EXPIRED
    authorization = story.authorization(card)
    story.hears(card, SUCCEEDED, authorization, captured=True)
    gives_back = OperationType.CANCEL if capture is Capture.MANUAL else OperationType.REFUND
    assert (story.payment(card).surplus, story.last(card).type) == (True, gives_back)
    assert story.hears(card, SUCCEEDED, authorization, captured=True) == []
    story.hears(card, SUCCEEDED)
    ends = PaymentStatus.CANCELLED if capture is Capture.MANUAL else PaymentStatus.REFUNDED
    assert (story.payment(card).status, story.order.status) == (ends, OrderStatus.EXPIRED)
    assert story.hears(card, SUCCEEDED, authorization, captured=True) == []


def test_money_for_an_ended_payment_counts_while_the_order_is_open() -> None:
    story = Story()
    card = story.redirected()
    story.withdraw(card)
    story.hears(card, SUCCEEDED)
    assert story.payment(card).status is PaymentStatus.WITHDRAWN
    story.hears(card, SUCCEEDED, story.authorization(card))
    assert (story.payment(card).status, story.order.status) == (PaymentStatus.AUTHORIZED, OrderStatus.AUTHORIZED)


def test_of_two_payments_that_both_succeed_the_second_goes_back() -> None:
    story = Story()
    first = story.redirected()
    story.withdraw(first)
    story.hears(first, SUCCEEDED)
    second = story.start()
    story.hears(first, SUCCEEDED, story.authorization(first))
    story.hears(second, SUCCEEDED)
    assert [payment.surplus for payment in story.order.payments] == [False, True]
    assert story.last(second).type is OperationType.CANCEL
    assert (story.order.covered, story.order.status) == (3, OrderStatus.AUTHORIZED)


def test_surplus_money_that_cannot_be_released_stands_out() -> None:
    story = Story()
    first = story.redirected()
    story.withdraw(first)
    story.hears(first, SUCCEEDED)
    story.paid()
    story.hears(first, SUCCEEDED, story.authorization(first))
    story.hears(first, FAILED)
    assert story.payment(first).status is PaymentStatus.CANCEL_FAILED
    assert story.order.status is OrderStatus.AUTHORIZED


def test_a_payment_that_nobody_took_up_expires() -> None:
    story = Story()
    card = story.redirected()
    story.passes(SHOPPER_WINDOW)
    assert story.last(card).type is OperationType.CLOSE
    story.hears(card, SUCCEEDED)
    assert story.payment(card).status is PaymentStatus.EXPIRED
    assert story.order.status is OrderStatus.UNPAID


def test_a_payment_that_came_to_the_bank_while_it_was_closed_expires_all_the_same() -> None:
    for at_bank_first in (True, False):
        story = Story()
        card = story.redirected()
        story.passes(SHOPPER_WINDOW)
        close = story.last(card).operation_id
        facts = [(story.authorization(card), PENDING), (close, SUCCEEDED)]
        for operation, status in facts if at_bank_first else reversed(facts):
            story.hears(card, status, operation)
        assert story.payment(card).status is PaymentStatus.EXPIRED


def test_a_refused_close_is_tried_again_after_the_shoppers_window_and_not_at_once() -> None:
    story = Story()
    card = story.redirected()
    story.cancel_order()
    story.hears(card, FAILED)
    closes = [op for op in story.payment(card).operations if op.type is OperationType.CLOSE]
    assert len(closes) == 1
    assert story.passes(SHOPPER_WINDOW / 2) == []
    story.passes(SHOPPER_WINDOW / 2)
    story.hears(card, SUCCEEDED)
    assert story.order.status is OrderStatus.CANCELLED


def test_an_authorization_lapses_after_seven_days_and_with_it_the_order() -> None:
    story = Story()
    card = story.paid()
    story.passes(AUTHORIZATION_LIFE)
    assert (story.last(card).type, story.last(card).requested_by) == (OperationType.CANCEL, Actor.SYSTEM)
    story.hears(card, SUCCEEDED)
    assert (story.payment(card).status, story.order.status) == (PaymentStatus.EXPIRED, OrderStatus.EXPIRED)


def test_the_merchant_is_told_once_before_a_hold_ends() -> None:
    """A day before, as long as something is held; a later end that the PSP tells is told again."""
    story = Story()
    card = story.paid()
    assert story.passes(AUTHORIZATION_LIFE - HOLD_ENDS_SOON - timedelta(seconds=1)) == []
    before = story.order
    (told,) = story.passes(timedelta(seconds=1))
    assert isinstance(told, HoldEndsSoon)
    assert (told.payment_id, told.ends_at) == (card, story.now + HOLD_ENDS_SOON)
    assert noteworthy(before, story.order)
    assert story.passes(timedelta(hours=1)) == []
    longer = story.now + 2 * HOLD_ENDS_SOON
    story.learns([Fact(card, story.authorization(card), SUCCEEDED, kind=OperationType.AUTHORIZE, expires_at=longer)])
    assert [event.ends_at for event in story.passes(HOLD_ENDS_SOON) if isinstance(event, HoldEndsSoon)] == [longer]


def test_of_a_hold_that_is_used_up_or_being_released_nobody_is_told() -> None:
    taken, cancelled, underway = Story(), Story(), Story()
    taken.captured(taken.paid())
    cancelled.cancel(cancelled.paid())
    underway.paid()
    underway.cancel_order()
    for story in (taken, cancelled, underway):
        assert story.passes(AUTHORIZATION_LIFE - HOLD_ENDS_SOON) == []


def test_the_end_that_the_psp_tells_outranks_the_seven_days() -> None:
    story = Story()
    card = story.start()
    ends = story.now + timedelta(days=3)
    story.learns([Fact(card, story.authorization(card), SUCCEEDED, kind=OperationType.AUTHORIZE, expires_at=ends)])
    assert story.payment(card).authorization_expires_at == ends
    story.passes(timedelta(days=3))
    story.hears(card, SUCCEEDED)
    assert story.payment(card).status is PaymentStatus.EXPIRED


@pytest.mark.parametrize("told_first", ["refusal", "lapse"])
def test_a_day_seven_cancel_that_is_refused_since_the_psp_let_it_expire_counts_as_expired(told_first: str) -> None:
    """The order ends like any other whose hold ran out: nothing is left for an operator."""
    story = Story()
    card = story.paid()
    story.passes(AUTHORIZATION_LIFE)
    refused = Fact(card, story.last(card).operation_id, FAILED, reason_code="REFUSED", kind=OperationType.CANCEL)
    lapse = Fact(card, None, SUCCEEDED, 3, psp_reference="ex_1", kind=OperationType.CANCEL, lapsed=True)
    story.learns([refused, lapse] if told_first == "refusal" else [lapse, refused])
    assert (story.payment(card).status, story.order.status) == (PaymentStatus.EXPIRED, OrderStatus.EXPIRED)
    assert (story.payment(card).pending, troubles(story.order)) == (False, [])


def test_what_was_captured_of_a_lapsed_authorization_stays() -> None:
    story = Story()
    card = story.paid()
    story.captured(card, 1, final=False)
    story.passes(AUTHORIZATION_LIFE)
    story.hears(card, SUCCEEDED)
    assert (story.payment(card).status, story.order.status) == (PaymentStatus.CAPTURED, OrderStatus.PAID)


@pytest.mark.parametrize("failed_first", [True, False])
def test_a_lapse_that_failed_and_was_mended_has_expired(failed_first: bool) -> None:
    """The PSP says when it was so, and says it in any order."""
    story = Story()
    card = story.paid()
    story.passes(AUTHORIZATION_LIFE)
    words = [(FAILED, story.now), (SUCCEEDED, story.now + timedelta(hours=1))]
    for status, as_of in words if failed_first else reversed(words):
        story.hears(card, status, as_of=as_of)
    assert story.payment(card).status is PaymentStatus.EXPIRED


def test_cancelling_all_ends_the_order() -> None:
    story = Story()
    card = story.paid()
    story.cancel(card)
    story.hears(card, SUCCEEDED)
    assert story.order.status is OrderStatus.CANCELLED


@pytest.mark.parametrize("status", [PaymentStatus.WITHDRAWN, PaymentStatus.EXPIRED])
def test_a_close_that_succeeded_has_no_reason_code(status: PaymentStatus) -> None:
    """A PSP that ends a payment for us gives a reason for that payment; our close has not failed."""
    story = Story()
    card = story.redirected()
    if status is PaymentStatus.WITHDRAWN:
        story.withdraw(card)
    else:
        story.passes(SHOPPER_WINDOW)
    story.hears(card, SUCCEEDED, reason_code="PSP_ERROR")
    payment, close = story.payment(card), story.last(card)
    assert (payment.status, payment.reason_code) == (status, None)
    assert (close.type, close.status, close.reason_code) == (OperationType.CLOSE, SUCCEEDED, None)


def test_a_refunded_order_offers_nothing_and_stays_refunded() -> None:
    """Nothing is left to be ended: it was all given back, and would be told as cancelled."""
    story = Story()
    card = story.paid()
    story.captured(card)
    story.refund(card)
    story.hears(card, SUCCEEDED)
    assert order_operations(story.order) == ["update"]
    with pytest.raises(OperationNotAllowed, match="given back"):
        story.cancel_order()
    assert story.order.status is OrderStatus.REFUNDED


def test_a_refunded_order_that_somebody_pays_again_can_be_cancelled() -> None:
    """It was raised since: as long as a payment is awaited or open, there is something to end."""
    story = Story()
    card = story.paid()
    story.captured(card)
    story.refund(card)
    story.hears(card, SUCCEEDED)
    story.amend(5)
    more = story.redirected()
    assert (story.order.status, "cancel" in order_operations(story.order)) == (OrderStatus.REFUNDED, True)
    story.cancel_order()
    story.hears(more, SUCCEEDED)
    assert (story.order.status, story.payment(more).status) == (OrderStatus.CANCELLED, PaymentStatus.WITHDRAWN)


def test_withdrawing_an_order() -> None:
    story = Story()
    card = story.redirected()
    story.withdraw_order()
    story.withdraw_order()
    story.hears(card, SUCCEEDED)
    assert story.order.status is OrderStatus.WITHDRAWN
    assert story.payment(card).status is PaymentStatus.WITHDRAWN


def test_an_order_that_somebody_has_begun_to_pay_cannot_be_withdrawn() -> None:
    story = Story()
    story.start()
    with pytest.raises(OperationNotAllowed):
        story.withdraw_order()


def test_an_ended_order_can_not_be_ended_otherwise() -> None:
    story = Story()
    story.withdraw_order()
    with pytest.raises(OperationNotAllowed):
        story.cancel_order()
    story = Story()
    story.paid()
    story.cancel_order()
    with pytest.raises(OperationNotAllowed):
        story.withdraw_order()


def test_an_order_whose_money_was_partly_cancelled_has_not_lapsed() -> None:
    story = Story()
    gift, card = story.paid("gift_card", 1), story.paid()
    story.cancel(gift)
    story.hears(gift, SUCCEEDED)
    story.passes(AUTHORIZATION_LIFE)
    story.hears(card, SUCCEEDED)
    assert story.payment(card).status is PaymentStatus.EXPIRED
    assert story.order.ended is OrderStatus.CANCELLED


def test_an_authorization_does_not_lapse_while_something_is_on_its_way() -> None:
    story = Story()
    card = story.paid()
    capture = story.capture(card, 1)
    assert story.passes(AUTHORIZATION_LIFE) == []
    story.hears(card, SUCCEEDED, capture)
    assert [event.amount for event in story.passes(timedelta(0)) if isinstance(event, OperationRequested)] == [2]


def test_nothing_lapses_of_what_was_taken_or_given_up() -> None:
    taken = Story()
    taken.captured(taken.paid())
    given_up = Story()
    card = given_up.paid()
    given_up.cancel_order()
    given_up.hears(card, FAILED)
    assert given_up.payment(card).status is PaymentStatus.CANCEL_FAILED
    for story in (taken, given_up):
        assert story.passes(AUTHORIZATION_LIFE) == []
