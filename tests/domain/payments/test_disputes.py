"""A shopper's bank asks for money back: what that does to a payment, its order and what can be refunded (GO-6)."""

from datetime import timedelta
from itertools import permutations

import pytest

from tests.domain.builders import NOON, Story
from tillgate.domain.notifications.event_types import happened
from tillgate.domain.notifications.noteworthy import noteworthy
from tillgate.domain.operators.work_list import LONG, troubles
from tillgate.domain.orders.allowed_operations import order_operations, payment_operations
from tillgate.domain.orders.deadlines import checks_due, next_due
from tillgate.domain.orders.order import OrderStatus
from tillgate.domain.orders.why import why
from tillgate.domain.payments.disputes import DisputeNotice, DisputeStatus, dispute_id_of, payment_id_of_dispute
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.psp.facts import Fact, no_news
from tillgate.domain.shared.refusals import AmountExceedsAvailable, OperationNotAllowed
from tillgate.domain.shoppers.erasure import is_over
from tillgate.use_cases.shared import alarms
from tillgate.use_cases.shared.alarms import ring

NEEDS_RESPONSE, UNDER_REVIEW = DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW
WON, LOST, ACCEPTED = DisputeStatus.WON, DisputeStatus.LOST, DisputeStatus.ACCEPTED
SUCCEEDED = OperationStatus.SUCCEEDED


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The metrics that are counted."""
    names: list[str] = []
    monkeypatch.setattr(alarms, "count", names.append)
    return names


def notice(status: DisputeStatus, amount: int = 10, revision: int = 1, reference: str = "dp_1") -> DisputeNotice:
    return DisputeNotice(
        psp_reference=reference,
        status=status,
        amount=amount,
        reason="FRAUDULENT",
        opened_at=NOON,
        revision=revision,
        evidence_due_at=NOON + timedelta(days=7),
    )


def fact(card: str, status: DisputeStatus, amount: int = 10, revision: int = 1, reference: str = "dp_1") -> Fact:
    return Fact.of_dispute(card, notice(status, amount, revision, reference))


def captured(amount: int = 10) -> tuple[Story, str]:
    story = Story(amount)
    card = story.paid()
    story.captured(card)
    return story, card


def disputed(amount: int = 10, status: DisputeStatus = NEEDS_RESPONSE) -> tuple[Story, str]:
    story, card = captured()
    story.learns([fact(card, status, amount)])
    return story, card


def test_an_open_dispute_takes_safety_and_asks_nobody_to_pay_again() -> None:
    story, card = disputed()
    payment = story.payment(card)
    assert (payment.status, payment.disputed, payment.captured, payment.refunded) == (PaymentStatus.CAPTURED, 10, 10, 0)
    assert (story.order.status, story.order.open, story.order.safe) == (OrderStatus.PAID, 0, None)
    assert "disputes have taken 10 of it" in why(story.order)[-1]


@pytest.mark.parametrize("disputed_first", [True, False])
def test_a_refund_of_the_rest_while_it_is_disputed_does_not_keep_a_won_dispute_from_making_it_safe(
    disputed_first: bool,
) -> None:
    """What is disputed may come back, so the refund of the rest is one of a part."""
    story, card = captured()
    if disputed_first:
        story.learns([fact(card, NEEDS_RESPONSE, 4)])
    story.refund(card, 6)
    story.hears(card, SUCCEEDED)
    if not disputed_first:
        story.learns([fact(card, NEEDS_RESPONSE, 4)])
    assert (story.order.kept, story.order.safe) == (0, None)
    story.learns([fact(card, WON, 4, revision=2)])
    assert (story.order.kept, story.order.safe is not None) == (4, True)


def test_a_refund_of_the_rest_of_what_was_lost_is_one_of_all() -> None:
    story, card = disputed(4, LOST)
    story.refund(card, 6)
    story.hears(card, SUCCEEDED)
    story.amend(11)
    story.captured(story.paid())
    assert (story.order.kept, story.order.safe) == (1, None)


def test_what_is_disputed_cannot_be_refunded_too() -> None:
    story, card = disputed(4)
    assert story.payment(card).refundable == 6
    with pytest.raises(AmountExceedsAvailable):
        story.refund(card, 7)
    story.refund(card, 6)
    story.hears(card, SUCCEEDED)
    assert "refund" not in payment_operations(story.order, story.payment(card)) + order_operations(story.order)
    with pytest.raises(OperationNotAllowed):
        story.refund_order(1)


@pytest.mark.parametrize("end", [LOST, ACCEPTED])
def test_what_is_lost_stays_gone(end: DisputeStatus) -> None:
    story, card = disputed()
    story.learns([fact(card, end, revision=2)])
    assert (story.payment(card).disputed, story.order.safe) == (10, None)
    assert story.order.status is OrderStatus.PAID, "nobody has to pay again"


def test_a_dispute_that_was_won_brings_safety_back() -> None:
    story, card = disputed()
    story.learns([fact(card, UNDER_REVIEW, revision=2)])
    assert story.order.safe is None
    story.learns([fact(card, WON, revision=3)])
    assert (story.payment(card).disputed, story.payment(card).refundable) == (0, 10)
    assert story.order.safe is not None


def test_a_bank_may_decide_for_a_part() -> None:
    story, card = disputed(10)
    story.learns([fact(card, LOST, amount=3, revision=2)])
    assert (story.payment(card).disputed, story.payment(card).refundable, story.order.safe) == (3, 7, None)


def test_a_bank_may_decide_again() -> None:
    """A second presentment after the first was won."""
    story, card = disputed()
    story.learns([fact(card, WON, revision=2), fact(card, LOST, revision=3)])
    assert (story.payment(card).disputed, story.order.safe) == (10, None)


def test_notices_in_any_order_and_any_number_of_copies_end_the_same() -> None:
    told = [(NEEDS_RESPONSE, 1), (UNDER_REVIEW, 2), (WON, 3)]
    for order in permutations([*told, told[0]]):
        story, card = captured()
        for status, revision in order:
            story.learns([fact(card, status, revision=revision)])
        (dispute,) = story.payment(card).disputes
        assert (dispute.status, dispute.revision) == (WON, 3)


def test_two_disputes_of_one_payment_are_two() -> None:
    story, card = disputed(4)
    story.learns([fact(card, NEEDS_RESPONSE, 3, reference="dp_2")])
    assert (story.payment(card).disputed, len(story.payment(card).disputes)) == (7, 2)


def test_a_dispute_told_before_its_capture_counts_once_that_is_known() -> None:
    story = Story(10)
    card = story.paid()
    story.capture(card)
    story.learns([fact(card, NEEDS_RESPONSE)])
    assert story.payment(card).refundable == 0
    story.hears(card, SUCCEEDED)
    assert (story.payment(card).disputed, story.payment(card).refundable, story.order.safe) == (10, 0, None)


def test_a_dispute_of_what_was_refunded_is_not_given_back_a_third_time() -> None:
    story, card = captured()
    story.refund(card, 4)
    story.hears(card, SUCCEEDED)
    story.learns([fact(card, NEEDS_RESPONSE, 10)])
    payment = story.payment(card)
    assert (payment.refundable, payment.lost_to_disputes, payment.keeps) == (0, 6, 0)


def test_an_order_that_ends_does_not_refund_what_is_disputed_and_does_once_it_is_won() -> None:
    """It is the shopper's then: the merchant has ended the order and ships nothing."""
    story, card = disputed()
    story.cancel_order()
    assert (story.order.status, story.order.pending) == (OrderStatus.CANCELLED, False)
    story.learns([fact(card, WON, revision=2)])
    assert (story.last(card).type, story.last(card).amount) == (OperationType.REFUND, 10)
    story.hears(card, SUCCEEDED)
    assert story.payment(card).refunded == 10


