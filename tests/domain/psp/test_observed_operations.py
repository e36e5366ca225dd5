"""What a PSP does without being asked becomes an operation of its own, known by the PSP's reference (GO-13)."""

import pytest

from tests.domain.builders import Story
from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.order import OrderStatus
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType
from tillgate.domain.psp.facts import Fact

REFUND, CANCEL, REVERSAL = OperationType.REFUND, OperationType.CANCEL, OperationType.REVERSAL
SUCCEEDED, PENDING, REVERSED = OperationStatus.SUCCEEDED, OperationStatus.PENDING, OperationStatus.REVERSED


def captured(amount: int = 10) -> tuple[Story, str]:
    story = Story(amount)
    card = story.paid()
    story.captured(card)
    return story, card


def test_a_refund_in_the_back_office_counts_and_the_rest_alone_can_be_refunded() -> None:
    story, card = captured()
    story.observes(card, REFUND, 4, "re_1")
    payment = story.payment(card)
    assert (payment.status, payment.refunded, payment.refundable) == (PaymentStatus.PARTIALLY_REFUNDED, 4, 6)
    assert (story.last(card).requested_by, story.last(card).psp_reference) == (Actor.PSP, "re_1")
    assert story.order.safe is not None


def test_each_operation_keeps_a_reference_of_its_own_and_the_payment_its_authorizations() -> None:
    """A refund's does not overwrite the payment's, by which the PSP knows it."""
    story = Story(10)
    card = story.paid()
    story.capture(card)
    for what, reference in ((None, "cp_1"), (4, "re_1"), (3, "re_2")):
        if what:
            story.refund(card, what)
        operation = story.last(card)
        told = Fact(card, operation.operation_id, SUCCEEDED, psp_reference=reference, kind=operation.type)
        story.learns([told])
    story.observes(card, REFUND, 1, "re_3")
    payment = story.payment(card)
    assert payment.psp_reference == "psp_1"
    assert [each.psp_reference for each in payment.operations] == ["psp_1", "cp_1", "re_1", "re_2", "re_3"]
    assert payment.refunded == 8


def test_a_refund_of_the_same_amount_as_an_earlier_one_is_another() -> None:
    story, card = captured()
    story.refund(card, 4)
    story.hears(card, SUCCEEDED)
    story.observes(card, REFUND, 4, "re_2")
    assert story.payment(card).refunded == 8


def test_it_is_told_as_often_as_the_psp_likes() -> None:
    story, card = captured()
    story.observes(card, REFUND, 4, "re_1", PENDING)
    assert (story.payment(card).refunded, story.payment(card).refundable) == (0, 6)
    for _ in range(2):
        story.observes(card, REFUND, 4, "re_1")
    assert (story.payment(card).refunded, len(story.payment(card).operations)) == (4, 3)


def test_more_than_was_captured_is_recorded_and_an_operator_looks() -> None:
    story, card = captured()
    story.observes(card, REFUND, 11, "re_1")
    assert (story.payment(card).refunded, story.payment(card).pending) == (0, False)
    assert story.last(card).status is OperationStatus.OBSERVED
    assert len(troubles(story.order)) == 1


def test_the_rest_of_a_hold_that_runs_out_leaves_what_was_captured() -> None:
    story = Story(10)
    card = story.paid()
    story.captured(card, 6, final=False)
    story.observes(card, CANCEL, None, "ex_1")
    payment = story.payment(card)
    assert (payment.status, payment.captured, payment.cancelled) == (PaymentStatus.CAPTURED, 6, 4)
    assert story.order.status is OrderStatus.PAID


def test_a_hold_that_runs_out_at_the_psp_has_expired() -> None:
    story = Story(10)
    card = story.paid()
    story.observes(card, CANCEL, 10, "ex_1")
    assert (story.payment(card).status, story.order.status) == (PaymentStatus.EXPIRED, OrderStatus.EXPIRED)


def test_a_reversal_of_a_part_leaves_the_rest_and_nothing_is_safe() -> None:
    story, card = captured()
    story.observes(card, REVERSAL, 3, "rv_1")
    payment = story.payment(card)
    assert (payment.status, payment.captured, payment.refundable) == (PaymentStatus.CAPTURED, 7, 7)
    assert (story.order.status, story.order.open, story.order.safe) == (OrderStatus.PARTIALLY_PAID, 3, None)
    story.observes(card, REVERSAL, 7, "rv_2")
    assert (story.payment(card).status, story.order.status) == (PaymentStatus.CAPTURE_VOIDED, OrderStatus.UNPAID)


