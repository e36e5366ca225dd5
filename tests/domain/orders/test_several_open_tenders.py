"""Two cards, or a card and a transfer, pay one order (US-2)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.builders import Story
from tillgate.domain.orders import starting
from tillgate.domain.orders.order import OrderStatus, Terms
from tillgate.domain.orders.tenders import awaited, has_room_for, left_for_open, more_open_tenders
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.payments.payment import Instructions
from tillgate.domain.psp.bank_bookings import receive
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shared.refusals import AmountExceedsAvailable, OperationNotAllowed

SUCCEEDED, FAILED, WAITS = OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.AWAITING_SHOPPER
WEEKS = timedelta(days=14)


def allowing(most: int, amount: int = 5, capture: Capture = Capture.MANUAL) -> Story:
    return Story(amount, capture, Terms(max_open_tenders=most))


def begun(story: Story, method: str = "card", amount: int | None = None) -> str:
    """START as the use case does it: earlier ones make way, if they have to."""
    for event in starting.make_way(story.order, method, amount, story.now):
        story.takes([event])
        story.hears(event.payment_id, SUCCEEDED)  # type: ignore[union-attr]
    return story.start(method, amount)


def transfer(story: Story, amount: int) -> str:
    """A transfer that is awaited for two weeks."""
    payment_id = begun(story, "bank_transfer", amount)
    told = Fact(
        payment_id,
        story.authorization(payment_id),
        WAITS,
        instructions=Instructions("DE02", "Ada", "RF18"),
        waits_until=story.now + WEEKS,
    )
    story.learns([told])
    return payment_id


def test_two_cards_pay_one_order() -> None:
    story = allowing(2)
    first = story.paid("card", 2)
    assert (story.order.status, left_for_open(story.order)) == (OrderStatus.PARTIALLY_PAID, 3)
    second = story.paid("card")
    assert [story.payment(each).amount for each in (first, second)] == [2, 3]
    assert (story.order.status, story.order.safe is not None) == (OrderStatus.AUTHORIZED, True)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_no_more_than_the_merchant_allows(most: int) -> None:
    story = allowing(most)
    for _ in range(most):
        assert has_room_for(story.order, "card")
        story.paid("card", 1)
    assert not has_room_for(story.order, "card")
    with pytest.raises(OperationNotAllowed, match=f"{most} of {most} open tenders"):
        story.start("card", 1)
    story.paid("gift_card", 1)


def test_one_more_for_a_raise() -> None:
    story = allowing(2, 2)
    story.paid("card", 1)
    story.paid("card", 1)
    story.amend(4)
    story.paid("card", 1)
    assert not has_room_for(story.order, "card")


def test_a_transfer_is_awaited_while_a_card_pays_the_rest() -> None:
    story = allowing(2)
    bank = transfer(story, 3)
    assert (awaited(story.order), left_for_open(story.order)) == (3, 2)
    card = begun(story)
    assert (story.payment(card).amount, story.payment(bank).status) == (2, PaymentStatus.CREATED)
    story.hears(card, SUCCEEDED)
    story.takes(receive(story.order, bank, "b1", 3, story.now))
    assert (story.order.open, story.payment(bank).status) == (0, PaymentStatus.SETTLED)
    assert not any(payment.surplus for payment in story.order.payments)


def test_the_card_first_then_the_transfer_keeps_the_order_open_for_weeks() -> None:
    story = allowing(2)
    story.paid("card", 2)
    transfer(story, 3)
    assert story.order.expires_at == story.now + WEEKS


def test_with_one_open_tender_a_transfer_makes_way() -> None:
    story = allowing(1)
    bank = transfer(story, 3)
    card = begun(story)
    assert (story.payment(bank).status, story.payment(card).amount) == (PaymentStatus.WITHDRAWN, 5)


@pytest.mark.parametrize(("most", "amount"), [(2, 3), (3, 5)])
def test_who_asks_for_what_is_claimed_ends_what_waits(most: int, amount: int) -> None:
    """A shopper who turned around at the bank's page and chooses another card for more."""
    story = allowing(most)
    first = story.redirected("card", 3)
    second = begun(story, "card", amount)
    assert (story.payment(first).status, story.payment(second).amount) == (PaymentStatus.WITHDRAWN, amount)


def test_what_claims_everything_makes_way() -> None:
    story = allowing(3)
    first = story.redirected()
    second = begun(story)
    assert (story.payment(first).status, story.payment(second).amount) == (PaymentStatus.WITHDRAWN, 5)


def test_what_waits_makes_way_where_there_is_no_room_beside_it() -> None:
    story = allowing(2)
    story.paid("card", 1)
    waiting = story.redirected("card", 1)
    assert (more_open_tenders(story.order), left_for_open(story.order)) == (0, 4)
    begun(story)
    assert story.payment(waiting).status is PaymentStatus.WITHDRAWN


def test_an_amount_that_cannot_be_ends_nothing() -> None:
    story = allowing(2)
    bank = transfer(story, 3)
    with pytest.raises(AmountExceedsAvailable):
        begun(story, "card", 6)
    assert story.payment(bank).status is PaymentStatus.CREATED


def test_the_end_of_one_transfer_does_not_end_the_wait_for_another() -> None:
    story = allowing(2)
    first, _ = transfer(story, 2), transfer(story, 3)
    story.withdraw(first)
    story.hears(first, SUCCEEDED)
    assert story.order.expires_at == story.now + WEEKS


def test_late_money_that_is_claimed_by_another_goes_back_from_the_last() -> None:
    """Whoever comes first counts; what comes when nothing is open is surplus."""
    story = allowing(2)
    early = story.start("card", 3)
    story.hears(early, FAILED)
    waiting = story.redirected("card", 4)
    story.hears(early, SUCCEEDED, story.authorization(early))
    story.hears(waiting, SUCCEEDED)
    assert (story.payment(waiting).surplus, story.last(waiting).type) == (True, OperationType.CANCEL)
    assert story.order.covered == 3


@given(st.integers(2, 3), st.lists(st.tuples(st.sampled_from(["card", "gift_card"]), st.integers(1, 6)), max_size=5))
def test_what_is_covered_and_awaited_is_never_more_than_is_due(most: int, asked: list[tuple[str, int]]) -> None:
    story = allowing(most)
    for method, amount in asked:
        try:
            payment_id = begun(story, method, amount)
        except (AmountExceedsAvailable, OperationNotAllowed):
            continue
        story.hears(payment_id, WAITS)
        assert story.order.covered + awaited(story.order) <= story.order.due
    for payment in story.order.payments:
        if payment.awaits_shopper:
            story.hears(payment.payment_id, SUCCEEDED, payment.authorization.operation_id)
    assert not any(payment.surplus for payment in story.order.payments)
