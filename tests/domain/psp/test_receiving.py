"""Bookings on our own account: too little, enough, too much, too late; all of it is recorded (IS-18, EV-13)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.builders import Story
from tests.functions.scripted_psp import offline
from tillgate.connectors.host.cases import Means, Urls, of_payment
from tillgate.connectors.host.facts import facts_of
from tillgate.domain.operators.work_list import transfers, troubles
from tillgate.domain.orders.allowed_operations import is_withdrawable
from tillgate.domain.orders.order import OrderStatus
from tillgate.domain.orders.starting import check_room_for
from tillgate.domain.orders.why import why
from tillgate.domain.payments.events import MoneyReceived
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.psp.bank_bookings import receive
from tillgate.domain.shared.refusals import AmountExceedsAvailable, OperationNotAllowed

S = PaymentStatus
TERM = timedelta(days=14)
URLS = Urls("https://api.example.com/v1", "offline")
ACCOUNT = {"iban": "DE02120300000000202051", "holder": "Corner Shop", "days": "14"}
OFFLINE = offline(**ACCOUNT)


class Transfer(Story):
    """An order of 3 whose bank transfer is awaited. `first` is that payment's id."""

    def __init__(self, amount: int = 3) -> None:
        super().__init__(amount)
        self.told: set[str] = set()
        self.first = self.start("bank_transfer")
        self.answers()

    def answers(self) -> None:
        """The offline connector answers whatever was asked of it, until it tells nothing new."""
        cases = [of_payment(self.order, payment, Means(), URLS) for payment in self.order.payments]
        while self.learns([fact for case in cases for fact in facts_of(OFFLINE.ask(case) or [])]):
            cases = [of_payment(self.order, payment, Means(), URLS) for payment in self.order.payments]

    def transferred(self) -> None:
        """An operator has made every transfer that is owed."""
        for transfer in transfers(self.order):
            self.hears(transfer.payment_id, OperationStatus.SUCCEEDED, transfer.operation_id)
        self.answers()

    def books(self, booking_id: str, amount: int) -> None:
        """Told again it is known, as the store has it."""
        if booking_id not in self.told:
            self.told.add(booking_id)
            self.takes(receive(self.order, self.first, booking_id, amount, self.now))
            self.answers()

    def gone(self, payment_id: str | None = None) -> None:
        """Nobody waits for that transfer any more."""
        self.withdraw(payment_id or self.first)
        self.answers()

    @property
    def received(self) -> int:
        return sum(payment.received for payment in self.order.payments)

    @property
    def to_give_back(self) -> int:
        """Of what nothing was open for: it waits for an operator's transfer."""
        return sum(payment.reserved(OperationType.REFUND) for payment in self.order.payments if payment.surplus)


def test_too_little_stays_awaited_and_counts_until_the_rest_has_come() -> None:
    story = Transfer()
    story.books("b1", 2)
    assert (story.payment(story.first).status, story.payment(story.first).received) == (S.CREATED, 2)
    assert (story.order.status, story.order.open, story.order.safe) == (OrderStatus.PARTIALLY_PAID, 1, None)
    assert "2 has come, the rest is awaited" in why(story.order)[1]
    assert not is_withdrawable(story.order)
    check_room_for(story.order, "card")  # the rest can be paid by card
    story.books("b2", 1)
    assert (story.payment(story.first).status, story.order.status) == (S.SETTLED, OrderStatus.PAID)
    assert story.order.safe is not None
    assert troubles(story.order) == []


def test_too_much_pays_and_the_rest_is_to_be_transferred_back_and_no_more() -> None:
    story = Transfer()
    story.books("b1", 5)
    first, over = story.order.payments
    assert (first.status, first.captured, story.order.status) == (S.SETTLED, 3, OrderStatus.PAID)
    assert (over.status, over.captured, over.surplus, over.pending) == (S.SETTLED, 2, True, True)
    assert story.order.safe is not None
    assert troubles(story.order) == ["pay_1_2_2 (refund, 2) waits since 2030-01-01T12:00:00Z for you"]
    with pytest.raises(AmountExceedsAvailable):
        story.refund(over.payment_id, 1)
    story.transferred()
    assert story.payment(over.payment_id).status is S.REFUNDED
    assert troubles(story.order) == []
    assert (story.order.status, story.order.covered) == (OrderStatus.PAID, 3)


def test_each_booking_is_told_by_its_own_id() -> None:
    story = Transfer()
    for booking_id in ("b1", "b1", "b2", "b1", "b2"):
        story.books(booking_id, 3)
    booked = [event for event in story.history if isinstance(event, MoneyReceived)]
    assert [(event.booking_id, event.amount) for event in booked] == [("b1", 3), ("b2", 3)]
    assert (story.order.covered, story.to_give_back) == (3, 3)


def _cancelled(story: Transfer) -> None:
    story.cancel_order()
    story.answers()


def _expired(story: Transfer) -> None:
    story.passes(TERM)
    story.answers()


def _paid_by_card(story: Transfer) -> None:
    story.gone()
    story.paid("card")


