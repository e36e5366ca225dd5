"""An invoice is an order with a payment link: its window lasts weeks, its state is its order's (RG-7)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.builders import NOON, Story, created
from tillgate.domain.invoices import invoice
from tillgate.domain.invoices.invoice import ask_to_send, invoice_operations, invoice_status, is_to_be_mailed, mailed
from tillgate.domain.orders import starting
from tillgate.domain.orders.deadlines import next_due, windows
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import ORDER_WINDOW, Invoice, OrderStatus
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payments.payment import SHOPPER_WINDOW
from tillgate.domain.shared.identifiers import invoice_id_of, order_key_of_invoice
from tillgate.domain.shared.refusals import NotFound, OperationNotAllowed, TooSoon

DUE = timedelta(days=30)
GRACE = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)


def issued(due: timedelta = DUE, *, asked: bool = True) -> OrderCreated:
    invoice = Invoice(asked=1, asked_at=NOON) if asked else Invoice()
    return replace(created(capture=Capture.AUTO), expires_at=NOON + due, invoice=invoice)


def an_invoice(due: timedelta = DUE, *, asked: bool = True) -> Story:
    story = Story()
    story.history = [issued(due, asked=asked)]
    story.order = evolve(None, story.history[0])
    return story


def send(story: Story) -> None:
    story.takes(ask_to_send(story.order, story.now))


# The window.


def test_an_invoice_is_open_until_it_is_due_and_no_execution_waits_for_it() -> None:
    story = an_invoice()
    assert windows(story.order) == {}
    assert next_due(story.order, GRACE) == NOON + DUE  # the sweep alone: it need not give way to an execution
    assert story.passes(DUE - timedelta(seconds=1)) == []
    story.passes(timedelta(seconds=1))
    assert invoice_status(story.order) == OrderStatus.EXPIRED
    assert next_due(story.order, GRACE) is None


@given(due=st.integers(1, 90 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)))
def test_an_execution_waits_for_what_is_over_within_two_hours_and_for_nothing_else(due: timedelta) -> None:
    story = an_invoice(due)
    near = due <= ORDER_WINDOW
    assert list(windows(story.order).values()) == ([NOON + due] if near else [])
    assert next_due(story.order, GRACE) == NOON + due + (GRACE if near else timedelta(0))
    story.passes(due)
    assert story.order.status is OrderStatus.EXPIRED


def test_a_payment_of_an_invoice_has_half_an_hour_all_the_same() -> None:
    story = an_invoice()
    card = story.redirected()
    assert windows(story.order) == {"ord_1-payment-1": NOON + SHOPPER_WINDOW}
    story.passes(SHOPPER_WINDOW)
    story.hears(card, OperationStatus.SUCCEEDED)
    assert (story.order.status, story.order.ended) == (OrderStatus.UNPAID, None)
    assert story.paid()
    assert story.order.status is OrderStatus.PAID


def test_a_raise_of_a_paid_invoice_may_be_paid_until_the_invoice_was_due() -> None:
    story = an_invoice()
    story.paid()
    story.amend(5)
    assert story.order.expires_at == NOON + DUE
    story.passes(DUE)
    assert (story.order.amount, story.order.status) == (3, OrderStatus.PAID)


def test_a_raise_after_that_has_a_window_of_its_own() -> None:
    story = an_invoice()
    story.paid()
    story.passes(DUE + MINUTE)
    story.amend(5)
    assert list(windows(story.order).values()) == [story.now + ORDER_WINDOW]


# Its state.


def test_the_state_says_how_far_the_mail_is_until_somebody_begins_to_pay() -> None:
    story = an_invoice(asked=False)
    said: list[str] = [invoice_status(story.order)]
    send(story)
    said.append(invoice_status(story.order))
    story.takes(mailed(story.order, 1, story.now))
    said.append(invoice_status(story.order))
    story.takes(starting.open_page(story.order, story.now))
    said.append(invoice_status(story.order))
    story.paid("gift_card", 1)
    said.append(invoice_status(story.order))
    story.paid()
    said.append(invoice_status(story.order))
    assert said == ["DRAFT", "SENDING", "SENT", "SEEN", "PARTIALLY_PAID", "PAID"]


def test_the_link_is_seen_once() -> None:
    story = an_invoice()
    story.takes(starting.open_page(story.order, story.now))
    story.passes(MINUTE)
    assert starting.open_page(story.order, story.now) == []
    assert story.order.invoice
    assert story.order.invoice.seen_at == NOON
    assert starting.open_page(Story().order, NOON) == []


def test_an_order_is_no_invoice() -> None:
    for ask in (invoice_status, invoice.invoice_of, lambda order: ask_to_send(order, NOON)):
        with pytest.raises(NotFound):
            ask(Story().order)


def test_ids_name_each_other_and_nothing_else_is_an_id() -> None:
    assert order_key_of_invoice(invoice_id_of("ord_0a")) == "ord_0a"
    for wrong in ("ord_0a", "0a", "pay_0a_1", "inv_0a#b"):
        with pytest.raises(NotFound):
            order_key_of_invoice(wrong)


# Its e-mails.


def test_a_minute_lies_between_two_mails_and_twenty_are_enough() -> None:
    story = an_invoice()
    story.passes(timedelta(seconds=59.5))
    with pytest.raises(TooSoon) as soon:
        send(story)
    assert soon.value.seconds == 1
    story.passes(timedelta(seconds=0.5))
    send(story)
    for _ in range(18):
        story.passes(MINUTE)
        send(story)
    story.passes(MINUTE)
    with pytest.raises(OperationNotAllowed, match="20 times"):
        send(story)


def test_only_what_can_be_paid_is_sent() -> None:
    paid, withdrawn, late = an_invoice(), an_invoice(), an_invoice()
    paid.paid()
    withdrawn.withdraw_order()
    for story in (paid, withdrawn):
        story.passes(MINUTE)
    late.now += DUE  # nobody has swept yet
    for story in (paid, withdrawn, late):
        with pytest.raises(OperationNotAllowed):
            send(story)
        assert not is_to_be_mailed(story.order, 1, story.now)
    assert [invoice_operations(story.order) for story in (paid, withdrawn)] == [[], []]
    assert invoice_operations(an_invoice().order) == ["send", "withdraw"]


def test_a_message_of_the_queue_that_comes_again_or_late_mails_nothing() -> None:
    story = an_invoice()
    assert is_to_be_mailed(story.order, 1, story.now)
    story.takes(mailed(story.order, 1, story.now))
    assert not is_to_be_mailed(story.order, 1, story.now)
    assert mailed(story.order, 1, story.now) == []
    story.passes(MINUTE)
    send(story)
    story.passes(MINUTE)
    send(story)
    assert [is_to_be_mailed(story.order, number, story.now) for number in (1, 2, 3, 4)] == [False, False, True, False]
    story.takes(mailed(story.order, 3, story.now))
    assert story.order.invoice
    assert (story.order.invoice.asked, story.order.invoice.sent) == (3, 3)


def test_an_invoice_somebody_has_begun_to_pay_is_not_withdrawn() -> None:
    story = an_invoice()
    story.start()
    with pytest.raises(OperationNotAllowed):
        story.withdraw_order()
