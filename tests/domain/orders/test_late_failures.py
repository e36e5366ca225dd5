"""What was confirmed fails all the same (EV-9), also while something else is on its way."""

from collections.abc import Callable

import pytest

from tests.domain.builders import Story
from tillgate.domain.notifications.noteworthy import noteworthy
from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.allowed_operations import payment_operations
from tillgate.domain.orders.order import ORDER_WINDOW, OrderStatus
from tillgate.domain.orders.reactions import retry
from tillgate.domain.payments.events import FactSetAside
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.shared.refusals import OperationNotAllowed

SUCCEEDED, FAILED, REVERSED = OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.REVERSED


def test_a_confirmed_payment_fails_and_the_order_is_open_again_for_a_window() -> None:
    story = Story()
    card = story.paid()
    story.now += ORDER_WINDOW * 2
    story.hears(card, REVERSED, reason_code="REJECTED_BY_BANK")
    payment = story.payment(card)
    assert (payment.status, payment.reason_code) == (PaymentStatus.FAILED, "REJECTED_BY_BANK")
    assert (story.order.status, story.order.open, story.order.safe) == (OrderStatus.UNPAID, 3, None)
    assert story.order.expires_at == story.now + ORDER_WINDOW


def test_what_other_tenders_still_cover_is_never_undone_by_a_window() -> None:
    """The merchant may have shipped: a failing tender gives no reason to give the money of another one back."""
    story = Story()
    gift, card = story.paid("gift_card", 1), story.paid()
    story.captured(gift)
    story.hears(card, REVERSED)
    assert (story.order.status, story.order.open) == (OrderStatus.PARTIALLY_PAID, 2)
    story.passes(ORDER_WINDOW * 2)
    assert (story.order.status, story.payment(gift).refunded) == (OrderStatus.PARTIALLY_PAID, 0)
    story.paid()
    assert story.order.status is OrderStatus.AUTHORIZED


def test_what_was_captured_is_voided() -> None:
    story = Story()
    card = story.paid()
    story.captured(card, 2, final=False)
    story.hears(card, REVERSED, story.authorization(card))
    assert story.payment(card).status is PaymentStatus.CAPTURE_VOIDED
    assert story.order.open == 3


def test_money_taken_with_the_authorization_fails_with_it() -> None:
    story = Story(capture=Capture.AUTO)
    card = story.paid()
    story.hears(card, REVERSED)
    assert story.payment(card).status is PaymentStatus.FAILED


@pytest.mark.parametrize(
    ("outcome", "status"), [(SUCCEEDED, PaymentStatus.CAPTURE_VOIDED), (FAILED, PaymentStatus.FAILED)]
)
@pytest.mark.parametrize("reversed_first", [True, False])
def test_a_failure_that_races_a_capture_counts_whichever_comes_first(
    outcome: OperationStatus, status: PaymentStatus, reversed_first: bool
) -> None:
    story = Story()
    card = story.paid()
    capture = story.capture(card)
    facts = [(outcome, capture), (REVERSED, story.authorization(card))]
    for said, operation in reversed(facts) if reversed_first else facts:
        story.hears(card, said, operation, reason_code="REJECTED_BY_BANK" if said is REVERSED else None)
    payment = story.payment(card)
    assert (payment.status, payment.reason_code) == (status, "REJECTED_BY_BANK")
    assert (payment.authorization.contradictions, story.order.open) == ((), 3)


def test_a_failure_that_was_told_while_a_cancel_was_on_its_way_is_not_forgotten() -> None:
    story = Story()
    card = story.paid()
    cancel = story.cancel(card)
    story.hears(card, REVERSED, story.authorization(card))
    story.hears(card, FAILED, cancel)
    assert story.payment(card).status is PaymentStatus.FAILED


@pytest.mark.parametrize("refunded_first", [True, False])
def test_a_bank_takes_all_back_though_a_part_was_refunded(refunded_first: bool) -> None:
    """Nothing is left to be refunded, and nothing is safe: the same whichever is told first."""
    story = Story()
    card = story.paid()
    story.captured(card)
    refund = story.refund(card, 1)
    words = [(SUCCEEDED, refund), (REVERSED, story.authorization(card))]
    for said, operation in words if refunded_first else reversed(words):
        story.hears(card, said, operation)
    payment = story.payment(card)
    assert (payment.status, payment.captured, payment.refunded) == (PaymentStatus.CAPTURE_VOIDED, 0, 1)
    assert (payment.refundable, story.order.safe, story.order.open) == (0, None, 3)
    assert "refund" not in payment_operations(story.order, payment)
    with pytest.raises(OperationNotAllowed):
        story.refund(card)


def test_a_failure_told_twice_is_recorded_once() -> None:
    story = Story()
    card = story.paid()
    story.captured(card)
    story.refund(card, 1)
    assert len(story.hears(card, REVERSED, story.authorization(card))) == 1
    assert story.hears(card, REVERSED, story.authorization(card)) == []


