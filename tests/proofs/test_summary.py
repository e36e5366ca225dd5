"""The table at the end of `make prove` tells of each proof whether it holds, and fails only if one does not."""

from pathlib import Path

import pytest

from proofs import summary


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(summary, "FOLDER", tmp_path)
    return tmp_path


def row(proof: str) -> str:
    (found,) = [line for line in summary.table().splitlines() if line.strip().startswith(proof)]
    return " ".join(found.split())


def test_a_proof_that_holds(folder: Path) -> None:
    summary.note("walk", steps=120_000, flaws=0)
    (folder / "walk.code").write_text("0\n")
    assert row("walk") == "walk holds 120,000 steps, 0 flaws"
    assert row("crash") == "crash not run"
    assert summary.all_hold()


def test_a_proof_that_found_something(folder: Path) -> None:
    summary.note("walk", flaws=2)
    (folder / "walk.code").write_text("2\n")
    assert row("walk") == "walk FAILED 2 flaws"
    assert not summary.all_hold()


def test_a_proof_that_could_not_be_run(folder: Path) -> None:
    (folder / "mutants.code").write_text("2\n")
    assert row("mutants") == "mutants FAILED did not come to its end"
    assert not summary.all_hold()


def test_the_table_has_the_proofs_of_the_makefile() -> None:
    makefile = (Path(summary.__file__).parent.parent / "Makefile").read_text()
    assert f"PROOFS := {' '.join(summary.PROOFS)}\n" in makefile
