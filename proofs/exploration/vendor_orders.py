"""Every state of a small order of many vendors (TH-4, TH-5, TH-10): its technical payment, the vendor payments carved
out of it, what is allotted, and sums that the order takes over early, late or after everything else.

The order's authorization has succeeded. Allotments are kept as the store keeps them: added to by PAY, given back by
what a change of a vendor payment frees.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from proofs.exploration.explore import Findings, State, state_of
from proofs.exploration.moves import NOW, Scenario, moves
from tillgate.domain.ledger.entries import entries_of, fee_kept, is_balanced
from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.invariants import broken
from tillgate.domain.orders.order import Order, OrderStatus, Terms
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.orders.starting import start_payment
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import Actor, OperationStatus
from tillgate.domain.payments.payment import Payment, VendorSums
from tillgate.domain.psp.facts import Fact, learn
from tillgate.domain.shared.refusals import Refusal

NAMES = ("a", "b")


@dataclass(frozen=True)
class MarketScenario:
    """`vendors`: how many there may be; `requests`: of the merchant, for each of their payments."""

    name: str
    amount: int
    vendors: int
    requests: int
    capture: Capture = Capture.MANUAL

    @property
    def of_order(self) -> Scenario:
        return Scenario(self.name, self.amount, (), payments=1, requests=0, contradicts=())

    @property
    def of_part(self) -> Scenario:
        return Scenario(self.name, self.amount, (), payments=1, requests=self.requests, contradicts=())


QUICK = (
    MarketScenario("one vendor", 2, 1, 1),
    MarketScenario("one vendor, taken at once", 2, 1, 1, Capture.AUTO),
)
DEEP = (
    *QUICK,
    MarketScenario("one vendor, two requests", 2, 1, 2),
    MarketScenario("two vendors", 2, 2, 0),
    MarketScenario("two vendors, one request", 2, 2, 1),
    MarketScenario("two vendors, taken at once", 2, 2, 1, Capture.AUTO),
)


@dataclass(frozen=True)
class Market:
    order: Order
    parts: tuple[Order, ...] = ()

    @property
    def card(self) -> Payment:
        return self.order.payments[0]

    @property
    def sums(self) -> VendorSums:
        found = [vendor_payments.sums_of(part) for part in self.parts]
        return VendorSums(*(sum(getattr(one, name) for one in found) for name in VendorSums.__slots__))

    def allotted(self, more: int) -> "Market":
        card = replace(self.card, allotted=self.card.allotted + more)
        return replace(self, order=replace(self.order, payments=(card,)))

    def ordered(self, events: list[Event]) -> "Market":
        return replace(self, order=_after(self.order, events))

    def changed(self, number: int, events: list[Event]) -> "Market":
        before = self.parts[number]
        after = _after(before, events)
        parts = (*self.parts[:number], after, *self.parts[number + 1 :])
        return replace(self, parts=parts).allotted(vendor_payments.claim(after) - vendor_payments.claim(before))


def _after(order: Order, events: list[Event]) -> Order:
    for event in events:
        order = evolve(order, event)
    return order


def explore(scenario: MarketScenario, most_flaws: int = 5) -> Findings:
    """Visits every state once, and looks whether everything comes to rest from each."""
    found = Findings()
    start = _paid(scenario)
    markets, numbers, queue = [start], {_state(start, scenario): 0}, deque([0])
    before: list[list[int]] = [[]]
    while queue and len(found.flaws) < most_flaws:
        number = queue.popleft()
        market = markets[number]
        found.flaws += [f"{scenario.name}: {flaw}: {market}" for flaw in _broken(market)]
        for who, after in _moves(market, scenario):
            found.transitions += 1
            found.moves += Counter({who: 1})
            found.flaws += [f"{scenario.name}: {flaw}: {market}" for flaw in _broken_between(market, after)]
            state = _state(after, scenario)
            if state not in numbers:
                numbers[state] = len(markets)
                markets.append(after)
                before.append([])
                queue.append(numbers[state])
            if who != "merchant":
                before[numbers[state]].append(number)
    found.states = len(markets)
    found.flaws += [] if found.flaws else _restless(scenario, markets, before)[:most_flaws]
    return found


def _restless(scenario: MarketScenario, markets: list[Market], before: list[list[int]]) -> list[str]:
    """From everywhere the PSP's word and time alone lead to rest."""
    resting = [number for number, market in enumerate(markets) if _is_settled(market)]
    reached = set(resting)
    while resting:
        new = [number for number in before[resting.pop()] if number not in reached]
        reached.update(new)
        resting += new
    return [f"{scenario.name}: never rests: {m}" for number, m in enumerate(markets) if number not in reached]


