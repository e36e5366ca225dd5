"""Captures, cancels and refunds, in part and in steps, against what is reserved (TH-6, TH-7, TH-8, RG-2, RG-3)."""

from collections.abc import Callable

import pytest

from tests.domain.builders import Story
from tillgate.domain.orders.order import OrderStatus
from tillgate.domain.orders.room import MOST_OPERATIONS
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.shared.refusals import AmountExceedsAvailable, OperationNotAllowed

SUCCEEDED, FAILED, UNKNOWN = OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.UNKNOWN


def sums(story: Story, payment_id: str) -> tuple[int, int, int, int]:
    payment = story.payment(payment_id)
    return payment.authorized, payment.captured, payment.cancelled, payment.refunded


def test_a_payment_is_captured_in_parts() -> None:
    story = Story(amount=10)
    card = story.paid()
    story.captured(card, 4)
    assert (story.payment(card).status, story.order.status) == (
        PaymentStatus.PARTIALLY_CAPTURED,
        OrderStatus.AUTHORIZED,
    )
    story.captured(card, 6)
    assert (story.payment(card).status, story.order.status) == (PaymentStatus.CAPTURED, OrderStatus.PAID)
    assert sums(story, card) == (10, 10, 0, 0)


def test_a_final_capture_releases_the_rest_and_lowers_what_is_due() -> None:
    story = Story(amount=10)
    card = story.paid()
    story.captured(card, 4, final=True)
    assert sums(story, card) == (10, 4, 6, 0)
    assert (story.order.due, story.order.open, story.order.status) == (4, 0, OrderStatus.PAID)


def test_a_capture_of_all_is_final_and_one_of_a_part_is_not() -> None:
    story = Story(amount=10)
    card = story.paid()
    story.capture(card, 4)
    assert not story.last(card).final
    story.hears(card, FAILED)
    story.capture(card)
    assert (story.last(card).final, story.last(card).amount) == (True, 10)


def test_part_is_cancelled_and_the_rest_captured() -> None:
    story = Story(amount=10)
    card = story.paid()
    story.cancel(card, 3)
    story.hears(card, SUCCEEDED)
    assert (story.payment(card).status, story.order.due) == (PaymentStatus.AUTHORIZED, 7)
    story.captured(card)
    assert sums(story, card) == (10, 7, 3, 0)


def test_what_is_cancelled_before_the_order_was_covered_is_open_again() -> None:
    story = Story(amount=10)
    card = story.paid(amount=6)
    story.cancel(card)
    story.hears(card, SUCCEEDED)
    assert (story.order.due, story.order.open, story.order.status) == (10, 10, OrderStatus.UNPAID)


def test_refunds_in_parts() -> None:
    story = Story(amount=10)
    card = story.paid()
    story.captured(card)
    for part, status in ((4, PaymentStatus.PARTIALLY_REFUNDED), (6, PaymentStatus.REFUNDED)):
        assert story.order.safe is not None
        story.refund(card, part)
        story.hears(card, SUCCEEDED)
        assert story.payment(card).status is status
    assert (story.order.status, story.order.safe) == (OrderStatus.REFUNDED, None)


def test_a_refund_while_part_is_still_held() -> None:
    story = Story(amount=10)
    card = story.paid()
    story.captured(card, 4)
    story.refund(card)
    story.hears(card, SUCCEEDED)
    assert (story.payment(card).status, story.order.status) == (
        PaymentStatus.PARTIALLY_CAPTURED,
        OrderStatus.AUTHORIZED,
    )
    story.captured(card)
    assert (story.payment(card).status, sums(story, card)) == (PaymentStatus.PARTIALLY_REFUNDED, (10, 10, 0, 4))


@pytest.mark.parametrize("status", [None, UNKNOWN, OperationStatus.PENDING])
def test_what_is_on_its_way_is_reserved(status: OperationStatus | None) -> None:
    story = Story(amount=10)
    card = story.paid()
    story.capture(card, 7)
    if status:
        story.hears(card, status)
    assert story.payment(card).pending
    for ask in (story.capture, story.cancel):
        with pytest.raises(AmountExceedsAvailable):
            ask(card, 4)
    story.cancel(card, 3)
    assert story.payment(card).available == 0