def test_a_partial_dispute_leaves_the_rest_to_an_ending() -> None:
    story, card = disputed(4)
    story.cancel_order()
    assert (story.last(card).type, story.last(card).amount) == (OperationType.REFUND, 6)
    story.hears(card, SUCCEEDED)
    assert story.order.status is OrderStatus.CANCELLED


def test_the_psp_is_asked_about_an_open_dispute_every_day() -> None:
    """Should its notification be lost, the decision is not."""
    story, card = disputed()
    due = next_due(story.order, timedelta())
    assert due == NOON + timedelta(days=1)
    assert [payment.payment_id for payment, _ in checks_due(story.order, due)] == [card]
    story.learns([fact(card, LOST, revision=2)])
    assert next_due(story.order, timedelta()) is None


def test_it_is_asked_once_a_day_however_long_the_bank_takes_and_rings_no_alarm(counted: list[str]) -> None:
    story, _ = disputed()
    for day in range(1, LONG + 3):
        story.now = NOON + timedelta(days=day)
        ((payment, operation),) = checks_due(story.order, story.now)
        events = story.takes(no_news(story.order, payment, operation, story.now))
        ring(story.order, list(events))
        assert next_due(story.order, timedelta()) == story.now + timedelta(days=1)
    assert (counted, troubles(story.order)) == ([], [])


def test_personal_data_stays_as_long_as_a_dispute_is_open() -> None:
    story, card = disputed()
    assert not is_over(story.order)
    story.learns([fact(card, LOST, revision=2)])
    assert is_over(story.order)


def test_the_merchant_is_told_what_happened() -> None:
    story, card = captured()
    before = story.order
    story.learns([fact(card, NEEDS_RESPONSE)])
    opened = story.order
    assert noteworthy(before, opened)
    assert happened(before, opened) == {"order.updated", "dispute.opened", "order.no_longer_safe"}
    story.learns([fact(card, UNDER_REVIEW, revision=2)])
    reviewed = story.order
    assert noteworthy(opened, reviewed)
    assert happened(opened, reviewed) == {"order.updated"}
    story.learns([fact(card, WON, revision=3)])
    assert happened(reviewed, story.order) == {"order.updated", "dispute.closed", "order.considered_safe"}


def test_a_dispute_that_is_told_only_when_it_is_over_is_opened_and_closed() -> None:
    story, card = captured()
    before = story.order
    story.learns([fact(card, LOST, revision=5)])
    assert {"dispute.opened", "dispute.closed"} <= happened(before, story.order)


def test_an_order_that_loses_its_safety_otherwise_says_so_too() -> None:
    story, card = captured()
    before = story.order
    story.observes(card, OperationType.REVERSAL, 3, "rv_1")
    assert "order.no_longer_safe" in happened(before, story.order)


def test_a_dispute_s_id_names_its_payment() -> None:
    found = dispute_id_of("pay_x_1", "dp_1")
    assert payment_id_of_dispute(found) == "pay_x_1"
    assert found == dispute_id_of("pay_x_1", "dp_1") != dispute_id_of("pay_x_1", "dp_2")
    assert payment_id_of_dispute("whatever") == ""