def test_a_refund_and_a_reversal_do_not_take_the_same_money() -> None:
    story, card = captured()
    story.refund(card, 6)
    story.hears(card, SUCCEEDED)
    story.observes(card, REVERSAL, 7, "rv_1")
    assert (story.payment(card).captured, story.payment(card).refunded, story.payment(card).refundable) == (3, 6, 0)


def test_a_capture_that_is_told_after_the_authorization_is_not_lost() -> None:
    """Facts of equal rank enrich each other: "authorized" came first, "captured" second."""
    story = Story(capture=Capture.AUTO)
    card = story.start()
    story.hears(card, SUCCEEDED)
    assert story.payment(card).status is PaymentStatus.AUTHORIZED
    story.hears(card, SUCCEEDED, captured=True)
    assert (story.payment(card).status, story.payment(card).captured) == (PaymentStatus.CAPTURED, 3)
    assert story.hears(card, SUCCEEDED, captured=True) == []


@pytest.mark.parametrize("part", [None, 4])
def test_what_is_refunded_before_the_order_was_covered_is_open_again(part: int | None) -> None:
    """A gift card of 10 pays first and is refunded; the card pays all that is open then."""
    story = Story(50, Capture.AUTO)
    gift = story.paid("gift_card", 10)
    story.refund(gift, part)
    story.hears(gift, SUCCEEDED)
    assert story.order.open == (50 if part is None else 44)
    story.paid()
    assert (story.order.status, story.order.kept) == (OrderStatus.PAID, 50)
    assert story.order.safe is not None


def test_what_was_refunded_in_full_is_not_safe_again_with_one_cent() -> None:
    story, card = captured(100)
    story.refund(card)
    story.hears(card, SUCCEEDED)
    story.amend(101)
    story.captured(story.paid())
    assert (story.order.kept, story.order.safe) == (1, None)


def test_a_refunded_order_that_is_raised_from_50_to_60_is_not_safe_again_with_10_euros() -> None:
    story, card = captured(5000)
    story.refund(card)
    story.hears(card, SUCCEEDED)
    assert story.order.status is OrderStatus.REFUNDED
    story.amend(6000)
    story.captured(story.paid())
    assert (story.order.kept, story.order.safe) == (1000, None)


def test_a_part_that_is_refunded_keeps_the_order_safe() -> None:
    story, card = captured()
    story.refund(card, 4)
    story.hears(card, SUCCEEDED)
    assert story.order.safe is not None
    story.amend(15)
    story.captured(story.paid())
    assert (story.order.kept, story.order.safe is not None) == (11, True)


def test_a_raise_whose_payment_fails_later_is_undone_with_its_window() -> None:
    story, _ = captured(10)
    story.amend(15)
    more = story.paid()
    story.hears(more, REVERSED)
    assert (story.order.status, story.order.open) == (OrderStatus.PARTIALLY_PAID, 5)
    story.now = story.order.expires_at
    story.passes(story.now - story.now)
    assert (story.order.amount, story.order.status) == (10, OrderStatus.PAID)
    assert story.order.safe is not None


def test_an_order_whose_first_payment_fails_under_an_open_raise_ends() -> None:
    story, card = captured(10)
    story.amend(15)
    gift = story.paid("gift_card", 2)
    story.hears(card, REVERSED, story.authorization(card))
    story.now = story.order.expires_at
    story.passes(story.now - story.now)
    story.hears(gift, SUCCEEDED)
    assert (story.order.status, story.payment(gift).held) == (OrderStatus.EXPIRED, 0)


def test_what_was_released_cannot_fail_later() -> None:
    story = Story()
    card = story.paid()
    story.cancel(card)
    story.hears(card, SUCCEEDED)
    story.hears(card, REVERSED, story.authorization(card))
    assert (story.payment(card).status, troubles(story.order)) == (PaymentStatus.CANCELLED, [])


def test_an_order_is_refunded_only_where_nothing_is_kept_of_any_payment() -> None:
    """Of one the bank took what had been refunded as well; it makes up for nothing that is kept of another."""
    story = Story(3, Capture.AUTO)
    card = story.paid("card", 2)
    story.observes(card, REFUND, 2, "re_1")
    wallet = story.paid("wallet")
    story.observes(card, REVERSAL, 2, "rv_1")
    story.refund(wallet, 1)
    story.hears(wallet, SUCCEEDED)
    assert (story.payment(card).refunded, story.payment(wallet).keeps) == (2, 2)
    kept = story.order
    assert kept.status is not OrderStatus.REFUNDED
    story.refund(wallet, 2)
    story.hears(wallet, SUCCEEDED)
    assert story.order.status is OrderStatus.REFUNDED