def test_a_failed_operation_frees_its_amount() -> None:
    story = Story(amount=10)
    card = story.paid()
    story.capture(card)
    story.hears(card, FAILED)
    assert (story.payment(card).available, story.payment(card).pending) == (10, False)


def test_concurrent_refunds_never_exceed_what_was_captured() -> None:
    story = Story(amount=10)
    card = story.paid()
    story.captured(card)
    story.refund(card, 7)
    with pytest.raises(AmountExceedsAvailable):
        story.refund(card, 4)
    story.hears(card, SUCCEEDED)
    story.refund(card, 3)
    with pytest.raises(AmountExceedsAvailable):
        story.refund(card)


def test_nothing_is_asked_for_beside_a_final_capture() -> None:
    story = Story(amount=10)
    card = story.paid()
    story.capture(card, 4, final=True)
    for ask in (story.capture, story.cancel):
        with pytest.raises(AmountExceedsAvailable):
            ask(card, 1)


def test_a_final_capture_waits_for_what_is_on_its_way() -> None:
    story = Story(amount=10)
    card = story.paid()
    story.cancel(card, 4)
    with pytest.raises(OperationNotAllowed):
        story.capture(card, 6, final=True)
    story.capture(card)
    assert (story.last(card).amount, story.last(card).final) == (6, False)


@pytest.mark.parametrize("amount", [-1, 0, 11])
@pytest.mark.parametrize("ask", [Story.capture, Story.cancel, Story.refund])
def test_amounts_that_cannot_be(ask: Callable[[Story, str, int], str], amount: int) -> None:
    story = Story(amount=20)
    card = story.paid()
    story.captured(card, 10)
    with pytest.raises(AmountExceedsAvailable):
        ask(story, card, amount)


def test_a_fee_is_part_of_what_is_captured() -> None:
    story = Story(amount=10)
    card = story.paid()
    with pytest.raises(AmountExceedsAvailable):
        story.capture(card, 4, fee=5)
    story.capture(card, 4, fee=4)
    assert story.last(card).fee == 4


def test_an_outcome_of_another_amount_than_was_asked_for_is_not_believed() -> None:
    story = Story(amount=10)
    card = story.paid()
    story.capture(card, 4)
    story.hears(card, SUCCEEDED, amount=5)
    assert (story.payment(card).captured, len(story.last(card).contradictions)) == (0, 1)
    assert story.payment(card).pending


def test_nothing_is_captured_or_cancelled_of_a_bank_payment() -> None:
    story = Story()
    bank = story.paid("bank_redirect")
    assert story.payment(bank).authorization_expires_at is None
    for ask in (story.capture, story.cancel):
        with pytest.raises(OperationNotAllowed):
            ask(bank)


def test_a_bank_payment_is_refunded_before_it_is_booked_where_the_psp_can() -> None:
    story = Story()
    bank = story.paid("bank_redirect")
    story.refund(bank, 1)
    story.hears(bank, SUCCEEDED)
    assert (story.payment(bank).status, story.payment(bank).refunded) == (PaymentStatus.PARTIALLY_REFUNDED, 1)
    story = Story(refund_before_settled=False)
    bank = story.paid("bank_redirect")
    with pytest.raises(OperationNotAllowed, match="booked"):
        story.refund(bank)


def test_auto_capture_takes_the_money_with_the_authorization() -> None:
    story = Story(capture=Capture.AUTO)
    card = story.paid()
    assert (story.payment(card).status, story.order.status) == (PaymentStatus.CAPTURED, OrderStatus.PAID)
    assert story.payment(card).authorization_expires_at is None


def test_what_a_psp_approved_and_did_not_capture_can_be_captured() -> None:
    story = Story(capture=Capture.AUTO)
    card = story.start()
    story.hears(card, SUCCEEDED, captured=False)
    story.captured(card)
    assert story.payment(card).status is PaymentStatus.CAPTURED