def _paid(scenario: MarketScenario) -> Market:
    created = OrderCreated(
        order_key="ord_1",
        merchant_id="mer_1",
        order_reference="A-1",
        amount=scenario.amount,
        currency="EUR",
        capture=scenario.capture,
        expires_at=NOW + timedelta(hours=2),
        terms=Terms(),
        kind="technical",
        at=NOW,
    )
    order = evolve(None, created)
    started = start_payment(
        order, method="card", connector="psp", amount=None, return_url=None, actor=Actor.MERCHANT, now=NOW
    )
    order = _after(order, started)
    card = order.payments[0]
    at_once = scenario.capture is Capture.AUTO
    approved = Fact(
        card.payment_id, card.authorization.operation_id, OperationStatus.SUCCEEDED, card.amount, captured=at_once
    )
    return Market(_after(order, learn(order, [approved], NOW)))


def _state(market: Market, scenario: MarketScenario) -> State:
    parts = tuple((part.amount, *state_of(part, scenario.of_part)) for part in market.parts)
    return (market.card.allotted, market.card.vendors, *state_of(market.order, scenario.of_order), parts)


def _moves(market: Market, scenario: MarketScenario) -> Iterator[tuple[str, Market]]:
    for move in moves(market.order, scenario.of_order):
        if move.events:
            yield move.who, market.ordered(move.events)
    yield from _pays(market, scenario)
    for number, part in enumerate(market.parts):
        for move in moves(part, scenario.of_part):
            if move.events:
                yield move.who, market.changed(number, move.events)
        if market.order.ending and (undone := vendor_payments.undo(part, NOW)):
            yield "time", market.changed(number, undone)
    news = vendor_payments.summed(market.order, {market.card.payment_id: market.sums}, NOW) if market.parts else []
    if news:
        yield "time", market.ordered(news)


def _pays(market: Market, scenario: MarketScenario) -> Iterator[tuple[str, Market]]:
    if len(market.parts) == scenario.vendors:
        return
    name = NAMES[len(market.parts)]
    for amount in range(1, market.card.unallotted + 1):
        try:
            events = vendor_payments.pay(
                market.order,
                technical_payment_id=market.card.payment_id,
                vendor_id=f"ven_{name}",
                amount=amount,
                sub_order_reference=name,
                fee=1,
                now=NOW,
            )
        except Refusal:
            continue
        part = _after(evolve(None, events[0]), events[1:])
        yield "merchant", replace(market, parts=(*market.parts, part)).allotted(amount)


def _broken(market: Market) -> list[str]:
    card = market.card
    given = sum(part.payments[0].authorized for part in market.parts)
    own = card.cancelled - card.vendors.cancelled + card.refunded - card.vendors.refunded
    back = own + sum(part.payments[0].cancelled + part.payments[0].refunded for part in market.parts)
    done = market.order.ended is OrderStatus.CANCELLED and _is_settled(market)
    rules = {
        "the order's invariants": broken(market.order) == [],
        "the vendor payments' invariants": not any(broken(part) for part in market.parts),
        "allotted is what the vendors claim": card.allotted == sum(map(vendor_payments.claim, market.parts)),
        "never more allotted than authorized": 0 <= card.allotted <= card.authorized,
        "nothing goes to a vendor and back to the shopper": given + own <= card.authorized,
        "never more goes back than was paid": back <= card.authorized,
        "a cancelled order has given everything back": not done or back == card.authorized,
        "at rest the sums are the vendors'": not _is_settled(market) or card.vendors == market.sums,
    }
    return [words for words, holds in rules.items() if not holds]


def _broken_between(before: Market, after: Market) -> list[str]:
    """The ledger has what a change of a vendor payment earned or took, and balances."""
    found = []
    for was, now in zip(before.parts, after.parts, strict=False):
        entries = entries_of(was, now)
        if not all(map(is_balanced, entries)):
            found.append("an entry does not balance")
        if sum(entry.earned for entry in entries) != _earned(now) - _earned(was):
            found.append("the ledger has not what was earned")
    return found


def _earned(part: Order) -> int:
    payment = part.payments[0]
    return payment.captured - payment.refunded - fee_kept(part, payment)


def _is_settled(market: Market) -> bool:
    moving = any(part.pending or part.ending for part in market.parts)
    return not (moving or market.order.pending or market.order.ending or market.card.vendors != market.sums)
