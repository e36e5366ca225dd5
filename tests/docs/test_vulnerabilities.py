"""The scan of pinned packages: what it looks up, and that it says when it could not look."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.template.reading import ROOT
from tools import vulnerabilities
from tools.vulnerabilities import NotReached, Package, known, main, pinned

Said = list[str]


def clean(queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{} for _ in queries]


def test_every_pinned_package_is_looked_up_those_of_functions_first() -> None:
    found = pinned()
    assert found[0].pinned_in.startswith("layers/")
    files = {str(path.relative_to(ROOT)) for path in (*ROOT.glob("layers/*/requirements.txt"),)}
    files |= {str(path.relative_to(ROOT)) for path in ROOT.glob("tools/requirements/*.txt")}
    assert {each.pinned_in for each in found} == files | {"tools/npm/package-lock.json"}
    names = {each.name for each in found}
    assert {"botocore", "pydantic", "cryptography", "ministack", "asl-validator"} <= names
    pins = (ROOT / "layers/dependencies/requirements.txt").read_text().count("==")
    assert len([each for each in found if each.pinned_in == "layers/dependencies/requirements.txt"]) == pins


def test_a_pipeline_looks_daily() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/vulnerabilities.yml").read_text())
    assert {"pull_request", "push", "schedule"} == workflow[True].keys()  # YAML 1.1 reads `on` as true
    steps = workflow["jobs"]["vulnerabilities"]["steps"]
    assert [each["run"] for each in steps if "run" in each] == ["make vulnerabilities"]


def test_nothing_known_is_success() -> None:
    said: Said = []
    assert main(clean, said.append) == 0
    assert said == [f"{len(pinned())} pinned packages were looked up at OSV; something is known of 0."]


def test_what_is_known_is_named_and_fails() -> None:
    def ask(queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"vulns": [{"id": "GHSA-1"}]} if each["package"]["name"] == "pydantic" else {} for each in queries]

    said: Said = []
    assert main(ask, said.append) == 1
    assert any("layers/dependencies/requirements.txt: pydantic" in line and "GHSA-1" in line for line in said)


def _silent(_: list[dict[str, Any]]) -> list[dict[str, Any]]:
    raise NotReached("time-out")


@pytest.mark.parametrize("ask", [_silent, lambda queries: clean(queries)[1:]], ids=["silent", "too few answers"])
def test_data_that_could_not_be_reached_is_no_success(ask: Any) -> None:
    said: Said = []
    assert main(ask, said.append) == 2
    assert said[0].startswith("NOT SCANNED")
    assert not [line for line in said if "looked up" in line]


@pytest.mark.parametrize("error", [OSError("refused"), ValueError("no JSON"), TimeoutError()])
def test_each_way_of_not_reaching_it_is_told(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(vulnerabilities, "urlopen", fails)
    said: Said = []
    assert main(say=said.append) == 2


def test_many_are_asked_for_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vulnerabilities, "AT_ONCE", 2)
    asked: list[int] = []

    def ask(queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        asked.append(len(queries))
        return clean(queries)

    packages = [Package("PyPI", str(number), "1", "x") for number in range(5)]
    assert known(packages, ask) == {}
    assert asked == [2, 2, 1]
