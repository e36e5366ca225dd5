"""An order that is grown until it takes no more can still be finished, whatever its PSPs say then (ONE-1, IS-9)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tillgate.domain.orders import budget, operating, starting
from tillgate.domain.orders.budget import MOST_BYTES, OrderTooLarge
from tillgate.domain.orders.ending import cancel_order
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order, Terms
from tillgate.domain.orders.order_events import MetadataChanged, OrderCreated
from tillgate.domain.orders.reactions import retry
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import Actor, OperationStatus
from tillgate.domain.payments.payment import Payment, Redirect
from tillgate.domain.psp.bounded_texts import LONGEST, LONGEST_REDIRECT, bounded, shortened
from tillgate.domain.psp.facts import Fact, learn
from tillgate.domain.shared.refusals import OperationNotAllowed, Refusal
from tillgate.store.orders.written_items import change_item, order_item
from tillgate.store.shared.sizes import size_of

S = OperationStatus
NOON = datetime(2030, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
WIDE = "\U0001f600"  # four bytes


@dataclass
class Growing:
    """An order as the store would save it: each change is held against its budget, and against the table's limit."""

    order: Order
    now: datetime = NOON
    largest: int = 0

    def take(self, actor: Actor, events: list[Event]) -> None:
        """Raises `OrderTooLarge` where the request is refused."""
        after = self.order
        for event in events:
            after = evolve(after, event)
        size = size_of(order_item(after, announced=1))
        change = size_of(change_item(after, events, actor, "x" * 2000))
        budget.check(actor, events, after, size, change)
        self.order, self.largest = after, max(self.largest, size, change)
        assert self.largest <= MOST_BYTES

    def hear(self, *facts: Fact) -> None:
        events = learn(self.order, [bounded(fact) for fact in facts], self.now)
        if events:
            self.take(Actor.PSP, events)

    def hear_of(self, payment: Payment, status: OperationStatus, number: int = -1) -> None:
        operation = payment.operations[number]
        self.hear(as_long_as_can_be(payment.payment_id, operation.operation_id, status))


def as_long_as_can_be(payment_id: str, operation_id: str, status: OperationStatus) -> Fact:
    text = WIDE * 10_000
    shown = Redirect("https://psp.example.com/" + "x" * (LONGEST_REDIRECT - 100), "POST", {"a": "b" * 50})
    redirect = shown if status is S.AWAITING_SHOPPER else None
    return Fact(payment_id, operation_id, status, None, text, operation_id + text, text, redirect)


def new(document: int, customer: int, amount: int = 10**11) -> Growing:
    created = OrderCreated(
        order_key="ord_" + "x" * 26,
        merchant_id="mer_" + "x" * 20,
        order_reference=WIDE * 100,
        amount=amount,
        currency="EUR",
        capture=Capture.MANUAL,
        expires_at=NOON + timedelta(hours=2),
        terms=Terms(metadata={"text": "x" * document}),
        at=NOON,
    )
    order = evolve(None, created)
    return Growing(replace(order, customer={"text": "x" * customer} if customer else None))


def start(growing: Growing, return_url: int = 0) -> Payment:
    url = "https://shop.example.com/" + "x" * return_url if return_url else None
    events = starting.start_payment(
        growing.order,
        method="gift_card",
        connector="sandbox",
        amount=10**9,
        return_url=url,
        actor=Actor.MERCHANT,
        now=growing.now,
    )
    growing.take(Actor.MERCHANT, events)
    return growing.order.payments[-1]


def grow(growing: Growing, return_url: int, reason: str, outcomes: list[OperationStatus]) -> str:
    """Payments, then captures and refunds of them, until no more is taken; answers the last refusal's code."""
    code = ""
    try:
        for number in range(1000):
            payment = start(growing, return_url)
            growing.hear_of(payment, outcomes[number % len(outcomes)])
    except Refusal as refusal:
        code = refusal.code
    for payment in growing.order.payments:
        if not payment.held:
            continue
        try:
            growing.take(
                Actor.MERCHANT,
                operating.capture(growing.order, payment.payment_id, amount=None, final=None, fee=0, now=NOON),
            )
            growing.hear_of(growing.order.payment(payment.payment_id) or payment, S.SUCCEEDED)
            for _ in range(99):
                refund = operating.refund(growing.order, payment.payment_id, amount=1, reason=reason, now=NOON)
                growing.take(Actor.MERCHANT, refund)
                growing.hear_of(growing.order.payment(payment.payment_id) or payment, S.SUCCEEDED)
        except OperationNotAllowed:
            continue
        except OrderTooLarge as refusal:
            return refusal.code
    return code


def finish(growing: Growing, says: list[OperationStatus]) -> None:
    """Every operation hears the worst; then the merchant ends the order, and that goes on to its end."""
    for payment in growing.order.payments:
        for operation in payment.operations:
            for status in (S.UNKNOWN, S.PENDING, S.FAILED, S.SUCCEEDED):
                growing.hear(as_long_as_can_be(payment.payment_id, operation.operation_id, status))
    if growing.order.ended is None and growing.order.ending is None:
        growing.take(Actor.MERCHANT, cancel_order(growing.order, actor=Actor.MERCHANT, now=growing.now))
    for round_ in range(6):
        _answer_all(growing, says[round_ % len(says)])
    if again := retry(growing.order, growing.now):
        growing.take(Actor.OPERATOR, again)
    for _ in range(3):
        _answer_all(growing, S.SUCCEEDED)


def _answer_all(growing: Growing, status: OperationStatus) -> None:
    waiting = [
        as_long_as_can_be(payment.payment_id, operation.operation_id, status)
        for payment in growing.order.payments
        for operation in payment.operations
        if operation.status.at_psp
    ]
    growing.hear(*waiting)


