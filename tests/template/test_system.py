"""The system as a whole: alarms, dashboard, conditions, the sandbox PSP, settings of the three places."""

from __future__ import annotations

import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from tests.template.reading import ROOT, functions, resources, template

ALARMS = resources("CloudWatch::Alarm")
IN_THE_BACKGROUND = [
    "ApplyPspNotification",
    "ForwardChanges",
    "NotifyMerchant",
    "MailInvoice",
    "CloseWindow",
    "SweepDue",
    "KeepDue",
    "SweepNotifications",
    "ErasePersonalData",
]


def described(alarm: str) -> str:
    return str(ALARMS[alarm]["Properties"]["AlarmDescription"]["Fn::Sub"])


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_is_heard_and_says_what_it_means(name: str) -> None:
    properties = ALARMS[name]["Properties"]
    assert properties["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    assert 40 < len(described(name)) < 1024  # more is refused
    assert ALARMS[name]["Condition"] == "IsAws"


def test_each_row_of_a_mapping_has_its_alarm() -> None:
    """An alarm of a kind stands in a mapping and in a list: one that was left out of the list would be silent."""
    meant = [row["Means"] for mapping in template()["Mappings"].values() for row in mapping.values()]
    assert len(meant) > 20
    assert set(meant) <= {described(name).partition(". Runbook: ")[0] for name in ALARMS}


@pytest.mark.parametrize("name", IN_THE_BACKGROUND)
def test_what_no_caller_sees_fail_has_an_alarm(name: str) -> None:
    properties = ALARMS[f"{name}ErrorsAlarm"]["Properties"]
    assert properties["MetricName"] == "Errors"
    assert properties["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": f"{name}Function"}}]


def test_the_dashboard_is_readable() -> None:
    (dashboard,) = resources("CloudWatch::Dashboard").values()
    body, named = dashboard["Properties"]["DashboardBody"]["Fn::Sub"]
    assert set(named) == {"Desk"}
    names = {each.split(".")[0] for each in re.findall(r"\$\{([^}]+)}", body) if not each.startswith("AWS::")}
    assert names <= set(template()["Resources"]) | set(template()["Parameters"])
    assert len(json.loads(re.sub(r"\$\{[^}]+}", "x", body))["widgets"]) >= 6


def test_the_sandbox_psp_is_a_system_of_its_own() -> None:
    for name, each in template()["Resources"].items():
        if "SandboxPsp" in name:
            assert each["Condition"] == ("SandboxPspOnAws" if name.endswith("OverTls") else "SandboxPsp"), name
            if each["Type"] == "AWS::Serverless::Function":
                assert {"Layers", "Environment"} <= set(each["IgnoreGlobals"])
                assert each["Properties"]["Layers"] == [{"Ref": "DependenciesLayer"}]
                assert not {"ORDERS_TABLE", "MERCHANTS_TABLE"} & set(each["Properties"]["Environment"]["Variables"])


def test_each_verb_is_named() -> None:
    for properties in functions().values():
        for event in properties.get("Events", {}).values():
            assert event["Properties"].get("Method", "").lower() != "any"


def test_what_api_gateway_refuses_is_a_problem_too() -> None:
    for name, each in resources("Serverless::Api")["Api"]["Properties"]["GatewayResponses"].items():
        problem = json.loads(each["ResponseTemplates"]["application/json"]["Fn::Sub"][0])
        assert problem["status"] == each["StatusCode"], name
        assert {"type", "title", "code", "detail"} <= set(problem)
        assert each["ResponseParameters"]["Headers"]["Content-Type"] == "'application/problem+json'"


def test_production_has_no_sandbox() -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    assert {"local", "staging", "production"} <= set(config)
    overrides = config["production"]["deploy"]["parameters"]["parameter_overrides"]
    assert "WithSandboxPsp=false" in overrides
    for place in ("local", "staging", "production"):
        assert f"Stage={place}" in config[place]["deploy"]["parameters"]["parameter_overrides"]


def test_each_waived_finding_has_its_reason() -> None:
    lines = (ROOT / ".checkov.yaml").read_text().splitlines()
    for above, line in pairwise(lines):
        if line.strip().startswith("- CKV"):
            assert above.strip().startswith("#"), line


@pytest.mark.parametrize(
    "path",
    [*sorted((ROOT / "layers").glob("*/requirements.txt")), *sorted((ROOT / "tools/requirements").glob("*.txt"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_requirements_are_pinned_and_hashed(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    for entry in filter(None, map(str.strip, entries)):
        assert re.match(r"[\w.\-\[\],]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry
