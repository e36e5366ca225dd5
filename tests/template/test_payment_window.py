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


def test_a_window_is_one_wait_and_one_call() -> None:
    """Transitions are the dearest thing in the bill: what is due later begins a window of its own."""
    machine = definition("payment_window")
    path = [machine["StartAt"]]
    while "Next" in machine["States"][path[-1]]:
        path.append(machine["States"][path[-1]]["Next"])
    assert [machine["States"][name]["Type"] for name in path] == ["Wait", "Task"]
    assert set(machine["States"]) == set(path)
    assert machine["States"][path[-1]]["End"] is True


@pytest.mark.parametrize(("name", "task"), [("unwind_order", "UnwindOrder"), ("split", "Settle")])
def test_what_needs_an_operator_fails_a_task_that_a_redrive_runs_again(name: str, task: str) -> None:
    """IS-9, TH-5: a Fail state would only fail again. The task learns when it was redriven."""
    states = definition(name)["States"]
    assert "Fail" not in {state["Type"] for state in states.values()}
    first = states[task]["Retry"][0]
    assert (first["ErrorEquals"], first["MaxAttempts"]) == (["States.QueryEvaluationError"], 0)
    assert "Execution.RedriveTime" in states[task]["Arguments"]["Payload"]["redriven_at"]
    assert "Catch" not in states[task]
    assert "$error('ManualInterventionNeeded: ' & $states.result.Payload.stuck)" in states[task]["Output"]


@pytest.mark.parametrize(
    ("machine", "alarm"),
    [("UnwindOrder", "UnwindFailedAlarm"), ("Split", "SplitFailedAlarm"), ("PaymentWindow", "WindowFailedAlarm")],
)
def test_a_failed_execution_rings(machine: str, alarm: str) -> None:
    properties = resources("CloudWatch::Alarm")[alarm]["Properties"]
    assert properties["MetricName"] == "ExecutionsFailed"
    assert properties["Dimensions"] == [{"Name": "StateMachineArn", "Value": {"Ref": machine}}]
