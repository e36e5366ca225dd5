"""A technical payment and the vendor payments carved out of it: sums, refusals, endings (TH-4, TH-5, TH-10)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.builders import NOON, Story, evolved
from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.orders import ending, operating
from tillgate.domain.orders.allowed_operations import order_operations, payment_operations
from tillgate.domain.orders.amendments import amend
from tillgate.domain.orders.deadlines import fall_due, next_due
from tillgate.domain.orders.evolve import replay
from tillgate.domain.orders.invariants import broken
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.orders.requests import FIRST_CHECK
from tillgate.domain.payments.events import OperationRequested
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.operations import Actor, OperationStatus
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE, VendorSums
from tillgate.domain.psp.facts import Fact, learn
from tillgate.domain.shared.identifiers import aggregate_key_of, order_key_of, parent_of, vendor_key, vendor_payment_id
from tillgate.domain.shared.refusals import (
    AmountExceedsAvailable,
    NotFound,
    OperateOnVendorPayments,
    OperationNotAllowed,
)
from tillgate.store.orders.vendor_sums import without_allotments

SUCCEEDED, FAILED = OperationStatus.SUCCEEDED, OperationStatus.FAILED


def technical(capture: Capture = Capture.MANUAL) -> Story:
    """An order of 100 that is to be divided."""
    story = Story(amount=100, capture=capture)
    created = story.history[0]
    assert isinstance(created, OrderCreated)
    story.history[0] = replace(created, kind="technical")
    story.order = evolved(None, story.history)
    return story


class Market:
    """An order of 100 in many parts: the technical order as the store would hold it, and its vendor payments."""

    def __init__(self, method: str = "card", capture: Capture = Capture.MANUAL) -> None:
        self.story = technical(capture)
        self.card = self.story.paid(method)
        self.parts: dict[str, Order] = {}

    @property
    def order(self) -> Order:
        """With what is allotted, as it is read."""
        allotted = sum(vendor_payments.claim(part) for part in self.parts.values())
        payments = tuple(
            replace(p, allotted=allotted if p.payment_id == self.card else 0) for p in self.stored.payments
        )
        return replace(self.stored, payments=payments)

    @property
    def stored(self) -> Order:
        return self.story.order

    def pay(self, reference: str, amount: int, fee: int = 0) -> Order:
        events = vendor_payments.pay(
            self.order,
            technical_payment_id=self.card,
            vendor_id=f"ven_{reference}",
            amount=amount,
            sub_order_reference=reference,
            fee=fee,
            now=self.story.now,
        )
        self.parts[reference] = evolved(None, events)
        return self.parts[reference]

    def hears(self, reference: str, status: OperationStatus = SUCCEEDED) -> Order:
        part = self.parts[reference]
        payment = part.payments[0]
        fact = Fact(
            payment.payment_id,
            payment.operations[-1].operation_id,
            status,
            captured=part.capture is Capture.AUTO and len(payment.operations) == 1,
        )
        self.parts[reference] = evolved(part, learn(part, [fact], self.story.now))
        return self.parts[reference]

    def paid(self, reference: str, amount: int, fee: int = 0) -> Order:
        self.pay(reference, amount, fee)
        return self.hears(reference)

    def does(self, verb: str, reference: str, amount: int | None = None) -> Order:
        part = self.parts[reference]
        payment_id, now = part.payments[0].payment_id, self.story.now
        if verb == "capture":
            events = operating.capture(part, payment_id, amount=amount, final=None, fee=0, now=now)
        elif verb == "cancel":
            events = operating.cancel(part, payment_id, amount=amount, now=now)
        else:
            events = operating.refund(part, payment_id, amount=amount, reason=None, now=now)
        self.parts[reference] = evolved(part, events)
        return self.hears(reference)

    def summed(self) -> Order:
        """The order takes over what its vendors come to."""
        found = [vendor_payments.sums_of(part) for part in self.parts.values()]
        sums = VendorSums(*(sum(getattr(one, name) for one in found) for name in VendorSums.__slots__))
        events = vendor_payments.summed(self.order, {self.card: sums}, self.story.now)
        self.story.order = evolved(self.stored, events)
        self.story.history += events
        return self.order


def test_a_part_lives_as_any_payment_does() -> None:
    market = Market()
    part = market.paid("a", 60)
    payment = part.payments[0]
    assert (payment.kind, payment.status, payment.authorized) == ("vendor", PaymentStatus.AUTHORIZED, 60)
    assert payment_operations(part, payment) == ["capture", "cancel"]
    market.does("capture", "a", 20)
    market.does("cancel", "a", 10)
    assert market.does("capture", "a").payments[0].status is PaymentStatus.CAPTURED
    assert market.does("refund", "a", 50).payments[0].status is PaymentStatus.REFUNDED


def test_no_more_is_given_to_vendors_than_was_paid() -> None:
    market = Market()
    market.pay("a", 60)
    with pytest.raises(AmountExceedsAvailable):
        market.pay("b", 41)
    market.pay("b", 40)
    with pytest.raises(AmountExceedsAvailable):
        market.pay("c", 1)


def test_a_refused_part_leaves_its_amount_to_others() -> None:
    market = Market()
    market.pay("a", 100)
    assert market.hears("a", FAILED).payments[0].status is PaymentStatus.FAILED
    assert market.pay("b", 100).amount == 100


def test_a_cancelled_part_is_the_shoppers_and_no_other_vendors() -> None:
    market = Market()
    market.paid("a", 100)
    market.does("cancel", "a")
    with pytest.raises(AmountExceedsAvailable):
        market.pay("b", 1)


def test_a_technical_payment_is_cancelled_only_as_far_as_no_vendor_was_given_of_it() -> None:
    market = Market()
    market.paid("a", 60)
    now = market.story.now
    with pytest.raises(OperateOnVendorPayments):
        operating.capture(market.order, market.card, amount=None, final=None, fee=0, now=now)
    with pytest.raises(OperateOnVendorPayments):
        operating.cancel(market.order, market.card, amount=41, now=now)
    (asked,) = operating.cancel(market.order, market.card, amount=None, now=now)
    assert isinstance(asked, OperationRequested)
    assert asked.amount == 40
    assert payment_operations(market.order, market.order.payments[0]) == ["cancel", "pay"]
    market.paid("b", 40)
    assert payment_operations(market.order, market.order.payments[0]) == []
    with pytest.raises(OperateOnVendorPayments):
        operating.cancel(market.order, market.card, amount=None, now=now)


def test_a_technical_payment_is_refunded_only_as_far_as_no_vendor_was_given_of_it() -> None:
    market = Market(capture=Capture.AUTO)
    market.paid("a", 60)
    now = market.story.now
    with pytest.raises(OperateOnVendorPayments):
        operating.refund(market.order, market.card, amount=41, reason=None, now=now)
    with pytest.raises(OperateOnVendorPayments):
        operating.refund_order(market.order, amount=41, reason=None, now=now)
    assert [event.amount for event in operating.refund_order(market.order, amount=None, reason=None, now=now)] == [40]  # type: ignore[union-attr]
    assert "refund" in order_operations(market.order)


def test_no_request_of_nothing_or_less_follows_when_a_divided_payment_is_taken_back() -> None:
    """The bank takes the technical payment back after a vendor was paid; then the merchant cancels the order."""
    market = Market()
    market.paid("a", 60)
    market.does("capture", "a")
    market.summed()
    market.story.hears(market.card, OperationStatus.REVERSED, market.story.authorization(market.card))
    payment = market.order.payments[0]
    assert payment.vendors_hold_what_is_gone
    assert (payment.available, payment.refundable, payment.unallotted) == (0, 0, 0)
    assert next_due(market.order, timedelta(0)) == market.story.now
    market.parts["a"] = evolved(market.parts["a"], vendor_payments.reverse(market.parts["a"], None, market.story.now))
    assert (market.parts["a"].payments[0].captured, vendor_payments.claim(market.parts["a"])) == (0, 0)
    market.story.takes(ending.cancel_order(market.order, actor=Actor.MERCHANT, now=market.story.now))
    market.summed()
    assert (market.order.status, market.order.payments[0].vendors_stand) == (OrderStatus.CANCELLED, False)
    assert not broken(market.order)


def test_a_vendor_who_was_refunded_before_the_bank_took_it_all_back_holds_no_ending_up() -> None:
    market = Market()
    market.paid("a", 60)
    market.does("capture", "a")
    market.does("refund", "a", 20)
    market.summed()
    market.story.hears(market.card, OperationStatus.REVERSED, market.story.authorization(market.card))
    market.parts["a"] = evolved(market.parts["a"], vendor_payments.reverse(market.parts["a"], None, market.story.now))
    market.story.takes(ending.cancel_order(market.order, actor=Actor.MERCHANT, now=market.story.now))
    market.summed()
    assert market.order.status is OrderStatus.CANCELLED


def test_nothing_is_paid_out_of_what_is_not_authorized_or_not_divided() -> None:
    market = Market()
    single = Story()
    card = single.paid()
    with pytest.raises(OperationNotAllowed):
        vendor_payments.technical_payment(single.order, card)
    market.story.cancel_order()
    with pytest.raises(OperationNotAllowed):
        market.pay("a", 1)


def test_the_order_shows_what_its_vendors_come_to() -> None:
    market = Market()
    market.paid("a", 60)
    market.paid("b", 30)
    market.does("capture", "a", 60)
    market.does("cancel", "b", 10)
    order = market.summed()
    card = order.payments[0]
    assert (card.authorized, card.captured, card.cancelled) == (100, 60, 10)
    assert (card.status, order.status, order.due) == (PaymentStatus.PARTIALLY_CAPTURED, OrderStatus.AUTHORIZED, 90)
    market.does("capture", "b")
    market.paid("c", 10)
    market.does("capture", "c")
    assert market.summed().status is OrderStatus.PAID
    for reference, amount in (("a", 60), ("b", 20), ("c", 10)):
        market.does("refund", reference, amount)
    assert market.summed().status is OrderStatus.REFUNDED


def test_sums_that_are_known_make_no_event() -> None:
    market = Market()
    market.paid("a", 60)
    before = market.summed()
    assert market.summed() == before


def test_parts_of_what_was_captured_at_once_are_captured() -> None:
    market = Market(capture=Capture.AUTO)
    assert market.order.status is OrderStatus.PAID
    assert market.paid("a", 60).payments[0].status is PaymentStatus.CAPTURED
    with pytest.raises(AmountExceedsAvailable):
        market.pay("b", 41)
    market.does("refund", "a", 15)
    card = market.summed().payments[0]
    assert (card.captured, card.refunded, card.status) == (100, 15, PaymentStatus.PARTIALLY_REFUNDED)


def test_cancelling_the_order_waits_for_its_vendors_and_then_ends() -> None:
    market = Market()
    market.paid("a", 60)
    market.does("capture", "a", 20)
    market.summed()
    events = ending.cancel_order(market.order, actor=Actor.MERCHANT, now=market.story.now)
    market.story.order = evolved(market.order, events)
    assert market.story.last(market.card).amount == 40  # what no vendor has is released at once
    market.story.order = evolved(market.order, learn(market.order, [fact_of(market)], market.story.now))
    assert market.order.ended is None
    assert next_due(market.order, timedelta(0)) is not None
    market.parts["a"] = evolved(market.parts["a"], vendor_payments.undo(market.parts["a"], market.story.now))
    market.hears("a")  # 40 of it cancelled
    market.hears("a")  # 20 of it refunded
    assert market.parts["a"].ended is OrderStatus.CANCELLED
    ended = market.summed()
    assert ended.ended is OrderStatus.CANCELLED
    assert next_due(ended, timedelta(0)) is None


def test_a_part_that_cannot_be_given_back_needs_a_human() -> None:
    market = Market()
    market.paid("a", 100)
    market.summed()
    events = ending.cancel_order(market.order, actor=Actor.MERCHANT, now=market.story.now)
    market.story.order = evolved(market.order, events)
    market.parts["a"] = evolved(market.parts["a"], vendor_payments.undo(market.parts["a"], market.story.now))
    assert market.hears("a", FAILED).ended is OrderStatus.MANUAL_INTERVENTION_NEEDED
    assert market.summed().ended is OrderStatus.MANUAL_INTERVENTION_NEEDED


def fact_of(market: Market) -> Fact:
    return Fact(market.card, market.story.last(market.card).operation_id, SUCCEEDED)


def test_a_part_lapses_with_what_it_was_carved_out_of() -> None:
    market = Market()
    expires_at = market.stored.payments[0].authorization_expires_at
    market.story.now += timedelta(days=3)
    assert market.paid("a", 60).payments[0].authorization_expires_at == expires_at == NOON + AUTHORIZATION_LIFE
    market.story.now = NOON + AUTHORIZATION_LIFE
    (own,) = fall_due(market.order, market.story.now)
    assert isinstance(own, OperationRequested)
    assert own.amount == 40
    part = market.parts["a"]
    market.parts["a"] = evolved(part, fall_due(part, market.story.now))
    assert market.hears("a").payments[0].status is PaymentStatus.EXPIRED


def test_what_the_bank_took_back_leaves_amounts_that_make_sense() -> None:
    market = Market()
    market.paid("a", 60)
    market.does("capture", "a", 60)
    market.summed()
    market.story.order = market.stored
    market.story.hears(market.card, OperationStatus.REVERSED, market.story.authorization(market.card))
    market.does("refund", "a", 10)
    card = market.summed().payments[0]
    assert (card.authorized, card.captured, card.refunded) == (0, 0, 10), "the shopper has these 10 as well"
    with pytest.raises(OperationNotAllowed):
        market.pay("b", 1)


def test_nothing_is_paid_out_of_a_raise_that_may_be_undone() -> None:
    market = Market()
    market.story.now += timedelta(minutes=1)
    market.story.takes(amend(market.stored, amount=150, metadata=None, now=market.story.now))
    gift = market.story.paid("gift_card", 20)
    with pytest.raises(OperationNotAllowed):
        vendor_payments.technical_payment(market.stored, gift)
    assert market.pay("a", 100).amount == 100, "what was paid before the raise is sure"


def test_an_ending_goes_on_when_the_vendor_it_waited_for_has_failed() -> None:
    """TH-5: the sums stay as they are, and there is nothing to wait for any more."""
    market = Market(capture=Capture.AUTO)
    market.pay("a", 100)
    events = ending.cancel_order(market.order, actor=Actor.MERCHANT, now=market.story.now)
    market.story.order = evolved(market.stored, events)
    assert market.summed().ending is not None
    market.hears("a", FAILED)
    refund = market.summed().payments[0].operations[-1]
    assert (refund.type, refund.amount) == ("refund", 100)


def test_ids_name_the_order_and_the_part() -> None:
    key = vendor_key("ord_abc", "sub/1 ü")
    payment_id = vendor_payment_id(key)
    assert (aggregate_key_of(payment_id), order_key_of(payment_id), parent_of(key)) == (key, "ord_abc", "ord_abc")
    assert order_key_of("pay_abc_12") == aggregate_key_of("pay_abc_12") == "ord_abc"
    assert vendor_key("ord_abc", "a") != vendor_key("ord_abc", "b") != vendor_key("ord_abd", "b")
    for bad in ("pay_abc", "pay_abc_", "pay_abc_v1", "pay_a#b_1", f"{payment_id}x", "pay__1"):
        with pytest.raises(NotFound):
            aggregate_key_of(bad)


def test_the_agreed_fee_is_kept_in_proportion_and_the_last_capture_takes_the_rest() -> None:
    market = Market()
    part = market.paid("a", 90, fee=10)
    assert vendor_payments.agreed_fee(part, 30) == 3
    part = evolved(
        part, operating.capture(part, part.payments[0].payment_id, amount=30, final=False, fee=3, now=market.story.now)
    )
    market.parts["a"] = part
    part = market.hears("a")
    assert vendor_payments.agreed_fee(part, 60) == 7


def test_what_is_cancelled_takes_its_share_of_the_agreed_fee_with_it() -> None:
    """TH-6, TH-7: half is delivered, so half is kept, whether the rest is cancelled before or with the capture."""
    market = Market()
    assert vendor_payments.agreed_fee(market.paid("a", 80, fee=10), 40) == 5
    market.does("cancel", "a", 40)
    assert vendor_payments.agreed_fee(market.parts["a"], 40) == 5
    assert vendor_payments.agreed_fee(market.parts["a"], 20) == 2


@pytest.mark.parametrize(("fee", "is_same"), [(10, True), (0, False)])
def test_a_pay_said_again_with_another_fee_asks_for_something_else(fee: int, is_same: bool) -> None:
    market = Market()
    part = market.paid("a", 80, fee=10)
    said = vendor_payments.is_same(part, technical_payment_id=market.card, vendor_id="ven_a", amount=80, fee=fee)
    assert said is is_same


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["pay", "capture", "cancel", "refund", "fail", "sum"]),
        st.sampled_from("abcd"),
        st.integers(1, 60),
    ),
    max_size=25,
)


@given(st.sampled_from(Capture), STEPS)
def test_whatever_happens_to_the_parts_the_whole_holds_together(
    capture: Capture, steps: list[tuple[str, str, int]]
) -> None:
    """Never more for the vendors than was paid; the order's sums are those of its parts."""
    market = Market(capture=capture)
    for verb, reference, amount in steps:
        try:
            if verb == "pay" and reference not in market.parts:
                market.paid(reference, amount)
            elif verb == "fail" and reference not in market.parts:
                market.pay(reference, amount)
                market.hears(reference, FAILED)
            elif verb in ("capture", "cancel", "refund") and reference in market.parts:
                market.does(verb, reference, amount)
            elif verb == "sum":
                market.summed()
        except (AmountExceedsAvailable, OperationNotAllowed):
            continue
        card = market.order.payments[0]
        assert 0 <= card.unallotted <= 100
        assert card.unallotted + card.allotted == 100
    card = market.summed().payments[0]
    parts = [part.payments[0] for part in market.parts.values()]
    assert card.cancelled == sum(part.cancelled for part in parts)
    assert card.refunded == sum(part.refunded for part in parts)
    assert card.captured == (100 if capture is Capture.AUTO else sum(part.captured for part in parts))
    assert replay(market.story.history) == without_allotments(market.stored)


