"""Every use case and consumer in a cloud that lags and refuses as AWS does (see `strict`), without any crash."""

import pytest

from proofs.crash.checks import flaws
from proofs.crash.scenarios import SCENARIOS, Scenario
from proofs.crash.strict import LAG, strict_world


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
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
