"""Invariants broken on purpose (ONE-3): the tests that CI runs notice each of the mistakes that were picked by hand."""

import subprocess
import sys

import pytest

from proofs.mutants.__main__ import PACKAGE, ROOT
from proofs.mutants.mistakes import in_code, in_conditions
from proofs.mutants.picked import picked


@pytest.mark.timeout(900)
def test_no_picked_mistake_goes_unnoticed() -> None:
    """In the lifecycle's table, in what is reserved, in the conditions under which the store writes."""
    command = [sys.executable, "-m", "proofs.mutants", "--picked", "--least", "100"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    made = len(picked(PACKAGE / "domain")) + len(picked(PACKAGE / "store"))
    assert f"Mutants: {made} mistakes, {made} noticed: 100 %" in run.stdout


def test_mistakes_are_found_and_each_changes_one_thing() -> None:
    for folder, find in (("domain", in_code), ("store", in_conditions)):
        found = [mistake for path in sorted((PACKAGE / folder).rglob("*.py")) for mistake in find(path)]
        assert len(found) > 50
        for mistake in found:
            compile(mistake.made(), mistake.path, "exec")
            assert mistake.made() != mistake.source
            assert mistake.lines
