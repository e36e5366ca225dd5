"""Several tenders of one order: distribution, sequence, and a later one that fails (IS-6, IS-7, IS-8, IS-9)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.builders import Story
from tillgate.domain.errors import OperationNotAllowed, Refusal
from tillgate.domain.lifecycle import PaymentStatus
from tillgate.domain.order import OperationStatus, OperationType, OrderStatus, Terms
from tillgate.domain.tenders import SEQUENCES, Share, Tender, distribute, sequence

CARD = Tender("card")
SUCCEEDED, FAILED = OperationStatus.SUCCEEDED, OperationStatus.FAILED


def shares(due: int, *tenders: Tender) -> list[tuple[str, int]]:
    return [(share.tender.name, share.amount) for share in distribute(due, tenders).shares]


def test_limited_tenders_pay_up_to_their_balance_and_the_open_one_the_rest() -> None:
    assert shares(100, CARD, Tender("a", 30), Tender("b", 20)) == [("card", 50), ("a", 30), ("b", 20)]
    assert shares(100, Tender("a", 30)) == [("a", 30)]
    assert distribute(100, [Tender("a", 30)]).open == 70


def test_it_is_worked_out_anew_and_who_is_left_with_nothing_is_dropped() -> None:
    tenders = CARD, Tender("a", 30), Tender("b", 20)
    assert shares(40, *tenders) == [("a", 30), ("b", 10)]
    assert shares(30, *tenders) == [("a", 30)]
    assert shares(0, *tenders) == []


def test_the_cost_of_a_method_is_paid_with_it() -> None:
    assert shares(100, replace(CARD, cost=3), Tender("a", 30, cost=1)) == [("card", 74), ("a", 30)]
    assert shares(100, CARD, Tender("a", 1, cost=1)) == [("card", 100)]
    assert shares(20, replace(CARD, cost=3), Tender("a", 30)) == [("a", 20)], "no card, no cost of it"


def test_one_open_tender_at_most() -> None:
    with pytest.raises(Refusal):
        distribute(100, [CARD, Tender("bank")])


TENDERS = st.lists(st.builds(Tender, st.sampled_from("abcd"), st.integers(0, 80), st.integers(0, 5)), max_size=5)


@given(st.integers(0, 200), TENDERS, st.booleans())
def test_what_is_due_is_paid_once_and_nobody_pays_more_than_he_has(
    due: int, limited: list[Tender], with_card: bool
) -> None:
    tenders = [*limited, *([replace(CARD, cost=2)] if with_card else [])]
    found = distribute(due, tenders)
    assert found.total - sum(share.tender.cost for share in found.shares) + found.open == due
    assert all(0 < share.amount <= (share.tender.balance or 10**9) for share in found.shares)
    assert found.open == 0 or not with_card


@given(TENDERS)
def test_a_sequence_leaves_nobody_out(limited: list[Tender]) -> None:
    tenders = [CARD, *limited]
    for strategy in SEQUENCES:
        assert sorted(sequence(tenders, strategy), key=str) == sorted(tenders, key=str)
    assert sequence(tenders)[-1] == CARD
    assert sequence(tenders, "open_first")[0] == CARD
    assert Share(CARD, 1).tender is CARD


def test_a_sequence_that_there_is_not() -> None:
    with pytest.raises(Refusal):
        sequence([CARD], "by_weather")


def unwinding() -> Story:
    """A gift card holds 1 of 3; whatever fails after it unwinds the order."""
    story = Story(terms=Terms(on_failed_tender="unwind"))
    story.paid("gift_card", 1)
    return story


def test_a_later_tender_that_fails_unwinds_the_earlier_at_once() -> None:
    story = unwinding()
    gift = story.order.payments[0].payment_id
    card = story.start()
    story.hears(card, FAILED, reason_code="REFUSED")
    assert story.last(gift).type is OperationType.CANCEL
    story.hears(gift, SUCCEEDED)
    assert story.order.status is OrderStatus.CANCELLED
    assert story.payment(card).reason_code == "REFUSED"
    with pytest.raises(OperationNotAllowed):
        story.start()


def test_an_unwinding_that_cannot_be_finished_needs_a_human() -> None:
    story = unwinding()
    gift = story.order.payments[0].payment_id
    story.hears(story.start(), FAILED)
    story.hears(gift, FAILED)
    assert story.payment(gift).status is PaymentStatus.CANCEL_FAILED
    assert story.order.status is OrderStatus.MANUAL_INTERVENTION_NEEDED


def test_a_first_tender_that_fails_leaves_the_order_open() -> None:
    story = Story(terms=Terms(on_failed_tender="unwind"))
    story.hears(story.start(), FAILED)
    statuses = [story.order.status]
    for method, amount in (("gift_card", 1), ("card", None)):
        story.paid(method, amount)
        statuses.append(story.order.status)
    assert statuses == [OrderStatus.UNPAID, OrderStatus.PARTIALLY_PAID, OrderStatus.AUTHORIZED]


def test_tenders_are_kept_where_the_order_says_so() -> None:
    story = Story()
    story.paid("gift_card", 1)
    story.hears(story.start(), FAILED)
    assert (story.order.status, story.order.ending) == (OrderStatus.PARTIALLY_PAID, None)
