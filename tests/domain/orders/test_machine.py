"""Anything may happen, in any order and amount: the properties hold, and replaying the history gives the order."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from proofs.exploration.properties import broken_between, broken_in
from tests.domain.builders import PAGE, Story
from tillgate.domain.orders import starting
from tillgate.domain.orders.deadlines import checks_due
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.domain.psp.facts import Fact, no_news
from tillgate.domain.shared.refusals import Refusal

METHODS = st.sampled_from(["card", "gift_card", "wallet", "bank_redirect"])
STATUSES = st.sampled_from(list(OperationStatus))
SPANS = st.sampled_from([timedelta(seconds=1), timedelta(minutes=29), timedelta(minutes=121), timedelta(days=8)])
AMOUNTS = st.none() | st.integers(-1, 120)
PICK = st.integers(0, 99)


class AnOrder(RuleBasedStateMachine):
    @initialize(amount=st.integers(1, 100), capture=st.sampled_from(list(Capture)))
    def begin(self, amount: int, capture: Capture) -> None:
        self.story = Story(amount, capture)
        self.before: Order = self.story.order

    def check(self) -> None:
        assert broken_in(self.story.order) == []
        assert broken_between(self.before, self.story.order) == []
        self.before = self.story.order

    def picked(self, pick: int) -> tuple[Payment, Operation]:
        every = [(payment, op) for payment in self.story.order.payments for op in payment.operations]
        return every[pick % len(every)]

    @rule(method=METHODS, amount=AMOUNTS, keeps_earlier=st.booleans())
    def start(self, method: str, amount: int | None, keeps_earlier: bool) -> None:
        if not keeps_earlier:
            self.ask(lambda: self.story.takes(starting.make_way(self.story.order, method, amount, self.story.now)))
        self.ask(lambda: self.story.start(method, amount))

    @precondition(lambda self: self.story.order.payments)
    @rule(what=st.sampled_from(["capture", "cancel", "refund"]), pick=PICK, amount=AMOUNTS, final=st.booleans())
    def operate(self, what: str, pick: int, amount: int | None, final: bool) -> None:
        payment_id = self.picked(pick)[0].payment_id
        asks = {
            "capture": lambda: self.story.capture(payment_id, amount, final=final or None),
            "cancel": lambda: self.story.cancel(payment_id, amount),
            "refund": lambda: self.story.refund(payment_id, amount),
        }
        self.ask(asks[what])

    @rule(what=st.sampled_from(["cancel", "withdraw", "refund"]), amount=AMOUNTS)
    def on_order(self, what: str, amount: int | None) -> None:
        asks = {
            "cancel": self.story.cancel_order,
            "withdraw": self.story.withdraw_order,
            "refund": lambda: self.story.refund_order(amount),
        }
        self.ask(asks[what])

    @rule(amount=st.integers(1, 120))
    def change_the_amount(self, amount: int) -> None:
        self.story.now += timedelta(seconds=1)
        self.ask(lambda: self.story.amend(amount))

    @precondition(lambda self: self.story.order.payments)
    @rule(pick=PICK)
    def withdraw(self, pick: int) -> None:
        self.ask(lambda: self.story.withdraw(self.picked(pick)[0].payment_id))

    @rule()
    def open_page(self) -> None:
        self.story.takes(starting.open_page(self.story.order, self.story.now))
        self.check()

    @precondition(lambda self: self.story.order.payments)
    @rule(facts=st.lists(st.tuples(PICK, STATUSES, AMOUNTS, st.booleans()), min_size=1, max_size=4))
    def hear(self, facts: list[tuple[int, OperationStatus, int | None, bool]]) -> None:
        heard = [self.fact(*each) for each in facts]
        self.story.learns(heard)
        self.check()
        assert self.story.learns(heard[-1:]) == []
        self.check()

    def fact(self, pick: int, status: OperationStatus, amount: int | None, captured: bool) -> Fact:
        payment, operation = self.picked(pick)
        authorizes = operation.type is OperationType.AUTHORIZE
        return Fact(
            payment.payment_id,
            operation.operation_id,
            status,
            amount if authorizes and captured else None,
            redirect=PAGE if status is OperationStatus.AWAITING_SHOPPER else None,
            captured=captured,
        )

    @rule(span=SPANS)
    def pass_time(self, span: timedelta) -> None:
        self.story.passes(span)
        for payment, operation in checks_due(self.story.order, self.story.now)[:1]:
            self.story.takes(no_news(self.story.order, payment, operation, self.story.now))
        self.check()

    def ask(self, ask: object) -> None:
        """What is refused changes nothing."""
        before = self.story.order
        try:
            ask()  # type: ignore[operator]
        except Refusal:
            assert self.story.order == before
        self.check()


AnOrder.TestCase.settings = settings(max_examples=150, stateful_step_count=40)
TestAnOrder = AnOrder.TestCase