@pytest.mark.parametrize("over", [_cancelled, _expired, _paid_by_card])
def test_money_that_nothing_is_open_for_is_recorded_and_an_operators(over: Callable[[Transfer], None]) -> None:
    story = Transfer()
    over(story)
    status = story.order.status
    for booking_id, amount in (("b1", 2), ("b2", 3)):
        story.books(booking_id, amount)
    assert (story.order.status, story.received, story.to_give_back) == (status, 5, 5)
    assert [transfer.amount for transfer in transfers(story.order)] == [2, 3]
    story.transferred()
    assert (story.order.status, troubles(story.order)) == (status, [])


def test_a_part_that_has_come_when_time_is_over_has_to_go_back() -> None:
    story = Transfer()
    story.books("b1", 2)
    _expired(story)
    assert story.order.ending is not None, "it waits for the transfer, however long that takes"
    story.passes(timedelta(days=99))
    assert [transfer.amount for transfer in transfers(story.order)] == [2]
    story.transferred()
    assert (story.order.status, story.payment(story.first).status) == (OrderStatus.EXPIRED, S.REFUNDED)


def test_a_part_that_has_come_counts_when_the_merchant_waits_no_longer() -> None:
    story = Transfer()
    story.books("b1", 2)
    story.gone()
    assert (story.payment(story.first).status, story.order.status) == (S.SETTLED, OrderStatus.PARTIALLY_PAID)
    story.books("b2", 2)  # one unit is open: the other is too much
    assert (story.order.status, story.order.covered, story.to_give_back) == (OrderStatus.PAID, 3, 1)
    assert [payment.captured for payment in story.order.payments] == [2, 1, 1]


def test_a_second_transfer_pays_a_raise() -> None:
    story = Transfer()
    story.books("b1", 3)
    story.amend(4)
    story.books("b2", 1)
    assert (story.order.status, story.order.covered, story.to_give_back) == (OrderStatus.PAID, 4, 0)


def test_money_on_two_references_of_an_order_never_counts_twice() -> None:
    """The shopper began anew, and transferred with both references."""
    story = Transfer()
    story.gone()
    old, story.first = story.first, story.start("bank_transfer")
    story.answers()
    story.books("b1", 2)
    new, story.first = story.first, old
    story.books("b2", 3)
    assert (story.order.status, story.order.covered) == (OrderStatus.PAID, 3)
    assert (story.payment(new).captured, story.received, story.to_give_back) == (2, 5, 2)


def _begun_anew(story: Transfer) -> None:
    story.start("bank_transfer")
    story.answers()


HAPPENS: dict[str, Callable[[Transfer], object]] = {
    "cancel": _cancelled,
    "time": _expired,
    "gone": Transfer.gone,
    "card": lambda story: story.paid("card"),
    "again": _begun_anew,
}
AMOUNTS = st.lists(st.integers(1, 7), min_size=1, max_size=6)


@settings(max_examples=50)
@given(amounts=AMOUNTS, data=st.data())
def test_any_order_and_any_copies_of_the_lines_give_the_same_sums(amounts: list[int], data: st.DataObject) -> None:
    lines = {f"b{number}": amount for number, amount in enumerate(amounts)}
    copies = data.draw(st.lists(st.sampled_from(sorted(lines)), max_size=8))
    told = data.draw(st.permutations([*lines, *copies]))
    story = Transfer(7)
    for booking_id in told:
        story.books(booking_id, lines[booking_id])
    whole = sum(amounts)
    assert story.received == whole
    assert (story.order.covered, story.to_give_back) == (min(7, whole), max(0, whole - 7))
    assert story.order.status is (OrderStatus.PAID if whole >= 7 else OrderStatus.PARTIALLY_PAID)


@settings(max_examples=50)
@given(st.lists(st.one_of(st.integers(1, 7), st.sampled_from(sorted(HAPPENS))), max_size=7))
def test_whatever_happens_between_nothing_that_came_is_lost(course: list[int | str]) -> None:
    """All that came is awaited, captured or given back; and what an operator has to give back stands out."""
    story, came = Transfer(7), 0
    for number, step in enumerate(course):
        if isinstance(step, int):
            story.books(f"b{number}", step)
            came += step
        else:
            try:
                HAPPENS[step](story)
            except OperationNotAllowed:
                continue
    by_bank = [payment for payment in story.order.payments if payment.method == "bank_transfer"]
    awaited = sum(payment.received for payment in by_bank if payment.awaits_shopper)
    assert sum(payment.received for payment in by_bank) == came
    assert awaited + sum(payment.captured for payment in by_bank) == came
    is_over = story.order.ended or story.order.ending
    owed = [p.captured for p in by_bank if p.captured > p.refunded and (p.surplus or is_over)]
    assert sorted(transfer.amount for transfer in transfers(story.order)) == sorted(owed)
    assert bool(troubles(story.order)) == bool(owed)
    assert all(op.status is not OperationStatus.REQUESTED for p in by_bank for op in p.operations)
    cards_wait = any(p.pending for p in story.order.payments if p.method == "card")
    story.transferred()
    assert (transfers(story.order), troubles(story.order)) == ([], [])
    assert story.order.ending is None or cards_wait, "an ending goes on by itself once all is transferred"
