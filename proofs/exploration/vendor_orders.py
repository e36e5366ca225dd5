"""Every state of a small multi-vendor order (TH-4, TH-5, TH-10) whose authorization has succeeded."""

from collections import Counter, deque
from typing import Any

from proofs.exploration.explore import Findings, State, state_of
from proofs.exploration.market import Market, MarketScenario, begun, rests, turns
from proofs.exploration.market_flaws import flaws_between, flaws_in
from proofs.exploration.moves import Scenario
from tillgate.domain.payments.lifecycle import Capture


def _of(name: str, amount: int, requests: int, capture: Capture = Capture.MANUAL, **more: Any) -> MarketScenario:
    """One vendor, and what PSP and bank do of themselves, to the order and to the vendor's part."""
    order = Scenario(name, amount, (), payments=1, requests=0, contradicts=(), **more)
    return MarketScenario(name, amount, 1, requests, capture, order=order)


QUICK = (
    MarketScenario("one vendor", 2, 1, 1),
    MarketScenario("one vendor, taken at once", 2, 1, 1, Capture.AUTO),
    _of("one vendor, disputed", 1, 0, Capture.AUTO, disputes=1),
)
DEEP = (
    *QUICK,
    MarketScenario("one vendor, two requests", 2, 1, 2),
    _of("one vendor, what fails late", 1, 1, fails_late=True),
    _of("one vendor, unasked", 1, 0, unasked=1),
    _of("one vendor, unasked, taken at once", 1, 0, Capture.AUTO, unasked=1),
    _of("one vendor, a part reversed", 2, 0, Capture.AUTO, unasked=1),
    MarketScenario("two vendors", 2, 2, 0),
    MarketScenario("two vendors, one request", 2, 2, 1),
    MarketScenario("two vendors, taken at once", 2, 2, 1, Capture.AUTO),
)


def explore(scenario: MarketScenario, most_flaws: int = 5) -> Findings:
    """Visits every state once, and checks that everything can come to rest from each."""
    found = Findings()
    start = begun(scenario)
    markets, numbers, queue = [start], {_state(start, scenario): 0}, deque([0])
    before: list[list[int]] = [[]]
    while queue and len(found.flaws) < most_flaws:
        number = queue.popleft()
        market = markets[number]
        found.flaws += [f"{scenario.name}: {flaw}: {market}" for flaw in flaws_in(market)]
        for who, _, taken in turns(market, scenario):
            after = taken()
            found.transitions += 1
            found.moves += Counter({who: 1})
            found.flaws += [f"{scenario.name}: {flaw}: {market}" for flaw in flaws_between(market, after)]
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
    """From every state, the PSP and time alone lead to rest."""
    resting = [number for number, market in enumerate(markets) if rests(market)]
    reached = set(resting)
    while resting:
        new = [number for number in before[resting.pop()] if number not in reached]
        reached.update(new)
        resting += new
    return [f"{scenario.name}: never rests: {m}" for number, m in enumerate(markets) if number not in reached]


def _state(market: Market, scenario: MarketScenario) -> State:
    parts = tuple((part.amount, *state_of(part, scenario.of_part)) for part in market.parts)
    divided = tuple((payment.allotted, payment.vendors) for payment in market.order.payments)
    return (divided, *state_of(market.order, scenario.of_order), parts)
