"""A small multi-vendor order (TH-4, TH-5, TH-10): its technical payments, the vendor payments carved out of them,
allotments, and sums that the order takes over early, late or last.

Allotments work as in the store: PAY adds to them, and changes of vendor payments return what they free.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from proofs.exploration.moves import NOW, Scenario, moves
from proofs.exploration.properties import is_settled
from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.orders.deadlines import vendors_owe
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order, Terms
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.orders.starting import start_payment
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import Actor, OperationStatus
from tillgate.domain.payments.payment import Payment, VendorSums
from tillgate.domain.psp.facts import Fact, learn
from tillgate.domain.shared.refusals import Refusal

NAMES = ("a", "b", "c")


@dataclass(frozen=True)
class MarketScenario:
    """`vendors`: the maximum number; `requests`: the merchant's, for each of their payments.

    The order begins paid by a card, unless paying it is among the moves.
    """

    name: str
    amount: int
    vendors: int
    requests: int
    capture: Capture = Capture.MANUAL
    kind: str = "technical"
    order: Scenario | None = None  # what may happen to the order itself; None: no more than an ending

    @property
    def of_order(self) -> Scenario:
        return self.order or Scenario(self.name, self.amount, (), payments=1, requests=0, contradicts=())

    @property
    def of_part(self) -> Scenario:
        return replace(self.of_order, tenders=(), payments=1, requests=self.requests, most=0)


@dataclass(frozen=True)
class Market:
    order: Order
    parts: tuple[Order, ...] = ()

    def parts_of(self, payment: Payment) -> list[Order]:
        return [part for part in self.parts if part.share and part.share.technical_payment_id == payment.payment_id]

    def sums_of(self, payment: Payment) -> VendorSums:
        found = [vendor_payments.sums_of(part) for part in self.parts_of(payment)]
        return VendorSums(*(sum(getattr(one, name) for one in found) for name in VendorSums.__slots__))

    @property
    def sums(self) -> dict[str, VendorSums]:
        return {each.payment_id: self.sums_of(each) for each in self.order.payments if self.parts_of(each)}

    @property
    def sums_are_known(self) -> bool:
        return all(each.vendors == self.sums_of(each) for each in self.order.payments)

    def allotted(self, payment_id: str, more: int) -> "Market":
        payments = tuple(
            replace(each, allotted=each.allotted + more) if each.payment_id == payment_id else each
            for each in self.order.payments
        )
        return replace(self, order=replace(self.order, payments=payments))

    def ordered(self, events: list[Event]) -> "Market":
        return replace(self, order=after(self.order, events))

    def paid(self, payment: Payment, amount: int, events: list[Event]) -> "Market":
        part = after(evolve(None, events[0]), events[1:])
        return replace(self, parts=(*self.parts, part)).allotted(payment.payment_id, amount)

    def changed(self, number: int, events: list[Event]) -> "Market":
        was = self.parts[number]
        now = after(was, events)
        parts = (*self.parts[:number], now, *self.parts[number + 1 :])
        freed = vendor_payments.claim(now) - vendor_payments.claim(was)
        return replace(self, parts=parts).allotted(_carved_from(was), freed)


class Turn(NamedTuple):
    """One thing that can happen in a market, and a function for the market after it: most turns are never taken."""

    who: str
    what: str
    taken: Callable[[], Market]

    @property
    def alone(self) -> bool:
        """Whether it happens without the merchant or the shopper."""
        return self.who in ("psp", "time")

    def __str__(self) -> str:
        return f"{self.who}: {self.what}"


def after(order: Order, events: list[Event]) -> Order:
    for event in events:
        order = evolve(order, event)
    return order


def begun(scenario: MarketScenario) -> Market:
    """The order, paid by a card unless paying it is among the moves."""
    created = OrderCreated(
        order_key="ord_1",
        merchant_id="mer_1",
        order_reference="A-1",
        amount=scenario.amount,
        currency="EUR",
        capture=scenario.capture,
        expires_at=NOW + timedelta(hours=2),
        terms=Terms(max_open_tenders=scenario.of_order.max_open_tenders),
        kind=scenario.kind,
        at=NOW,
    )
    order = evolve(None, created)
    return Market(order if scenario.of_order.tenders else _paid(order))


def _paid(order: Order) -> Order:
    started = start_payment(
        order, method="card", connector="psp", amount=None, return_url=None, actor=Actor.MERCHANT, now=NOW
    )
    order = after(order, started)
    card = order.payments[0]
    approved = Fact(
        card.payment_id,
        card.authorization.operation_id,
        OperationStatus.SUCCEEDED,
        card.amount,
        captured=order.capture is Capture.AUTO,
    )
    return after(order, learn(order, [approved], NOW))


def turns(market: Market, scenario: MarketScenario) -> Iterator[Turn]:
    for move in moves(market.order, scenario.of_order):
        if move.events:
            yield Turn(move.who, move.what, partial(market.ordered, move.events))
    yield from _pays(market, scenario)
    yield from _of_vendors(market, scenario)
    news = vendor_payments.summed(market.order, market.sums, NOW) if market.parts else []
    if news:
        yield Turn("time", "sums over vendors are taken over", partial(market.ordered, news))


def _of_vendors(market: Market, scenario: MarketScenario) -> Iterator[Turn]:
    for number, part in enumerate(market.parts):
        for move in moves(part, scenario.of_part):
            if move.events:
                what = f"vendor {NAMES[number]}: {move.what}"
                yield Turn(move.who, what, partial(market.changed, number, move.events))
        if events := _owed_by(market, part):
            yield Turn("time", f"vendor {NAMES[number]}: has to give back", partial(market.changed, number, events))


def _owed_by(market: Market, part: Order) -> list[Event]:
    """The same rule as in `unwind_vendors`."""
    owes = vendors_owe(market.order) and vendor_payments.owes(market.order, part)
    return vendor_payments.give_back(market.order, part, NOW) if owes else []


def _pays(market: Market, scenario: MarketScenario) -> Iterator[Turn]:
    if len(market.parts) == scenario.vendors:
        return
    name = NAMES[len(market.parts)]
    for number, payment in enumerate(market.order.payments, start=1):
        for amount in range(1, payment.unallotted + 1):
            try:
                events = vendor_payments.pay(
                    market.order,
                    technical_payment_id=payment.payment_id,
                    vendor_id=f"ven_{name}",
                    amount=amount,
                    sub_order_reference=name,
                    fee=1,
                    now=NOW,
                )
            except Refusal:
                continue
            what = f"PAY {amount} of payment {number} to vendor {name}"
            yield Turn("merchant", what, partial(market.paid, payment, amount, events))


def _carved_from(part: Order) -> str:
    return part.share.technical_payment_id if part.share else ""


def owes(market: Market) -> bool:
    """Whether the order does not have its vendors' outcomes yet: the table's stream or the sweep brings them."""
    return bool(market.parts and vendor_payments.summed(market.order, market.sums, NOW))


def rests(market: Market) -> bool:
    """Nothing is at a PSP or owed by a vendor, nobody is awaited, and the order has its vendors' outcomes."""
    moving = any(part.pending or part.ending for part in market.parts)
    owed = any(_owed_by(market, part) for part in market.parts)
    return not (moving or owed) and is_settled(market.order) and market.sums_are_known