def test_what_is_refunded_step_by_step_is_counted_once() -> None:
    market = Market()
    market.paid("a", 60)
    market.does("capture", "a")
    for refunded in (10, 30, 60):
        market.does("refund", "a", refunded - market.parts["a"].payments[0].refunded)
        assert market.summed().payments[0].refunded == refunded


def test_an_ending_that_waits_for_vendors_is_looked_at_again_in_a_minute() -> None:
    market = Market()
    market.paid("a", 60)
    market.summed()
    market.story.cancel_order()
    market.story.hears(market.card, SUCCEEDED)
    assert next_due(market.order, timedelta(0)) == market.order.updated_at + FIRST_CHECK


def test_what_stands_of_a_part_is_what_was_not_given_back() -> None:
    market = Market()
    market.paid("a", 60)
    for verb, amount in (("capture", 20), ("cancel", 10), ("refund", 5)):
        market.does(verb, "a", amount)
    assert vendor_payments.stands(market.parts["a"]) == 45


def test_a_part_may_be_all_fee() -> None:
    assert Market().pay("a", 10, fee=10).amount == 10


def test_a_part_of_what_never_lapses_is_held_as_long_as_any() -> None:
    market = Market("invoice")
    assert market.stored.payments[0].authorization_expires_at is None
    assert market.pay("a", 60).expires_at == market.story.now + AUTHORIZATION_LIFE


