"""The payment window waits until an instant of its input and takes few transitions."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.template.reading import ROOT, resources

DEFINITIONS = sorted((ROOT / "statemachines").glob("*.asl.yaml"))


def definition(name: str) -> dict[str, Any]:
    """A state machine's definition."""
    data: dict[str, Any] = yaml.safe_load((ROOT / "statemachines" / f"{name}.asl.yaml").read_text())
    return data


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: str(path.name))
def test_every_wait_is_until_an_instant_of_the_input(path: Any) -> None:
    for state in yaml.safe_load(path.read_text())["States"].values():
        if state["Type"] == "Wait":
            assert "Seconds" not in state
            assert "$states.input" in state["Timestamp"]


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: str(path.name))
def test_every_task_is_tried_again(path: Any) -> None:
    for name, state in yaml.safe_load(path.read_text())["States"].items():
        if state["Type"] == "Task":
            assert {"Lambda.TooManyRequestsException", "States.ALL"} <= {
                error for retry in state["Retry"] for error in retry["ErrorEquals"]
            }, name


def test_what_the_definitions_ask_for_is_given() -> None:
    for name, each in resources("Serverless::StateMachine").items():
        properties = each["Properties"]
        text = (ROOT / properties["DefinitionUri"]).read_text()
        assert set(re.findall(r"\$\{(\w+)}", text)) == set(properties["DefinitionSubstitutions"]), name
        assert properties["Tracing"] == {"Enabled": True}


def test_a_window_that_closes_at_once_takes_four_states() -> None:
    states = definition("payment_window")["States"]
    path = ["WaitUntilDue"]
    while "Next" in states[path[-1]] or "Default" in states[path[-1]]:
        path.append(states[path[-1]].get("Next") or states[path[-1]]["Default"])
    assert path == ["WaitUntilDue", "CloseWindow", "IsAnythingLeft", "Closed"]


def test_the_next_instant_leads_back_to_the_wait() -> None:
    (choice,) = definition("payment_window")["States"]["IsAnythingLeft"]["Choices"]
    assert choice["Next"] == "WaitUntilDue"
    assert "due_at" in choice["Condition"]