def test_a_release_that_failed_is_explained_by_the_failure_of_it_all() -> None:
    story = Story()
    card = story.paid()
    story.cancel_order()
    story.hears(card, FAILED)
    assert story.payment(card).status is PaymentStatus.CANCEL_FAILED
    story.hears(card, REVERSED, story.authorization(card))
    assert story.payment(card).status is PaymentStatus.FAILED


def test_a_failure_of_what_never_counted_does_not_open_the_order_again() -> None:
    story = Story()
    refused = story.start()
    story.hears(refused, FAILED)
    window = story.order.expires_at
    story.now += ORDER_WINDOW / 2
    story.hears(refused, REVERSED)
    assert story.order.expires_at == window


@pytest.mark.parametrize("said", [REVERSED, FAILED])
def test_a_capture_that_failed_after_it_had_succeeded_can_be_made_again(said: OperationStatus) -> None:
    story = Story()
    card = story.paid()
    story.captured(card)
    story.hears(card, said, story.last_of(card, OperationType.CAPTURE).operation_id)
    payment = story.payment(card)
    assert (payment.status, payment.captured, payment.held) == (PaymentStatus.AUTHORIZED, 0, 3)
    assert payment.operations[-1].status is REVERSED
    assert troubles(story.order) == [
        f"{payment.operations[-1].operation_id} (capture, 3) failed after it had succeeded"
    ]
    story.captured(card)
    assert (story.payment(card).captured, story.order.status, troubles(story.order)) == (3, OrderStatus.PAID, [])


@pytest.mark.parametrize("said", [REVERSED, FAILED])
def test_a_refund_that_failed_after_it_had_succeeded_can_be_made_again(said: OperationStatus) -> None:
    """The merchant has the money again and is told so; an operator sees it, until it is made again."""
    story = Story()
    card = story.paid()
    story.captured(card)
    story.refund(card)
    story.hears(card, SUCCEEDED)
    assert story.order.status is OrderStatus.REFUNDED
    story.hears(card, said, story.last_of(card, OperationType.REFUND).operation_id)
    payment = story.payment(card)
    assert (payment.status, payment.refunded, story.order.status) == (PaymentStatus.CAPTURED, 0, OrderStatus.PAID)
    assert len(troubles(story.order)) == 1
    story.refund(card)
    story.hears(card, SUCCEEDED)
    assert (story.payment(card).status, troubles(story.order)) == (PaymentStatus.REFUNDED, [])


@pytest.mark.parametrize("parts", [(10,), (4,), (5, 5)])
def test_a_refund_that_fails_after_another_payment_has_taken_its_place_can_be_made_again(
    parts: tuple[int, ...],
) -> None:
    """Refunded before the order was covered, so the card paid that amount too: the merchant has it twice by now."""
    story = Story(50, Capture.AUTO)
    gift = story.paid("gift_card", 10)
    refunds = []
    for part in parts:
        refunds.append(story.refund(gift, part))
        story.hears(gift, SUCCEEDED)
    card = story.paid()
    before = story.order
    for refund in refunds:
        story.hears(gift, FAILED, refund)
    payment = story.payment(gift)
    assert (payment.status, payment.refunded, payment.refundable) == (PaymentStatus.CAPTURED, 0, 10)
    assert (story.order.status, story.order.covered, story.order.kept) == (OrderStatus.PAID, 50, 50 + sum(parts))
    assert [each.contradictions for each in payment.operations] == [()] * len(payment.operations)
    assert len(troubles(story.order)) == len(parts)
    assert noteworthy(before, story.order)
    story.refund(gift, sum(parts))
    story.hears(gift, SUCCEEDED)
    assert (story.order.status, story.order.kept, story.order.returned) == (OrderStatus.PAID, 50, 0)
    story.refund(card, 1)
    story.hears(card, SUCCEEDED)
    assert (story.order.kept, story.order.safe is not None) == (49, True)


def test_what_was_to_go_back_and_did_not_is_counted_once_when_the_other_payment_fails() -> None:
    story = Story(50, Capture.AUTO)
    gift = story.paid("gift_card", 10)
    refund = story.refund(gift)
    story.hears(gift, SUCCEEDED)
    card = story.paid()
    story.hears(gift, FAILED, refund)
    story.hears(card, REVERSED, story.authorization(card))
    assert (story.order.open, story.order.safe) == (50, None)
    story.refund(gift)
    story.hears(gift, SUCCEEDED)
    assert (story.order.open, story.order.kept) == (50, 0)
    story.paid()
    assert (story.order.status, story.order.kept, story.order.safe is not None) == (OrderStatus.PAID, 50, True)


@pytest.mark.parametrize("older_first", [True, False])
def test_of_two_words_the_later_counts_whichever_comes_first(older_first: bool) -> None:
    story = Story()
    card = story.paid()
    story.capture(card)
    words = [(SUCCEEDED, story.now), (FAILED, story.now + ORDER_WINDOW)]
    for said, as_of in words if older_first else reversed(words):
        story.hears(card, said, as_of=as_of)
    payment = story.payment(card)
    assert (payment.status, payment.captured, payment.operations[-1].status) == (PaymentStatus.AUTHORIZED, 0, REVERSED)


