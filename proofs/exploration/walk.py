"""Random walks over orders: far more can happen to each than an exploration has room for. `make walk STEPS=60000`.

A walk draws an order, lets anything happen to it in any order, then leaves it to PSP and time until it rests. After
each step everything is checked that the exploration checks. A walk is known by its seed, which is printed with what
is broken and the shortest way found to it: `python -m proofs.exploration.walk --again 7-123`.
"""

import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from proofs.exploration.market import (
    NAMES,
    Market,
    MarketScenario,
    Turn,
    begun,
    owes,
    rests,
    turns,
)
from proofs.exploration.market_flaws import flaws_between, flaws_in
from proofs.exploration.moves import Scenario
from proofs.exploration.properties import broken_between, broken_in
from proofs.summary import note
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import OperationType

LENGTH = 30  # steps until an order is left to PSP and time
PATIENCE = 200  # steps in which it has to come to rest then
SHRUNK = 10  # of the ways to one flaw
SELDOM = 0.1  # how much less likely than other moves those are that end an order
ENDINGS = ("cancel the order", "withdraw the order", "window ends")
BY_SUMS = (  # does not hold of an order that has not been told yet what became of its vendors
    "Whatever the system owes has been requested.",
    "While anything is open, there is an instant at which the system continues by itself.",
    "In every state that is not final, something falls due, or someone can act.",
)
NEVER_RESTS = "Everything comes to rest by what the PSP says and by time alone."
KINDS = ("single", "technical")
METHODS = ("card", "wallet", "gift_card", "bank_redirect")


@dataclass
class Found:
    """The findings of walks. `flaws`: what is broken, and the shortest way to it that was found."""

    walks: int = 0
    moves: Counter[str] = field(default_factory=Counter)
    flaws: dict[str, "Way"] = field(default_factory=dict)
    hits: Counter[str] = field(default_factory=Counter)

    @property
    def steps(self) -> int:
        return self.moves.total()

    def add(self, other: "Found") -> None:
        self.walks += other.walks
        self.moves += other.moves
        self.hits += other.hits
        for flaw, way in other.flaws.items():
            self.flaws.setdefault(flaw, way)


@dataclass(frozen=True)
class Way:
    seed: str
    scenario: MarketScenario
    moves: tuple[str, ...]

    def __str__(self) -> str:
        paid = "" if self.scenario.of_order.tenders else ", paid by a card"
        about = f"{self.scenario.kind} order of {self.scenario.amount}, capture {self.scenario.capture}{paid}"
        return "\n    ".join((f"{about} (--again {self.seed})", *self.moves))


def drawn(random: Random, kind: str) -> MarketScenario:
    """A random order and its limits."""
    technical = kind == "technical"
    amount, requests = random.randint(int(technical), 4), random.randint(0, 4)
    methods = random.sample(METHODS, random.randint(1, 2))
    tenders = tuple((method, random.choice((None, 1, 2))) for method in methods)
    begins_paid = technical and random.random() < 0.5  # so that walks among vendors are long
    order = Scenario(
        name="walk",
        amount=amount,
        tenders=() if begins_paid else tenders,
        payments=1 if begins_paid else random.randint(1, 3),
        requests=requests,
        contradicts=random.choice(((), (OperationType.AUTHORIZE,), tuple(OperationType))),
        most=random.choice((0, 0, amount + 1)),
        max_open_tenders=random.choice((1, 1, 2, 3)),
        unasked=random.choice((0, 1, 3) if begins_paid else (0, 0, 2)),
        fails_late=random.random() < (0.6 if begins_paid else 0.3),
        disputes=random.choice((0, 0, 1)),
        refund_before_settled=random.random() < 0.5,
    )
    if not technical and random.random() < 0.1:
        transfers: tuple[tuple[str, int | None], ...] = (("bank_transfer", random.choice((None, 1))),)
        beside = tenders if order.max_open_tenders > 1 else ()
        order = replace(order, tenders=(*transfers, *beside), transfers=amount + 1)
    vendors = random.randint(1, len(NAMES)) if technical else 0
    return MarketScenario("walk", amount, vendors, requests, random.choice(list(Capture)), kind, order)


def walk(steps: int, seed: int, kind: str, shrinks: bool = True) -> Found:
    """Walks until `steps` steps were made."""
    found = Found()
    while found.steps < steps:
        one(f"{seed}-{found.walks}", kind, found, shrinks)
        found.walks += 1
    return found


