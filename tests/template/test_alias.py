"""Everyone calls a published version, over its alias: code, layers and settings change together or not at all."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests.template.reading import ROOT, functions, resources, template

SANDBOX = {name for name in functions() if "SandboxPsp" in name}  # a system of its own, for tests: no canary
OURS = sorted(set(functions()) - SANDBOX)
BY_THEIR_PATTERN = {"TransferIban": 34, "Restored": 8}  # characters
ALIAS = "Aliaslive"
# What is not told by a parameter, or is the stack itself; the local cloud is made anew with other addresses.
FIXED = {"Stage", "Architecture", "LocalEndpoint", "LocalReceivers", "LocalStandIns"}
NAMING = ("DependenciesLayer", "TillgateLayer")  # the layers whose descriptions name parameters
MOST_CHARACTERS = 256  # of a description


@cache
def made() -> dict[str, dict[str, Any]]:
    """What SAM makes of the template, for a production."""
    file = ROOT / ".local" / "transformed-alias.json"
    file.parent.mkdir(exist_ok=True)
    python = ROOT / ".local" / "venvs" / "sam" / "bin" / "python"
    subprocess.run([python, "-m", "tools.transformed", file], cwd=ROOT, check=True, capture_output=True)
    found: dict[str, dict[str, Any]] = json.loads(file.read_text())["Resources"]
    return found


def of(kind: str) -> dict[str, dict[str, Any]]:
    return {name: each["Properties"] for name, each in made().items() if each["Type"] == f"AWS::{kind}"}


def names(part: Any) -> Iterator[str]:
    """Every resource that a part of the template refers to."""
    if isinstance(part, list):
        for each in part:
            yield from names(each)
    if not isinstance(part, dict):
        return
    for key, value in part.items():
        if key == "Ref":
            yield value
        elif key == "Fn::GetAtt":
            yield value[0]
        elif key == "Fn::Sub":
            text = value[0] if isinstance(value, list) else value
            yield from (each.partition(".")[0] for each in re.findall(r"\$\{([\w.:]+)}", text))
            yield from names(value[1:] if isinstance(value, list) else [])
        else:
            yield from names(value)


# Where a function is called, or allowed to be: what of a resource names it.
CALLERS = {
    "Lambda::EventSourceMapping": "FunctionName",
    "Lambda::Permission": "FunctionName",
    "ApiGateway::RestApi": "Body",
    "StepFunctions::StateMachine": "DefinitionSubstitutions",
    "Events::Rule": "Targets",
    "Scheduler::Schedule": "Target",
    "CloudWatch::Dashboard": "DashboardBody",
}


def who_calls() -> Iterator[tuple[str, Any]]:
    """The caller, and the part of it that names the function."""
    for kind, key in CALLERS.items():
        assert of(kind), kind
        yield from ((name, each[key]) for name, each in of(kind).items())
    for name, each in of("IAM::Role").items():
        for policy in each.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                if "lambda:Invoke" in json.dumps(statement):
                    yield name, statement
    assert "lambda:Invoke" not in json.dumps(of("IAM::ManagedPolicy"))


def is_lambda(name: str) -> bool:
    return name in made() and str(made()[name]["Type"]).startswith("AWS::Lambda::")


def test_every_caller_calls_the_alias() -> None:
    called = {(caller, each) for caller, part in who_calls() for each in names(part) if is_lambda(each)}
    some = ("CreateOrder", "CloseWindow", "ForwardChanges", "SweepDue", "Admin", "Desk")
    assert {each for _, each in called} > {f"{name}Function{ALIAS}" for name in some}
    assert {(caller, each) for caller, each in called if not each.endswith(ALIAS)} == set()


def test_functions_that_name_others_name_the_alias() -> None:
    for name, each in of("Lambda::Function").items():
        others = {
            other for other in names(each.get("Environment", {})) if "Lambda" in made().get(other, {}).get("Type", "")
        }
        assert all(other.endswith(ALIAS) for other in others), name


@pytest.mark.parametrize("name", functions())
def test_an_alias_names_a_version_of_its_function(name: str) -> None:
    alias = of("Lambda::Alias")[f"{name}{ALIAS}"]
    (version,) = [each for each, one in of("Lambda::Version").items() if one["FunctionName"] == {"Ref": name}]
    assert alias["FunctionVersion"] == {"Fn::GetAtt": [version, "Version"]}
    assert ("UpdatePolicy" in made()[f"{name}{ALIAS}"]) == (name in OURS)  # CodeDeploy moves it


def test_a_new_layer_and_any_other_property_make_a_new_version() -> None:
    """A version's name is made of the function's properties as they stand in the template, layers included."""
    shared = template()["Globals"]["Function"]
    assert shared["AutoPublishAliasAllProperties"] is True
    assert all(
        each["Properties"]["PublishLambdaVersion"] is True for each in resources("Serverless::LayerVersion").values()
    )


def test_a_changed_parameter_makes_a_new_version() -> None:
    """In the template a parameter stands unresolved, so no name changes with it. A version's description does: it is
    the layer's ARN, which is another if the layer's description is, and that names the parameters."""
    assert all(
        set(names(each["VersionDescription"])) == set(NAMING) for name, each in functions().items() if name in OURS
    )
    told = {each for layer in NAMING for each in names(description_of(layer))}
    assert set(settings()) - FIXED == told


def description_of(layer: str) -> Any:
    return resources("Serverless::LayerVersion")[layer]["Properties"]["Description"]


def settings() -> Iterator[str]:
    """The parameters that functions are set by, directly or over a condition."""
    parameters = template()["Parameters"]
    conditions = template()["Conditions"]

    def over_conditions(part: Any) -> Iterator[str]:
        if isinstance(part, list):
            for each in part:
                yield from over_conditions(each)
        elif isinstance(part, dict):
            for key, value in part.items():
                if key == "Fn::If" or key == "Condition":
                    named = value[0] if key == "Fn::If" else value
                    yield from names(conditions[named])
                    yield from over_conditions(conditions[named])
                yield from over_conditions(value)

    ours = [each for name, each in functions().items() if name in OURS]
    whole = [template()["Globals"]["Function"] | {"DeploymentPreference": None}]
    parts = [
        {key: value for key, value in each.items() if key not in ("Events", "Policies")} for each in [*whole, *ours]
    ]
    yield from (each for each in [*names(parts), *over_conditions(parts)] if each in parameters)


@pytest.mark.parametrize("layer", NAMING)
def test_the_parameters_fit_into_a_description(layer: str) -> None:
    longest = re.sub(r"\$\{(\w+)}", lambda match: "x" * longest_value(match[1]), description_of(layer)["Fn::Sub"])
    assert len(longest) <= MOST_CHARACTERS


def longest_value(parameter: str) -> int:
    each = template()["Parameters"][parameter]
    if "AllowedValues" in each:
        return max(len(value) for value in each["AllowedValues"])
    if "MaxValue" in each:
        return len(str(each["MaxValue"]))
    if "MaxLength" in each:
        return int(each["MaxLength"])
    return BY_THEIR_PATTERN["Restored" if parameter.startswith("Restored") else parameter]


def test_a_canary_is_watched_by_alarms_that_depend_on_no_alias() -> None:
    """CodeDeploy takes ten alarms. A state machine depends on aliases, and these on their alarms."""
    (alarms, _) = template()["Globals"]["Function"]["DeploymentPreference"]["Alarms"]["Fn::If"][1:]
    watched = [each["Ref"] for each in alarms]
    assert 5 < len(watched) <= 10
    assert set(watched) <= set(of("CloudWatch::Alarm"))
    assert {"ApiErrorsAlarm", "BatchItemFailedAlarm", "SweepFailedAlarm"} <= set(watched)
    reached, todo = set(), list(watched)
    while todo:
        name = todo.pop()
        if name not in reached and name in made():
            reached.add(name)
            todo += names(made()[name]["Properties"])
    assert not {
        name
        for name in reached
        if (name.removesuffix(ALIAS) in OURS and name.endswith(ALIAS))
        or made()[name]["Type"] == "AWS::StepFunctions::StateMachine"
    }


def test_a_new_connector_changes_no_function() -> None:
    """Functions know of no connector but the sandbox's address and secret: PSPs' credentials are the merchants' own."""
    connectors = {each.parent.name for each in (ROOT / "layers/tillgate/tillgate/connectors").glob("*/manifest.py")}
    text = json.dumps([template()["Globals"], *functions().values()]).lower()
    assert {each for each in connectors if each in text} == {"sandbox", "offline"}
