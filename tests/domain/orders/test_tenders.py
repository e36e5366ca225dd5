"""Several tenders of one order: distribution, sequence, and a later one that fails (IS-6, IS-7, IS-8, IS-9)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.builders import Story
from tillgate.domain.orders import starting
from tillgate.domain.orders.order import OrderStatus, Terms
from tillgate.domain.orders.order_events import TenderNamed
from tillgate.domain.orders.room import MOST_PAYMENTS
from tillgate.domain.orders.tenders import distribute, left_for_open, shares
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType
from tillgate.domain.shared.refusals import MethodNotApplicable, OperationNotAllowed

SUCCEEDED, FAILED, WAITS = OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.AWAITING_SHOPPER
AMOUNTS = st.lists(st.integers(1, 80), max_size=5)


@given(st.integers(0, 200), AMOUNTS)
def test_limited_tenders_pay_up_to_their_balance_and_the_open_one_the_rest(due: int, balances: list[int]) -> None:
    """IS-7: what is due is paid once, nobody pays more than he has, and who comes first pays first."""
    paid, left = distribute(due, balances)
    assert sum(paid) + left == due
    assert left == max(0, due - sum(balances))
    assert all(0 <= share <= balance for share, balance in zip(paid, balances, strict=True))
    full = [share == balance for share, balance in zip(paid, balances, strict=True)]
    assert all(paid[number] == 0 for number in range(1, len(paid)) if not full[number - 1])


class Counter(Story):
    """A shopper at an account that authorizes the open tender first (IS-8)."""

    def names(self, balance: int, token: str = "gc_a") -> None:  # noqa: S107 - the name of a test instrument
        self.takes(
            starting.name_tender(
                self.order, method="gift_card", connector="sandbox", token=token, balance=balance, now=self.now
            )
        )

    def pays(self, method: str = "card") -> str:
        """The shopper's START, without an amount."""
        self.takes(
            starting.start_payment(
                self.order,
                method=method,
                connector="sandbox",
                amount=None,
                return_url=None,
                actor=Actor.SHOPPER,
                now=self.now,
            )
        )
        return self.order.payments[-1].payment_id

    @property
    def tenders(self) -> list[tuple[str, int, str]]:
        return [(payment.method, payment.amount, str(payment.status)) for payment in self.order.payments]


def test_open_first_the_card_is_authorized_for_the_rest_and_the_gift_card_after_it() -> None:
    counter = Counter(amount=10)
    counter.names(4)
    assert (counter.tenders, counter.order.open, left_for_open(counter.order)) == ([], 10, 6)
    card = counter.pays()
    assert counter.tenders == [("card", 6, "PROCESSING")], "the gift card is not touched yet"
    counter.hears(card, SUCCEEDED)
    assert counter.tenders == [("card", 6, "AUTHORIZED"), ("gift_card", 4, "PROCESSING")]
    gift = counter.order.payments[-1]
    assert (gift.token, gift.authorization.requested_by) == ("gc_a", Actor.SHOPPER)
    counter.hears(gift.payment_id, SUCCEEDED)
    assert counter.order.status is OrderStatus.AUTHORIZED
    assert counter.payment(gift.payment_id).token is None, "kept no longer than it is needed"
    assert counter.order.named == ()


def test_open_first_over_the_shoppers_bank() -> None:
    counter = Counter(amount=10)
    counter.names(4)
    card = counter.pays()
    counter.hears(card, WAITS)
    assert len(counter.tenders) == 1
    counter.hears(card, SUCCEEDED)
    assert [amount for _, amount, _ in counter.tenders] == [6, 4]


def test_open_first_without_need_of_an_open_tender() -> None:
    """Gift cards that pay all are authorized at once; the last one what is left."""
    counter = Counter(amount=10)
    counter.names(7, "gc_a")
    counter.names(7, "gc_b")
    first = counter.order.payments[0].payment_id
    assert counter.tenders == [("gift_card", 7, "PROCESSING")]
    counter.hears(first, SUCCEEDED)
    counter.hears(counter.order.payments[1].payment_id, SUCCEEDED)
    assert [amount for _, amount, _ in counter.tenders] == [7, 3]
    assert counter.order.status is OrderStatus.AUTHORIZED


def test_it_is_worked_out_anew_when_the_amount_or_the_tenders_change() -> None:
    """IS-7: and who is left with nothing is dropped."""
    counter = Counter(amount=10)
    counter.names(4, "gc_a")
    counter.names(3, "gc_b")
    assert left_for_open(counter.order) == 3
    counter.amend(20)
    assert left_for_open(counter.order) == 13
    counter.amend(8)
    card = counter.pays()
    assert counter.tenders == [("card", 1, "PROCESSING")]
    counter.hears(card, WAITS)
    counter.names(1, "gc_c")
    assert counter.last(card).type is OperationType.CLOSE, "its amount was another's share"
    counter.hears(card, SUCCEEDED)
    assert [(tender.token, share) for tender, share in shares(counter.order)] == [("gc_b", 3), ("gc_c", 1)]
    assert counter.tenders[-1] == ("gift_card", 4, "PROCESSING")


