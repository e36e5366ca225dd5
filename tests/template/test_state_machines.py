"""Each state machine's role against what its definition calls, with nothing more and nothing less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.template.reading import ROOT, as_list, function, functions, on_aws, resources

MACHINES = {name: each["Properties"] for name, each in resources("Serverless::StateMachine").items()}
INTEGRATIONS = {"arn:aws:states:::lambda:invoke": "lambda:InvokeFunction"}
LOGS = {"Ref": "CanDeliverLogs"}


def definition(machine: str) -> dict[str, Any]:
    text = (ROOT / MACHINES[machine]["DefinitionUri"]).read_text()
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def tasks(part: Any) -> Iterator[dict[str, Any]]:
    """Every task, in maps too."""
    if isinstance(part, dict):
        if part.get("Type") == "Task":
            yield part
        for each in part.values():
            yield from tasks(each)
    elif isinstance(part, list):
        for each in part:
            yield from tasks(each)


def called(machine: str) -> set[tuple[str, str]]:
    """Action and function of each task."""
    substituted = MACHINES[machine]["DefinitionSubstitutions"]
    found = set()
    for task in tasks(definition(machine)):
        name = re.fullmatch(r"\$\{(\w+)}", task["Arguments"]["FunctionName"])
        assert name, task
        found.add((INTEGRATIONS[task["Resource"]], function(substituted[name[1]])))
    return found


def granted(machine: str) -> set[tuple[str, str]]:
    return {
        (action, function(resource))
        for policy in MACHINES[machine]["Policies"]
        for statement in policy.get("Statement", [])
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }


@pytest.mark.parametrize("machine", MACHINES)
def test_a_machines_role_may_do_what_its_definition_calls_and_no_more(machine: str) -> None:
    assert called(machine)
    assert granted(machine) == called(machine)
    assert LOGS in MACHINES[machine]["Policies"]


@pytest.mark.parametrize("machine", MACHINES)
def test_a_definition_uses_what_is_substituted_and_nothing_else(machine: str) -> None:
    text = (ROOT / MACHINES[machine]["DefinitionUri"]).read_text()
    assert set(re.findall(r"\$\{(\w+)}", text)) == set(MACHINES[machine]["DefinitionSubstitutions"])
    assert all(function(each) in functions() for each in MACHINES[machine]["DefinitionSubstitutions"].values())


@pytest.mark.parametrize("machine", MACHINES)
def test_a_task_waits_longer_than_its_function_may_run(machine: str) -> None:
    """A task without `TimeoutSeconds` waits until the function ends; one with it must not give up before."""
    for task in tasks(definition(machine)):
        name = function(MACHINES[machine]["DefinitionSubstitutions"][task["Arguments"]["FunctionName"][2:-1]])
        assert task.get("TimeoutSeconds", 10**6) > functions()[name].get("Timeout", 15)


def test_who_starts_and_stops_machines_names_machines_that_exist() -> None:
    """What the stream's and the windows' functions may start is what their environment names."""
    for name, each in functions().items():
        environment = each.get("Environment", {}).get("Variables", {})
        named = {value["Ref"] for key, value in environment.items() if key.endswith("STATE_MACHINE_ARN")}
        may_start = {
            resource["Ref"]
            for policy in each.get("Policies", [])
            for statement in policy.get("Statement", [])
            if "states:StartExecution" in as_list(on_aws(statement["Action"]))
            for resource in as_list(statement["Resource"])
        }
        assert named == may_start, name
        assert may_start <= set(MACHINES), name
