"""Each alarm and each kind of work has a runbook that its reader is led to, and there is no other (ONE-13)."""

import re
from pathlib import Path

import pytest

from tests.template.metrics import alarms
from tests.template.reading import resources, template
from tillgate.domain.operators.work_list import Kind

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "runbooks"
PAGES = {path.stem: path.read_text() for path in FOLDER.glob("*.md") if path.stem != "README"}
ALARMS = {name.removesuffix("Alarm"): alarm for name, alarm in alarms().items()}
PARTS = ("What rang", "What it means for money", "What to look at", "What to do", "When it is over")


def test_each_alarm_and_each_kind_of_work_has_its_runbook_and_there_is_no_other() -> None:
    assert set(PAGES) == {*ALARMS, *(f"work-{kind}" for kind in Kind)}


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_links_to_its_own_runbook(name: str) -> None:
    told = ALARMS[name]["AlarmDescription"]
    assert re.findall(r"\$\{[^}]+}/\S+", told["Fn::Sub"]) == [f"${{RunbooksUrl}}/{name}.md"]
    assert "RunbooksUrl" in template()["Parameters"]


@pytest.mark.parametrize("name", PAGES)
def test_a_runbook_has_its_five_parts_and_is_short(name: str) -> None:
    page = PAGES[name]
    assert tuple(re.findall(r"^\*\*([^*]+)\.\*\*", page, re.M)) == PARTS
    assert len(page.splitlines()) < 40


@pytest.mark.parametrize("name", PAGES)
def test_the_list_of_runbooks_has_each(name: str) -> None:
    assert f"]({name}.md)" in (FOLDER / "README.md").read_text()


@pytest.mark.parametrize("name", PAGES)
def test_functions_that_a_runbook_names_exist(name: str) -> None:
    named = re.findall(r"`(\w+Function)`", PAGES[name])
    assert [each for each in named if each not in resources("Serverless::Function")] == []


def test_the_saved_queries_are_there_and_read_the_functions_logs() -> None:
    queries = resources("Logs::QueryDefinition")
    names = {each["Properties"]["Name"]["Fn::Sub"].partition("/")[2] for each in queries.values()}
    assert names == {"everything of this order", "by reference", "PSP errors", "slow calls"}
    for each in queries.values():
        assert each["Condition"] == "IsAws"
        assert each["Properties"]["LogGroupNames"] == [{"Ref": "FunctionLogs"}]
        assert re.match(r"fields @timestamp, ", each["Properties"]["QueryString"])


def test_what_saved_queries_filter_by_is_written_by_the_code() -> None:
    """A query for a message that nothing logs would find nothing, for ever."""
    code = "".join(path.read_text() for path in (FOLDER.parent.parent / "layers/tillgate/tillgate").rglob("*.py"))
    (query,) = [
        each["Properties"]["QueryString"]
        for name, each in resources("Logs::QueryDefinition").items()
        if name == "PspErrors"
    ]
    messages = re.findall(r'"([a-z ]+)"', query)
    assert len(messages) == 2
    assert [each for each in messages if f'"{each}"' not in code] == []
