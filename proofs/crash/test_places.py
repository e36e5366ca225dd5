"""Crash anywhere (ONE-3): each call of a use case or a consumer suffers each fault once, and all must recover.

Every place is enumerated: a first run counts the calls, then there is one run for each call and each fault. The tests
take every seventh pair of crashes and, for vendors, only crashes in what happens by itself; `make crash` takes all.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest

from proofs.crash.checks import flaws
from proofs.crash.processes import forget
from proofs.crash.scenarios import SCENARIOS, Scenario, answered_for_good, is_keyless, repeat, taken
from proofs.crash.transfer_scenarios import TRANSFER_SCENARIOS
from proofs.crash.vendor_scenarios import TENDER_SCENARIOS, VENDOR_SCENARIOS
from proofs.crash.wire import Fault
from proofs.crash.world import World, new_world
from tillgate.use_cases.marketplace import unwind_vendors

ALL = (*SCENARIOS, *VENDOR_SCENARIOS, *TENDER_SCENARIOS, *TRANSFER_SCENARIOS)
DEATHS = (Fault.DIES_BEFORE, Fault.DIES_AFTER)
WHOLE = os.environ.get("TILLGATE_CRASH") == "all"


@pytest.fixture(autouse=True)
def many_are_three(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state machine unwinds an order of three vendors, like one of more than twenty."""
    monkeypatch.setattr(unwind_vendors, "A_FEW", 2)


def places(scenario: Scenario) -> list[str]:
    """Every call over the wire while the scenario acts without faults; all must be well afterwards."""
    with new_world() as world:
        key = scenario.prepare(world)
        forget()
        world.wire.watched = True
        answer = scenario.act(world, key)
        world.wire.watched = False
        assert answered_for_good(answer), answer
        assert is_keyless(scenario) or scenario.act(world, key) == answer, "the same key is not answered the same"
        world.settle()
        assert flaws(world) == []
        assert scenario.lasting(world, key), world.order(key) if key else None
        return world.wire.places


def struck(scenario: Scenario, plan: dict[int, Fault], at_once: bool, through: bool = False) -> list[str]:
    """What is wrong after a run with these faults.

    `at_once`: the merchant's server does not wait for the repair. `through`: faults apply to the repair too.
    """
    with new_world(plan) as world:
        key = scenario.prepare(world)
        forget()
        world.wire.watched = True
        answer = scenario.act(world, key)
        world.wire.watched = through
        forget()
        if at_once and not answered_for_good(answer):
            answer = repeat(world, scenario, key)
            if not taken(answer):  # an earlier payment's outcome is not known: the repair finds it within a minute
                world.settle(timedelta(minutes=2))
                answer = repeat(world, scenario, key)
            if not taken(answer):
                return [f"the repeated call is refused: {answer}"]
        world.settle()
        world.wire.watched = False
        found = flaws(world) + ([] if world.wire.struck == len(plan) else ["not every fault was met"])
        if not answered_for_good(answer):
            answer = repeat(world, scenario, key)
        if not answered_for_good(answer):
            found.append(f"the key is stuck: {answer}")
        world.settle()
        return found + flaws(world) + _lasting(world, scenario, key)


def _lasting(world: World, scenario: Scenario, key: str) -> list[str]:
    if scenario.lasting(world, key):
        return []
    return [f"{order.status}, {[p.status for p in order.payments]}" for order in map(world.order, world.order_keys())]


def told(wrong: dict[str, list[str]]) -> str:
    return "\n".join(f"{where}: {what}" for where, what in list(wrong.items())[:20])


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
def test_every_place(scenario: Scenario, record_property: Callable[[str, object], None]) -> None:
    calls = places(scenario)
    assert calls, "nothing was struck"
    wrong: dict[str, list[str]] = {}
    runs = 0
    faults = DEATHS if scenario.settles and scenario not in SCENARIOS and not WHOLE else tuple(Fault)
    for (number, place), fault, at_once in product(
        enumerate(calls), faults, (False,) if scenario.settles else (False, True)
    ):
        runs += 1
        if found := struck(scenario, {number: fault}, at_once):
            wrong[f"{number} {place}, {fault.value}, at once {at_once}"] = found
    record_property("crash", (scenario.name, len(calls), runs))
    assert wrong == {}, told(wrong)


@pytest.mark.parametrize("scenario", [s for s in ALL if s.pairs], ids=lambda scenario: scenario.name)
def test_every_pair(scenario: Scenario, record_property: Callable[[str, object], None]) -> None:
    """A second process dies while the first one's death is being repaired."""
    wrong: dict[str, list[str]] = {}
    found = pairs_of(scenario)[:: 1 if WHOLE else 7]
    for plan in found:
        if flawed := struck(scenario, plan, at_once=False, through=True):
            wrong[", ".join(f"{number} {fault.value}" for number, fault in plan.items())] = flawed
    pairs = len(found)
    record_property("crash", (f"{scenario.name}, pairs", pairs, pairs))
    assert pairs > 75
    assert wrong == {}, told(wrong)


def pairs_of(scenario: Scenario) -> list[dict[int, Fault]]:
    return [
        {number: first, later: second}
        for number, first in product(range(len(places(scenario))), DEATHS)
        for later in range(number + 1, calls_until_rest(scenario, {number: first}))
        for second in DEATHS
    ]


def calls_until_rest(scenario: Scenario, plan: dict[int, Fault]) -> int:
    """The number of calls over the wire, including those of the repair."""
    with new_world(plan) as world:
        key = scenario.prepare(world)
        forget()
        world.wire.watched = True
        scenario.act(world, key)
        world.settle()
        return len(world.wire.places)