def one(seed: str, kind: str, found: Found, shrinks: bool = True) -> None:
    """One walk, until something is broken or the order rests."""
    random = Random(seed)
    scenario = drawn(random, kind)
    market, way = begun(scenario), list[str]()
    while len(way) < LENGTH:
        turn = chosen(random, turns(market, scenario))
        if turn is None:
            break
        way.append(str(turn))
        found.moves[turn.who] += 1
        before, market = market, turn.taken()
        flaws = broken(before, market)
        if flaws:
            return _keep(found, flaws, Way(seed, scenario, tuple(way)), shrinks)
    flaws = alone(random, market, scenario, found, way)
    return _keep(found, flaws, Way(seed, scenario, tuple(way)), shrinks) if flaws else None


def alone(random: Random, market: Market, scenario: MarketScenario, found: Found, way: list[str]) -> list[str]:
    """What is broken while only PSP and time act on the order; extends the way."""
    for _ in range(PATIENCE):
        turn = None if rests(market) else chosen(random, (each for each in turns(market, scenario) if each.alone))
        if turn is None:
            break
        way.append(str(turn))
        found.moves[turn.who] += 1
        before, market = market, turn.taken()
        if flaws := broken(before, market):
            return flaws
    return [] if rests(market) else [NEVER_RESTS]


def chosen(random: Random, possible: Iterable[Turn]) -> Turn | None:
    """Each kind of move is equally likely, however many amounts it is possible with."""
    kinds: dict[str, list[Turn]] = {}
    for turn in possible:
        kinds.setdefault("".join(each for each in turn.what if not each.isdigit()), []).append(turn)
    names = list(kinds)
    weights = [SELDOM if name.endswith(ENDINGS) else 1.0 for name in names]
    return random.choice(kinds[random.choices(names, weights)[0]]) if names else None


def broken(before: Market, after: Market) -> list[str]:
    """The properties violated by a step or the state after it."""
    found = [*broken_in(after.order), *broken_between(before.order, after.order)]
    if owes(after):
        found = [words for words in found if words not in BY_SUMS]
    for was, now in zip(before.parts, after.parts, strict=False):
        if was is not now:
            found += [f"vendor payment: {words}" for words in (*broken_in(now), *broken_between(was, now))]
    return [*found, *flaws_in(after), *flaws_between(before, after)]


def _keep(found: Found, flaws: list[str], way: Way, shrinks: bool) -> None:
    for flaw in flaws:
        found.hits[flaw] += 1
        if shrinks and found.hits[flaw] <= SHRUNK:
            shorter = shrunk(way, flaw)
            known = found.flaws.get(flaw, shorter)
            found.flaws[flaw] = min(known, shorter, key=lambda each: len(each.moves))
        found.flaws.setdefault(flaw, way)


def shrunk(way: Way, flaw: str) -> Way:
    """A minimal subset of the moves that leads to the same flaw."""
    moves = list(way.moves)
    size = max(1, len(moves) // 2)
    while size:
        place = 0
        while place < len(moves):
            fewer = moves[:place] + moves[place + size :]
            if flaw in replayed(way.scenario, fewer, rests_at_its_end=flaw == NEVER_RESTS):
                moves = fewer
            else:
                place += size
        size //= 2
    return Way(way.seed, way.scenario, tuple(moves))


def replayed(scenario: MarketScenario, moves: Sequence[str], *, rests_at_its_end: bool = False) -> list[str]:
    """What is broken after these moves; nothing if one of them is impossible, or something breaks earlier."""
    market = begun(scenario)
    for number, move in enumerate(moves, start=1):
        turn = next((each for each in turns(market, scenario) if str(each) == move), None)
        if turn is None:
            return []
        before, market = market, turn.taken()
        if flaws := broken(before, market):
            return flaws if number == len(moves) else []
    return alone(Random(0), market, scenario, Found(), []) if rests_at_its_end else []


def main() -> int:
    parser = ArgumentParser(prog="python -m proofs.exploration.walk", description=__doc__)
    parser.add_argument("--steps", type=int, default=60_000, help="for each kind of order")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--again", default="", help="the seed of one walk: it is walked again")
    parser.add_argument("--kind", choices=KINDS, action="append", help="of both kinds if it is not said")
    options = parser.parse_args()
    total = Found()
    for kind in options.kind or KINDS:
        began = time.monotonic()
        found = Found()
        if options.again:
            one(options.again, kind, found)
        else:
            found = walk(options.steps, options.seed, kind)
        _say(f"{kind:10} seed {options.again or options.seed}: {_counts(found)}  {time.monotonic() - began:6.1f} s")
        total.add(found)
    for flaw, way in total.flaws.items():
        _say(f"\n{flaw} ({total.hits[flaw]} times)\n    {way}")
    if not options.again:
        note("walk", walks=total.walks, steps=total.steps, flaws=len(total.flaws))
    return 1 if total.flaws else 0


def _counts(found: Found) -> str:
    by = ", ".join(f"{number:,} {who}" for who, number in sorted(found.moves.items()))
    return f"{found.walks:7,} walks {found.steps:9,} steps ({by}) {len(found.flaws):3} flaws"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