def test_nothing_is_paid_out_of_surplus_money() -> None:
    """It came although another payment covers the order, and is the shopper's."""
    story = technical()
    late = story.redirected()
    story.withdraw(late)
    story.hears(late, SUCCEEDED)
    story.paid()
    story.hears(late, SUCCEEDED, story.authorization(late))
    assert story.payment(late).surplus
    with pytest.raises(OperationNotAllowed):
        vendor_payments.technical_payment(story.order, late)
    story.hears(late, FAILED)
    assert payment_operations(story.order, story.payment(late)) == ["cancel"]


def test_a_part_of_which_nothing_stands_or_nothing_can_be_done_is_not_undone() -> None:
    market = Market()
    market.pay("failed", 10)
    market.hears("failed", FAILED)
    market.paid("stuck", 10)
    market.parts["stuck"] = evolved(
        market.parts["stuck"], vendor_payments.undo(market.parts["stuck"], market.story.now)
    )
    assert vendor_payments.undo(market.parts["stuck"], market.story.now) == [], "it is being undone"
    market.hears("stuck", FAILED)
    assert market.parts["stuck"].ended is OrderStatus.MANUAL_INTERVENTION_NEEDED
    for part in market.parts.values():
        assert vendor_payments.undo(part, market.story.now) == []


