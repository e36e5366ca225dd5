"""The kit notices each broken connector, and each of its checks notices one (ONE-7)."""

from fnmatch import fnmatchcase
from functools import cache

import pytest

from connector_kit.checks import every
from connector_kit.runner import Result, run_all
from tests.connector_kit.complete import ASKED, COMPLETE, AskedConnector
from tests.connector_kit.mutants import Looks
from tests.connector_kit.setups import CompleteSetup
from tests.connector_kit.transfer_mutants import MUTANTS
from tests.connector_kit.transferring import TRANSFERS, TransferSetup
from tillgate.connectors.v1 import Manifest


def failed(results: list[Result]) -> dict[str, str]:
    return {each.name: each.why for each in results if each.ended == "failed"}


@cache
def noticed(name: str) -> dict[str, str]:
    return failed(run_all(MUTANTS[name].manifest, MUTANTS[name].setup()))


class LookingSetup(CompleteSetup):
    connector = Looks


class AskedSetup(CompleteSetup):
    connector = AskedConnector


@pytest.mark.parametrize(
    ("manifest", "setup"),
    [(COMPLETE, CompleteSetup), (ASKED, AskedSetup), (COMPLETE, LookingSetup), (TRANSFERS, TransferSetup)],
)
def test_what_is_not_broken_passes(manifest: Manifest, setup: type[CompleteSetup]) -> None:
    results = run_all(manifest, setup())
    assert [each for each in results if each.ended not in ("passed", "not declared")] == []


@pytest.mark.parametrize("name", MUTANTS)
def test_each_mutant_is_noticed(name: str) -> None:
    found = noticed(name)
    missed = [pattern for pattern in MUTANTS[name].noticed if not any(fnmatchcase(each, pattern) for each in found)]
    assert not missed, found


def test_each_check_notices_a_mutant() -> None:
    assert {each.name for each in every()} - {found for name in MUTANTS for found in noticed(name)} == set()
