"""Orders for tests, with fixed ids and a clock that stands still until it is told to go on.

    story = Story(amount=3)
    card = story.start()                       # a payment whose authorization is at the PSP
    story.hears(card, succeeded())             # what the PSP says of it
    story.does(capture, card, 2)               # a command; what it requests is named by `story.last(card)`
    story.passes(timedelta(days=7))            # the clock, and what time demands

A story keeps every event, checks after each step that no invariant breaks and that replaying gives the same order.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tillgate.domain.orders import ending, operating, starting
from tillgate.domain.orders.amendments import amend
from tillgate.domain.orders.deadlines import fall_due
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve, replay
from tillgate.domain.orders.invariants import broken
from tillgate.domain.orders.order import ORDER_WINDOW, Order, Terms
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.orders.reactions import react
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.limits import Limits
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment, Redirect
from tillgate.domain.psp.facts import Fact, learn
from tillgate.domain.psp.settlement import Settled, settle

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
PAGE = Redirect("https://psp.example/pay/1")


def created(amount: int = 3, capture: Capture = Capture.MANUAL, terms: Terms | None = None) -> OrderCreated:
    return OrderCreated(
        order_key="ord_1",
        merchant_id="mer_1",
        order_reference="A-1",
        amount=amount,
        currency="EUR",
        capture=capture,
        expires_at=NOON + ORDER_WINDOW,
        terms=terms or Terms(),
        at=NOON,
    )


def evolved(order: Order | None, events: Sequence[Event]) -> Order:
    for event in events:
        order = evolve(order, event)
    assert order is not None
    return order


class Story:
    """One order and what happens to it."""

    def __init__(
        self,
        amount: int = 3,
        capture: Capture = Capture.MANUAL,
        terms: Terms | None = None,
        *,
        refund_before_settled: bool = True,
        limits: Limits | None = None,
    ) -> None:
        self.now = NOON
        self.limits = limits
        self.refund_before_settled = refund_before_settled
        self.history: list[Event] = [created(amount, capture, terms)]
        self.order = evolved(None, self.history)

    # What happens.

    def takes(self, events: Sequence[Event]) -> Sequence[Event]:
        """The events come to pass."""
        self.order = evolved(self.order, events)
        self.history += events
        assert broken(self.order) == []
        assert react(self.order, self.now) == [], "something that was owed was forgotten"
        assert replay(self.history) == self.order
        return events

    def start(self, method: str = "card", amount: int | None = None) -> str:
        """START; answers the payment's id. Its authorization is at the PSP."""
        self.takes(
            starting.start_payment(
                self.order,
                method=method,
                connector="sandbox",
                amount=amount,
                return_url=None,
                actor=Actor.MERCHANT,
                now=self.now,
                refund_before_settled=self.refund_before_settled,
                limits=self.limits,
            )
        )
        return self.order.payments[-1].payment_id

    def paid(self, method: str = "card", amount: int | None = None) -> str:
        """A payment that the PSP authorized; taken at once where the order's capture is auto."""
        payment_id = self.start(method, amount)
        captured = self.order.capture is Capture.AUTO
        self.hears(payment_id, OperationStatus.SUCCEEDED, captured=captured)
        return payment_id

    def redirected(self, method: str = "card", amount: int | None = None) -> str:
        """A payment that waits for the shopper."""
        payment_id = self.start(method, amount)
        self.hears(payment_id, OperationStatus.AWAITING_SHOPPER)
        return payment_id

    def captured(self, payment_id: str, amount: int | None = None, *, final: bool | None = None) -> None:
        self.capture(payment_id, amount, final=final)
        self.hears(payment_id, OperationStatus.SUCCEEDED)

    def capture(self, payment_id: str, amount: int | None = None, *, final: bool | None = None, fee: int = 0) -> str:
        self.takes(operating.capture(self.order, payment_id, amount=amount, final=final, fee=fee, now=self.now))
        return self.last(payment_id).operation_id

    def cancel(self, payment_id: str, amount: int | None = None) -> str:
        self.takes(operating.cancel(self.order, payment_id, amount=amount, now=self.now))
        return self.last(payment_id).operation_id

    def refund(self, payment_id: str, amount: int | None = None) -> str:
        self.takes(operating.refund(self.order, payment_id, amount=amount, reason=None, now=self.now))
        return self.last(payment_id).operation_id

    def refund_order(self, amount: int | None) -> None:
        self.takes(operating.refund_order(self.order, amount=amount, reason=None, now=self.now))

    def amend(self, amount: int) -> None:
        self.takes(amend(self.order, amount=amount, metadata=None, now=self.now))

    def cancel_order(self) -> None:
        self.takes(ending.cancel_order(self.order, actor=Actor.MERCHANT, now=self.now))

    def withdraw_order(self) -> None:
        self.takes(ending.withdraw_order(self.order, now=self.now))

    def withdraw(self, payment_id: str) -> None:
        self.takes(operating.withdraw_payment(self.order, payment_id, now=self.now))

    def hears(
        self,
        payment_id: str,
        status: OperationStatus,
        operation_id: str | None = None,
        amount: int | None = None,
        *,
        captured: bool = False,
        reason_code: str | None = None,
        as_of: datetime | None = None,
    ) -> Sequence[Event]:
        """The PSP says something of an operation: of the payment's last one, if none is named."""
        fact = Fact(
            payment_id,
            operation_id or self.last(payment_id).operation_id,
            status,
            amount,
            reason_code=reason_code,
            psp_reference="psp_1",
            brand="visa",
            redirect=PAGE if status is OperationStatus.AWAITING_SHOPPER else None,
            captured=captured,
            as_of=as_of,
        )
        return self.learns([fact])

    def observes(
        self,
        payment_id: str,
        kind: OperationType,
        amount: int | None,
        reference: str,
        status: OperationStatus = OperationStatus.SUCCEEDED,
    ) -> Sequence[Event]:
        """The PSP tells of something that nobody here had asked for."""
        lapsed = kind is OperationType.CANCEL
        return self.learns([Fact(payment_id, None, status, amount, psp_reference=reference, kind=kind, lapsed=lapsed)])

    def settled(self, payment_id: str) -> Sequence[Event]:
        """The settlement report has the payment as we have it."""
        of = self.payment(payment_id)
        line = Settled(payment_id, PaymentStatus.SETTLED, self.order.currency, of.taken, of.refunded, self.now)
        return self.takes(settle(self.order, line, "report", self.now))

    def learns(self, facts: list[Fact]) -> Sequence[Event]:
        return self.takes(learn(self.order, facts, self.now))

    def passes(self, span: timedelta) -> Sequence[Event]:
        """Time passes; what it demands comes to pass at its end."""
        self.now += span
        return self.takes(fall_due(self.order, self.now))

    # How it stands.

    def payment(self, payment_id: str) -> Payment:
        payment = self.order.payment(payment_id)
        assert payment is not None
        return payment

    def last(self, payment_id: str) -> Operation:
        return self.payment(payment_id).operations[-1]

    def last_of(self, payment_id: str, kind: OperationType) -> Operation:
        return [op for op in self.payment(payment_id).operations if op.type is kind][-1]

    def authorization(self, payment_id: str) -> str:
        return self.payment(payment_id).authorization.operation_id