@pytest.mark.parametrize("cancel_first", [True, False])
def test_a_final_capture_that_comes_late_takes_no_more_than_is_held(cancel_first: bool) -> None:
    """It had been told to have failed, and part of the money was cancelled since."""
    story = Story()
    card = story.paid()
    capture = story.capture(card)
    story.hears(card, FAILED)
    cancel = story.cancel(card, 1)
    for operation in (cancel, capture) if cancel_first else (capture, cancel):
        story.hears(card, SUCCEEDED, operation)
    payment = story.payment(card)
    assert (payment.captured, payment.cancelled, payment.status) == (0, 1, PaymentStatus.AUTHORIZED)
    assert payment.operation(capture).contradictions  # type: ignore[union-attr]


def test_two_impossible_facts_of_one_operation_are_both_kept() -> None:
    story = Story()
    card = story.paid()
    capture = story.capture(card, 2)
    story.hears(card, FAILED)
    cancel = story.cancel(card, 2)
    story.hears(card, SUCCEEDED, capture)
    story.hears(card, REVERSED, story.authorization(card))
    payment = story.payment(card)
    assert len(payment.operation(capture).contradictions) == len(payment.authorization.contradictions) == 1  # type: ignore[union-attr]
    story.hears(card, FAILED, cancel)
    assert (story.payment(card).captured, story.payment(card).status) == (0, PaymentStatus.FAILED)


@pytest.mark.parametrize("first", [0, 1])
def test_two_cancels_that_both_fail_late_are_both_made_again_and_the_order_rests(first: int) -> None:
    """The order had ended with the second: what is held again goes back without anybody's help."""
    story = Story(amount=2)
    card = story.paid()
    cancels = []
    for _ in range(2):
        cancels.append(story.cancel(card, 1))
        story.hears(card, SUCCEEDED)
    assert story.order.status is OrderStatus.CANCELLED
    for operation_id in (cancels[first], cancels[1 - first]):
        story.hears(card, FAILED, operation_id)
    while story.payment(card).pending:
        story.hears(card, SUCCEEDED)
    payment = story.payment(card)
    assert (payment.held, payment.cancelled, payment.status) == (0, 2, PaymentStatus.CANCELLED)


def test_two_cancels_that_both_fail_late_and_cannot_be_made_again_are_an_operators() -> None:
    story = Story(amount=2)
    card = story.paid()
    cancels = []
    for _ in range(2):
        cancels.append(story.cancel(card, 1))
        story.hears(card, SUCCEEDED)
    for operation_id in cancels:
        story.hears(card, FAILED, operation_id)
    story.hears(card, FAILED)
    assert (story.payment(card).status, story.payment(card).available) == (PaymentStatus.CANCEL_FAILED, 2)
    assert troubles(story.order) != []
    for event in retry(story.order, story.now):
        story.takes([event])
    story.hears(card, SUCCEEDED)
    assert (story.payment(card).status, troubles(story.order)) == (PaymentStatus.CANCELLED, [])


IMPOSSIBLE: dict[str, Callable[[Story, str], object]] = {
    "refunded more than there is": lambda story, card: story.observes(card, OperationType.REFUND, 11, "x"),
    "taken back more than there is": lambda story, card: story.observes(card, OperationType.REVERSAL, 11, "x"),
    "another amount": lambda story, card: story.hears(card, SUCCEEDED, story.refund(card, 4), amount=5),
    "the capture failed": lambda story, card: story.hears(card, FAILED),
    "a part was taken back": lambda story, card: story.observes(card, OperationType.REVERSAL, 4, "x"),
    "all was taken back": lambda story, card: story.hears(card, REVERSED, story.authorization(card)),
    "all after a refund": lambda story, card: (
        story.hears(card, SUCCEEDED, story.refund(card, 4)),
        story.hears(card, REVERSED, story.authorization(card)),
    ),
}


@pytest.mark.parametrize("happens", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_whatever_is_set_aside_makes_no_order_safer(happens: Callable[[Story, str], object]) -> None:
    story = Story(10)
    card = story.paid()
    story.captured(card)
    happens(story, card)
    for operation in story.payment(card).operations:
        before = story.order.safe
        aside = FactSetAside(payment_id=card, operation_id=operation.operation_id, by="Ada", reason="x", at=story.now)
        story.takes([aside])
        assert story.order.safe in (before, None)


def test_an_approval_that_cannot_be_covers_nothing_when_it_is_set_aside() -> None:
    story = Story(10)
    card = story.start()
    story.hears(card, SUCCEEDED, amount=11)
    assert story.payment(card).authorization.contradictions
    operation_id = story.authorization(card)
    story.takes([FactSetAside(payment_id=card, operation_id=operation_id, by="Ada", reason="x", at=story.now)])
    assert (story.order.status, story.order.safe, troubles(story.order)) == (OrderStatus.UNPAID, None, [])
