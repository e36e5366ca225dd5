"""A bank transfer is awaited for days, and its order's window follows it (IS-18)."""

from datetime import timedelta

import pytest

from tests.domain.builders import NOON, Story
from tillgate.domain.orders import starting
from tillgate.domain.orders.deadlines import next_due, windows
from tillgate.domain.orders.order import ORDER_WINDOW, OrderStatus
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payments.payment import Instructions
from tillgate.domain.psp.bank_bookings import receive
from tillgate.domain.psp.facts import Fact

TERM = timedelta(days=14)
DO = Instructions("DE02120300000000202051", "Corner Shop", "RF18539007547034")


def awaited() -> tuple[Story, str]:
    story = Story()
    payment_id = story.start("bank_transfer")
    named = (payment_id, story.authorization(payment_id))
    story.learns([Fact(*named, OperationStatus.AWAITING_SHOPPER, instructions=DO, waits_until=NOON + TERM)])
    return story, payment_id


def test_the_order_is_open_as_long_as_the_transfer_and_no_execution_waits() -> None:
    story, payment_id = awaited()
    assert story.payment(payment_id).status is PaymentStatus.CREATED
    assert (story.order.expires_at, windows(story.order)) == (NOON + TERM, {})
    assert next_due(story.order, ORDER_WINDOW) == NOON + TERM
    assert story.passes(TERM - timedelta(seconds=1)) == []
    story.passes(timedelta(seconds=1))
    story.hears(payment_id, OperationStatus.SUCCEEDED)  # the close
    assert story.order.status is OrderStatus.EXPIRED


def test_a_payment_with_a_page_keeps_its_half_hour_and_its_order_two_hours() -> None:
    story = Story()
    story.redirected()
    assert story.order.expires_at == NOON + ORDER_WINDOW


@pytest.mark.parametrize("came", [0, 1])
def test_an_order_whose_transfer_makes_way_for_a_card_has_two_hours_again(came: int) -> None:
    """Nobody waits for the transfer any more, whether a part of it has come or not."""
    story, transfer = awaited()
    story.now += timedelta(days=3)
    if came:
        story.takes(receive(story.order, transfer, "b1", came, story.now))
    (close,) = starting.make_way(story.order, "card", None, story.now)
    story.takes([close])
    assert story.order.expires_at == NOON + TERM, "it may still have been paid"
    story.hears(transfer, OperationStatus.SUCCEEDED)
    assert story.order.expires_at == story.now + ORDER_WINDOW
    assert story.payment(story.redirected()).amount == 3 - came


def test_an_invoice_in_hand_is_held_without_seven_days() -> None:
    for method, lapses in (("invoice", False), ("cash_on_delivery", False), ("card", True), ("gift_card", True)):
        story = Story()
        payment = story.payment(story.paid(method))
        assert (payment.authorization_expires_at is not None) == lapses
