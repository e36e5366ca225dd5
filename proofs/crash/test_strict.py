"""Every use case and consumer in a cloud that lags and refuses as AWS does (see `strict`), without any crash."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from proofs.crash.checks import flaws
from proofs.crash.scenarios import SCENARIOS, Scenario
from proofs.crash.strict import LAG, strict_world
from proofs.crash.test_races import CASES, _other_key, raced
from proofs.crash.transfer_scenarios import TRANSFER_SCENARIOS
from proofs.crash.vendor_scenarios import TENDER_SCENARIOS, VENDOR_SCENARIOS
from proofs.crash.wire import Fault
from proofs.crash.world import World

ALL = (*SCENARIOS, *VENDOR_SCENARIOS, *TENDER_SCENARIOS, *TRANSFER_SCENARIOS)


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
def test_it_comes_out_the_same_in_a_strict_cloud(scenario: Scenario) -> None:
    with strict_world() as (world, _):
        key = scenario.prepare(world)
        world.pass_time(LAG)
        scenario.act(world, key)
        world.settle()
        assert flaws(world) == []
        assert scenario.lasting(world, key)


def test_what_is_strict_was_met() -> None:
    """Were this module's cloud as lenient as the other one, its tests would show nothing."""
    refused, stale = 0, 0
    for scenario in [each for each in SCENARIOS if each.settles]:
        with strict_world() as (world, tables):
            scenario.act(world, scenario.prepare(world))
            world.settle()
            refused += tables.refused_writes
            stale += tables.stale_reads
    assert refused > 20
    assert stale > 5


EACH_SEVENTH = 7  # place that another process comes in at, or that a process dies at


@contextmanager
def only_the_world() -> Iterator[World]:
    with strict_world() as (world, _):
        yield world


@pytest.mark.parametrize("name", CASES)
def test_of_two_processes_none_takes_what_the_other_took(name: str) -> None:
    """Sampled: the lenient cloud has every place."""
    prepare, first, second, _ = CASES[name]
    places = 0
    for place in range(1, 200, EACH_SEVENTH):
        found = raced(prepare, first, _other_key(second), place, only_the_world)
        if found is None:
            break
        places += 1
        assert all(status in (200, 202, 409, 422, 503) for status in found[2]), found[2]
    assert places


@pytest.mark.parametrize("scenario", [each for each in SCENARIOS if not each.settles], ids=lambda each: each.name)
def test_a_process_dies_in_a_strict_cloud(scenario: Scenario) -> None:
    """Sampled as well. `flaws` looks at all that was booked."""
    for place in range(2, 60, EACH_SEVENTH):
        with strict_world() as (world, _):
            key = scenario.prepare(world)
            world.pass_time(LAG)
            world.wire.plan = {place: Fault.DIES_AFTER}
            world.wire.watched = True
            scenario.act(world, key)
            world.wire.watched = False
            world.settle()
            assert flaws(world) == [], place
            if not world.wire.struck:
                break