def short_answer(payment: Payment) -> Fact:
    return Fact(payment.payment_id, payment.operations[-1].operation_id, S.SUCCEEDED)


def until_refused(ask: Callable[[int], None]) -> int:
    """How often it was taken before it was refused."""
    for number in range(1000):
        try:
            ask(number)
        except OrderTooLarge:
            return number
    raise AssertionError("it is never refused")


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    document=st.sampled_from([0, 2_000, 98_000, 140_000]),
    customer=st.sampled_from([0, 40_000]),
    return_url=st.sampled_from([0, 2_000]),
    reason=st.sampled_from(["", WIDE * 255]),
    outcomes=st.lists(st.sampled_from([S.SUCCEEDED, S.FAILED, S.AWAITING_SHOPPER]), min_size=1, max_size=4),
    says=st.lists(st.sampled_from([S.SUCCEEDED, S.FAILED]), min_size=1, max_size=4),
)
def test_whatever_an_order_was_grown_to_it_can_be_finished(
    document: int,
    customer: int,
    return_url: int,
    reason: str,
    outcomes: list[OperationStatus],
    says: list[OperationStatus],
) -> None:
    growing = new(document, customer)
    grow(growing, return_url, reason, outcomes)
    finish(growing, says)
    assert growing.order.ended is not None
    assert not any(payment.held or payment.taken_not_given for payment in map(Left, growing.order.payments))
    assert growing.largest <= MOST_BYTES


@dataclass
class Left:
    payment: Payment

    @property
    def held(self) -> int:
        return self.payment.held

    @property
    def taken_not_given(self) -> int:
        return self.payment.captured - self.payment.refunded


def test_an_order_with_long_reasons_is_full_before_its_item_is() -> None:
    """98 KB and refunds with long reasons: the request is refused, not the outcomes."""
    growing = new(98_000, 0)
    assert grow(growing, 0, WIDE * 255, [S.SUCCEEDED]) == "order_too_large"
    room = MOST_BYTES - budget.reserved(growing.order)
    assert 0 < size_of(order_item(growing.order, announced=1)) <= room


def test_operations_have_more_room_than_what_makes_the_order_grow() -> None:
    growing = new(2_000, 0)
    payment = start(growing)
    growing.hear_of(payment, S.SUCCEEDED)

    def note(number: int) -> None:
        metadata = {"text": "x" * (300_000 + 100 * number)}
        growing.take(Actor.MERCHANT, [MetadataChanged(metadata=metadata, at=NOON)])

    def operate(number: int) -> None:
        order, of = growing.order, payment.payment_id
        if number % 3 == 0:
            asked = operating.capture(order, of, amount=9, final=False, fee=0, now=NOON)
        elif number % 3 == 1:
            asked = operating.cancel(order, of, amount=9, now=NOON)
        else:
            asked = operating.refund(order, of, amount=1, reason=None, now=NOON)
        growing.take(Actor.MERCHANT, asked)
        growing.hear(short_answer(growing.order.payments[0]))

    def explain(_: int) -> None:
        refund = operating.refund(growing.order, payment.payment_id, amount=1, reason="because", now=NOON)
        growing.take(Actor.MERCHANT, refund)

    assert until_refused(note) > 0
    operate(0)
    assert until_refused(explain) == 0
    assert 50 < until_refused(operate) < 90
    finish(growing, [S.SUCCEEDED])
    assert growing.order.ended is not None


def test_an_order_takes_five_hundred_operations() -> None:
    growing = new(0, 0)
    payments = []
    for _ in range(6):
        payments.append(start(growing))
        growing.hear_of(payments[-1], S.SUCCEEDED)
        taken = operating.capture(growing.order, payments[-1].payment_id, amount=None, final=None, fee=0, now=NOON)
        growing.take(Actor.MERCHANT, taken)
        growing.hear(short_answer(growing.order.payments[-1]))

    def refund(number: int) -> None:
        payment_id = payments[number // 97].payment_id
        asked = operating.refund(growing.order, payment_id, amount=1, reason="x", now=NOON)
        growing.take(Actor.MERCHANT, asked)
        payment = growing.order.payment(payment_id)
        assert payment is not None
        growing.hear(short_answer(payment))

    assert until_refused(refund) == budget.MOST_OPERATIONS - 2 * len(payments)
    assert sum(len(payment.operations) for payment in growing.order.payments) == budget.MOST_OPERATIONS
    finish(growing, [S.FAILED, S.SUCCEEDED])


@given(st.text(st.characters(), max_size=2_000))
def test_a_text_of_a_psp_is_bounded_and_stays_what_it_is_where_it_can(text: str) -> None:
    kept = shortened(text)
    assert len(kept.encode()) <= LONGEST
    assert shortened(kept) == kept
    if len(text.encode("utf-8", "replace")) <= LONGEST and text.isprintable():
        assert kept == text


def test_long_references_that_begin_alike_stay_different() -> None:
    assert shortened("x" * 300) != shortened("x" * 301)


def test_a_redirect_is_kept_whole_or_not_at_all() -> None:
    fits = Redirect("https://psp.example.com", "POST", {"a": "b" * (LONGEST_REDIRECT - 100)})
    too_long = replace(fits, parameters={"a": "b" * LONGEST_REDIRECT})
    fact = Fact("pay_x_1", "pay_x_1_1", S.AWAITING_SHOPPER, redirect=fits)
    assert bounded(fact) == fact
    assert bounded(replace(fact, redirect=too_long)).redirect is None