def test_a_merchant_who_starts_an_open_tender_for_all_leaves_nothing_to_the_named() -> None:
    """The contract's default amount is what is open; who is left with nothing is dropped."""
    counter = Counter(amount=10)
    counter.names(4)
    counter.hears(counter.start(), SUCCEEDED)
    assert counter.tenders == [("card", 10, "AUTHORIZED")]
    assert counter.order.named == ()


@pytest.mark.parametrize(("policy", "ends"), [("keep", "PARTIALLY_PAID"), ("unwind", "CANCELLED")])
def test_the_gift_card_that_fails_after_the_card(policy: str, ends: str) -> None:
    """IS-9: it has been spent in between. The card stays, or is given back at once."""
    counter = Counter(amount=10, terms=Terms(on_failed_tender=policy))
    counter.names(4)
    card = counter.pays()
    counter.hears(card, SUCCEEDED)
    counter.hears(counter.order.payments[1].payment_id, FAILED)
    if policy == "unwind":
        assert counter.last(card).type is OperationType.CANCEL
        counter.hears(card, SUCCEEDED)
    assert counter.order.status == ends
    if policy == "keep":
        counter.names(9, "gc_b")  # another gift card pays what is left
        assert counter.tenders[-1] == ("gift_card", 4, "PROCESSING")


def test_the_card_that_fails_first_leaves_gift_cards_untouched() -> None:
    counter = Counter(amount=10, terms=Terms(on_failed_tender="unwind"))
    counter.names(4)
    counter.hears(counter.pays(), FAILED)
    assert (counter.tenders, counter.order.status) == ([("card", 6, "FAILED")], OrderStatus.UNPAID)
    counter.hears(counter.pays(), SUCCEEDED)
    assert counter.tenders[-1] == ("gift_card", 4, "PROCESSING")


def test_an_order_that_ends_forgets_what_was_named() -> None:
    counter = Counter(amount=10)
    counter.names(4)
    counter.cancel_order()
    assert (counter.order.status, counter.order.named) == (OrderStatus.CANCELLED, ())


def test_what_cannot_be_named() -> None:
    counter = Counter(amount=10, terms=Terms(methods=("card",)))
    with pytest.raises(MethodNotApplicable):
        counter.names(4)
    counter = Counter(amount=10)
    counter.names(4)
    counter.names(4)
    assert len(counter.order.named) == 1, "the same card is one tender"
    for _ in range(MOST_PAYMENTS - 1):
        counter.names(0, "gc_guessed")
    assert len(counter.order.named) == 1
    with pytest.raises(OperationNotAllowed, match="an order can have at most"):
        counter.names(4, "gc_guessed")


@given(AMOUNTS, st.integers(1, 60))
def test_whatever_is_named_the_order_is_covered_exactly(balances: list[int], amount: int) -> None:
    """IS-6, IS-7: one open tender at most, and nobody is asked for more than he has."""
    counter = Counter(amount=amount)
    for number, balance in enumerate(balances):
        if not counter.order.in_flight:
            counter.names(balance, f"gc_{number}")
    if left_for_open(counter.order) and not counter.order.in_flight:
        counter.hears(counter.pays(), SUCCEEDED)
    while counter.order.in_flight:
        counter.hears(counter.order.payments[-1].payment_id, SUCCEEDED)
    assert (counter.order.covered, counter.order.open) == (amount, 0)
    assert sum(method == "card" for method, _, _ in counter.tenders) <= 1


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


def test_an_order_that_unwinds_can_be_changed_before_anyone_pays() -> None:
    story = Story(terms=Terms(on_failed_tender="unwind"))
    story.amend(4)
    assert (story.order.open, story.order.ending) == (4, None)


def test_a_tender_that_fails_after_it_was_approved_unwinds_nothing() -> None:
    story = Story(terms=Terms(on_failed_tender="unwind"))
    story.paid("gift_card", 1)
    later = story.paid("gift_card", 1)
    story.hears(later, OperationStatus.REVERSED)
    assert (story.order.covered, story.order.ending) == (1, None)


def test_a_gift_card_with_nothing_on_it_pays_nothing_and_its_code_is_not_kept() -> None:
    counter = Counter(amount=10)
    card = counter.start()
    counter.hears(card, WAITS)
    counter.names(0)
    named = counter.history[-1]
    assert isinstance(named, TenderNamed)
    assert (named.balance, named.code) == (0, "")
    assert counter.payment(card).awaits_shopper, "nothing changes for who is on the way to pay"


def test_each_raise_has_room_for_one_more_open_tender() -> None:
    """IS-6: what was raised is paid by a card of its own, however often that happens."""
    story = Story(amount=100)
    story.paid(amount=100)
    for amount in (150, 170):
        story.passes(timedelta(seconds=1))
        story.amend(amount)
        story.paid(amount=10)
        with pytest.raises(OperationNotAllowed):
            story.start(amount=1)
        story.paid("gift_card")
    assert [payment.amount for payment in story.order.payments] == [100, 10, 40, 10, 10]