def test_sums_of_one_payment_leave_the_others_alone() -> None:
    story = technical()
    story.hears(story.start(), FAILED)
    card = story.paid()
    sums = {card: VendorSums(authorized=60)}
    assert [event.payment_id for event in vendor_payments.summed(story.order, sums, NOON)] == [card]  # type: ignore[union-attr]
    shown = vendor_payments.with_sums(story.order, sums, NOON).payments
    assert [payment.vendors.authorized for payment in shown] == [0, 60]


def test_what_vendors_captured_was_not_captured_at_once() -> None:
    market = Market()
    assert not market.order.payments[0].taken_at_once
    market.paid("a", 50)
    market.does("capture", "a")
    market.summed()
    assert market.pay("b", 50).capture is Capture.MANUAL


def test_what_is_being_given_back_and_what_was_is_no_vendors() -> None:
    market = Market(capture=Capture.AUTO)
    market.paid("a", 60)
    ended = ending.cancel_order(market.order, actor=Actor.MERCHANT, now=market.story.now)
    market.story.order = evolved(market.order, ended)
    assert market.story.last(market.card).amount == 40
    assert market.order.payments[0].unallotted == 0
    market.story.order = evolved(market.order, learn(market.order, [fact_of(market)], market.story.now))
    assert market.order.payments[0].unallotted == 0


def test_what_may_be_asked_of_a_technical_payment() -> None:
    story = technical()
    card = story.start()
    assert payment_operations(story.order, story.payment(card)) == ["sync"]
    story.hears(card, OperationStatus.AWAITING_SHOPPER)
    assert payment_operations(story.order, story.payment(card)) == ["withdraw", "sync"]
    story.hears(card, SUCCEEDED)
    assert payment_operations(story.order, story.payment(card)) == ["cancel", "pay"]
    assert payment_operations(story.order, replace(story.payment(card), allotted=100)) == []


def test_an_order_without_vendors_has_no_agreed_fee() -> None:
    story = Story()
    story.paid()
    assert vendor_payments.agreed_fee(story.order, 1) == 0
