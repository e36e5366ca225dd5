"""What services of AWS do by themselves, which the local cloud does not, and what the template says to it."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pytest

from tests.template.reading import ROOT, as_list, functions, on_aws, resources, statements, template
from tillgate.runtime import telemetry

SOURCES = {name: each["Properties"] for name, each in resources("Lambda::EventSourceMapping").items()}
KMS = [(where, each) for where, each in statements() if str(each["Action"]).count("kms:")]

# Headers of a function's answer that API Gateway renames to `x-amzn-remapped-...`, or writes itself (ADR 94).
REMAPPED = ("Connection", "Content-Length", "Content-MD5", "Date", "Server", "Transfer-Encoding", "WWW-Authenticate")


def test_no_second_stage_is_made() -> None:
    """SAM makes one called `Stage` beside the one that is named, but for OpenAPI 3."""
    assert template()["Globals"]["Api"]["OpenApiVersion"] == "3.0.1"
    assert all("OpenApiVersion" not in each["Properties"] for each in resources("Serverless::Api").values())


def test_metric_lines_are_never_dropped() -> None:
    """Lambda takes a line without a level of its own for INFO, and drops it where the level is higher."""
    logging = template()["Globals"]["Function"]["LoggingConfig"]
    assert (logging["LogFormat"], logging["ApplicationLogLevel"], logging["SystemLogLevel"]) == ("JSON", "INFO", "WARN")
    assert not [name for name, each in functions().items() if "LoggingConfig" in each]


def test_each_level_that_can_be_chosen_makes_a_difference(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    for level in template()["Parameters"]["LogLevel"]["AllowedValues"]:
        monkeypatch.setitem(os.environ, "POWERTOOLS_LOG_LEVEL", level)
        telemetry._least.cache_clear()
        telemetry.logger.info("one")
        telemetry.logger.warning("two")
        telemetry.logger.error("three")
        telemetry.count("Four")
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        written.append(len(lines))
        assert "_aws" in lines[-1]
    telemetry._least.cache_clear()
    assert written == [4, 3, 2]


def queues_it_sends_to(name: str) -> set[str]:
    return {
        resource["Fn::GetAtt"][0]
        for where, statement in statements()
        if where == name and "sqs:SendMessage" in as_list(on_aws(statement["Action"]))
        for resource in as_list(statement["Resource"])
    }


def queues_it_reads(name: str) -> set[str]:
    return {each["EventSourceArn"]["Fn::GetAtt"][0] for each in SOURCES.values() if each["FunctionName"]["Ref"] == name}


def test_who_feeds_its_own_queue_is_not_taken_for_a_runaway() -> None:
    """Lambda stops a message that has gone round sixteen times; for no other function is that switched off."""
    feeds_itself = {name for name in functions() if queues_it_sends_to(name) & queues_it_reads(name)}
    assert feeds_itself == {"NotifyMerchantFunction", "NotifyFromSandboxPspFunction"}
    assert {name for name, each in functions().items() if each.get("RecursiveLoop") == "Allow"} == feeds_itself


def test_every_queue_is_read_with_bounded_concurrency() -> None:
    """What is made up for after an outage leaves the account's concurrency to the API."""
    of_queues = {name: each for name, each in SOURCES.items() if "StartingPosition" not in each}
    assert len(of_queues) >= 4
    for name, each in of_queues.items():
        assert 2 <= each["ScalingConfig"]["MaximumConcurrency"] <= 50, name


def test_state_machines_fan_out_with_bounded_concurrency() -> None:
    for path in (ROOT / "statemachines").glob("*.asl.yaml"):
        text = path.read_text()
        assert text.count("Type: Map") == len(re.findall(r"MaxConcurrency: [1-9]\d?\n", text)), path.name


def test_metrics_of_each_method_are_asked_for() -> None:
    (settings,) = resources("Serverless::Api")["Api"]["Properties"]["MethodSettings"]
    assert settings["MetricsEnabled"] == {"Ref": "ApiMethodMetrics"}
    assert template()["Parameters"]["ApiMethodMetrics"]["Default"] == "false"


def test_what_holds_data_stays_but_for_a_first_deploy_that_failed() -> None:
    kept = [
        *(each for name, each in resources("DynamoDB::Table").items() if "SandboxPsp" not in name),
        *resources("KMS::Key").values(),
        *resources("S3::Bucket").values(),
        resources("SecretsManager::Secret")["TokenSecret"],
    ]
    assert len(kept) >= 6
    for each in kept:
        assert (each["DeletionPolicy"], each["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert template()["Parameters"]["ProtectTables"]["Default"] == "true"


def test_who_is_nobody_yet_may_only_look_itself_up_and_count_its_guesses() -> None:
    """IssueToken is called without a token."""
    granted = {
        action: each
        for where, each in statements()
        if where == "IssueTokenFunction"
        for action in as_list(each["Action"])
    }
    assert set(granted) == {"secretsmanager:GetSecretValue", "dynamodb:GetItem", "dynamodb:UpdateItem"}
    assert granted["dynamodb:UpdateItem"]["Condition"] == {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["GUESSES#*"]}
    }
    assert functions()["IssueTokenFunction"]["Policies"][0].keys() == {"Statement"}


@pytest.mark.parametrize(("where", "statement"), KMS, ids=[where for where, _ in KMS])
def test_of_the_merchants_secrets_each_opens_those_of_one_purpose(where: str, statement: dict[str, Any]) -> None:
    condition = on_aws(statement["Condition"])
    signed_calls = {"StringEquals": {"kms:EncryptionContext:purpose": "request-signature"}}
    notifications = {"Null": {"kms:EncryptionContext:purpose": "true"}}
    wanted = signed_calls if where in ("CanCheckTokens", "MerchantSettingsFunction") else notifications
    assert condition == wanted
    assert (statement["Action"] == "kms:Decrypt") is (where in ("CanCheckTokens", "NotifyMerchantFunction"))


def test_of_the_headers_that_are_renamed_only_one_is_answered_and_the_guide_tells_it() -> None:
    """A client of a REST API never sees `WWW-Authenticate` under its name."""
    source = "".join(
        path.read_text()
        for folder in ("layers/tillgate/tillgate/api", "functions")
        for path in (ROOT / folder).rglob("*.py")
        if "sandbox_psp" not in path.parts
    )
    answered = {name for name in REMAPPED if re.search(rf'"{name}": (?:f?["\'])', source)}
    assert answered == {"WWW-Authenticate"}
    assert "x-amzn-remapped-www-authenticate" in (ROOT / "docs/merchant-guide.md").read_text()


def test_what_is_waived_of_checkovs_findings_is_true() -> None:
    """CKV_AWS_116: what is invoked asynchronously comes again by its schedule, and its event says nothing."""
    scheduled = {
        name: event["Properties"]
        for name, each in functions().items()
        for event in each.get("Events", {}).values()
        if event["Type"] == "Schedule"
    }
    assert set(scheduled) == {
        *("SweepDueFunction", "SweepNotificationsFunction", "ErasePersonalDataFunction"),
        *("ReconcileFunction", "ReportFromSandboxPspFunction"),
    }
    assert not [name for name, each in scheduled.items() if "Input" in each]
    assert not resources("SNS::Subscription").keys() - {"AlarmEmailSubscription"}
    waived = (ROOT / ".checkov.yaml").read_text()
    assert all(word in waived for word in ("MaximumConcurrency", "MaxConcurrency", "settlement reports"))
