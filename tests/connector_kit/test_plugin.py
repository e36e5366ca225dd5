"""`pytest --connector PACKAGE`, as a connector's author runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from connector_kit.__main__ import USAGE, main
from tests.conftest import ROOT

PATHS = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "tillgate")])


def kit(*arguments: str, folder: Path = ROOT, paths: str = PATHS) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "connector_kit.plugin", *arguments]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )


def test_the_example_passes_and_its_results_are_written(tmp_path: Path) -> None:
    markdown, results = tmp_path / "table.md", tmp_path / "results.json"
    ran = kit(
        "--connector",
        "connector_kit.example",
        "--connector-markdown",
        str(markdown),
        "--connector-json",
        str(results),
    )
    assert ran.returncode == 0, ran.stdout
    assert "Against an in-process PSP, written by the connector's author." in ran.stdout
    assert "| authorize: answer lost | ✓ |" in markdown.read_text()
    told = json.loads(results.read_text())
    assert told["written_by"] == "the connector's author"
    ended = {each["name"]: each["ended"] for each in told["results"]}
    assert ended["capture: in parts"] == "passed"
    assert ended["store: pays again"] == "not declared"


def test_a_failure_names_the_situation_and_shows_where(tmp_path: Path) -> None:
    """A package of somebody else, with a setup that is named on the command line."""
    (tmp_path / "broken.py").write_text(
        "from connector_kit.example.conformance import AcmeSetup\n"
        "from tests.connector_kit.mutants import MUTANTS\n"
        "class BrokenSetup(AcmeSetup):\n"
        "    connector = MUTANTS['TakesSilenceForClosed'].setup.connector\n"
    )
    paths = os.pathsep.join([str(tmp_path), PATHS])
    ran = kit("--connector", "connector_kit.example", "--connector-setup", "broken", folder=tmp_path, paths=paths)
    assert ran.returncode == 1
    assert "close: its answers are lost [card]" in ran.stdout
    assert "the close SUCCEEDED of what is authorized" in ran.stdout
    assert "connector_kit/checks/closing.py" in ran.stdout


def test_what_cannot_be_found_is_said(tmp_path: Path) -> None:
    assert "no setup for json: looked for" in kit("--connector", "json").stderr
    assert "no setup for json: looked for nowhere" in kit("--connector", "json", "--connector-setup", "nowhere").stderr


def test_without_the_option_it_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_own(): pass\n")
    ran = kit("-q", folder=tmp_path)
    assert (ran.returncode, "1 passed" in ran.stdout, "conformance" in ran.stdout) == (0, True, False)


def test_a_newcomer_begins_with_a_package_that_passes(tmp_path: Path) -> None:
    """As the guide says, in an empty folder: nothing of it is on the path but the kit and the connector API."""
    begun = subprocess.run(
        [sys.executable, "-m", "connector_kit", "globex"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": PATHS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (begun.returncode, begun.stdout) == (
        0,
        "globex/ has a connector that passes: pytest --connector globex\n",
    )
    assert "acme" not in "".join(each.read_text() for each in (tmp_path / "globex").iterdir()).lower()
    program = "import sys; sys.path.pop(0); import pytest; sys.exit(pytest.main(sys.argv[1:]))"  # as `pytest` begins
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            program,
            "-p",
            "no:cacheprovider",
            "-p",
            "connector_kit.plugin",
            "--connector",
            "globex",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": PATHS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "conformance of globex" in ran.stdout


def test_a_connector_begins_once_and_under_a_name() -> None:
    assert main(["globex", "initech"]) == main(["../x"]) == USAGE


def test_what_exists_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "globex").mkdir()
    assert main(["globex"]) == "globex exists already"
    assert list((tmp_path / "globex").iterdir()) == []