def test_an_order_is_refunded_the_last_captured_first() -> None:
    story = Story(amount=10)
    gift, card = story.paid("gift_card", 4), story.paid()
    story.captured(card)
    story.now = story.now.replace(hour=13)
    story.captured(gift)
    story.refund_order(6)
    assert [(story.last(key).type, story.last(key).amount) for key in (gift, card)] == [
        (OperationType.REFUND, 4),
        (OperationType.REFUND, 2),
    ]


def test_a_capture_that_failed_does_not_make_a_payment_the_last_captured() -> None:
    story = Story(amount=10)
    gift, card = story.paid("gift_card", 4), story.paid()
    for hour, key, status in ((13, gift, SUCCEEDED), (14, card, SUCCEEDED), (15, gift, FAILED)):
        story.now = story.now.replace(hour=hour)
        story.capture(key, 2)
        story.hears(key, status)
    story.refund_order(2)
    assert story.last(card).type is OperationType.REFUND


@pytest.mark.parametrize("amount", [0, 11])
def test_an_order_is_refunded_no_more_than_was_captured(amount: int) -> None:
    story = Story(amount=10)
    story.captured(story.paid())
    with pytest.raises(AmountExceedsAvailable):
        story.refund_order(amount)


def test_an_order_that_took_nothing_has_nothing_to_refund() -> None:
    story = Story()
    story.paid()
    with pytest.raises(OperationNotAllowed):
        story.refund_order(None)


def test_a_payment_takes_a_bounded_number_of_operations() -> None:
    story = Story(amount=MOST_OPERATIONS + 1)
    card = story.paid()
    for _ in range(MOST_OPERATIONS - 1):
        story.capture(card, 1)
    with pytest.raises(OperationNotAllowed):
        story.capture(card, 1)


def test_only_what_counts_is_refunded_with_an_order() -> None:
    """Not an attempt that failed, and not surplus money, which the system itself gives back."""
    story = Story(capture=Capture.AUTO)
    failed = story.start()
    story.hears(failed, FAILED)
    late = story.redirected()
    story.withdraw(late)
    story.hears(late, SUCCEEDED)
    card = story.paid()
    story.hears(late, SUCCEEDED, story.authorization(late), captured=True)
    story.hears(late, FAILED)
    assert (story.payment(late).surplus, story.payment(late).refundable) == (True, 3)
    story.refund_order(None)
    assert [payment.reserved(OperationType.REFUND) for payment in story.order.payments] == [0, 0, 3]
    assert story.last(card).type is OperationType.REFUND


def test_every_refund_before_the_order_was_covered_opens_again_by_its_own_amount() -> None:
    story = Story(10, Capture.AUTO)
    gift = story.paid("gift_card", 4)
    for opened in (7, 8):
        story.refund(gift, 1)
        story.hears(gift, OperationStatus.SUCCEEDED)
        assert story.order.open == opened


def test_only_what_was_paid_towards_an_open_raise_opens_again_when_it_is_refunded() -> None:
    story = Story(3, Capture.AUTO)
    card = story.paid()
    story.amend(5)
    more = story.paid(amount=1)
    story.refund(card, 1)
    story.hears(card, OperationStatus.SUCCEEDED)
    assert (story.order.open, story.payment(card).reopened) == (1, 0)
    story.refund(more, 1)
    story.hears(more, OperationStatus.SUCCEEDED)
    assert (story.order.open, story.payment(more).reopened) == (2, 1)


def test_what_was_refunded_before_and_after_the_order_was_covered_is_told_apart() -> None:
    """Only what was refunded after need not be kept to be safe."""
    story = Story(10, Capture.AUTO)
    gift = story.paid("gift_card", 4)
    story.refund(gift, 1)
    story.hears(gift, OperationStatus.SUCCEEDED)
    story.paid()
    assert (story.order.returned, story.order.open) == (0, 0)
    story.refund(gift, 2)
    story.hears(gift, OperationStatus.SUCCEEDED)
    assert (story.order.returned, story.order.kept, story.order.safe is not None) == (2, 8, True)
