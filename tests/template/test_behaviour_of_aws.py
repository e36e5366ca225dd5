"""What services of AWS do by themselves, which the local cloud does not, and what the template says to it."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pytest

from tests.template.reading import ROOT, as_list, function, functions, on_aws, resources, statements, table, template
from tillgate.runtime import telemetry
from tillgate.store.shared.encryption import EMAIL_KEY

SOURCES = {name: each["Properties"] for name, each in resources("Lambda::EventSourceMapping").items()}
KMS = [(where, each) for where, each in statements() if str(each["Action"]).count("kms:")]

# Headers that a REST API "may" rename to `x-amzn-Remapped-...`, as AWS lists them (ADR 94).
REMAPPED = (
    *("Accept", "Accept-Charset", "Accept-Encoding", "Age", "Authorization", "Connection", "Content-Encoding"),
    *("Content-Length", "Content-MD5", "Content-Type", "Date", "Expect", "Host", "Max-Forwards", "Pragma"),
    *("Proxy-Authenticate", "Range", "Referer", "Server", "TE", "Trailer", "Transfer-Encoding", "Upgrade"),
    *("User-Agent", "Via", "Warn", "WWW-Authenticate"),
)


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
    mine = [each["EventSourceArn"] for each in SOURCES.values() if function(each["FunctionName"]) == name]
    return {each["Fn::GetAtt"][0] for each in mine if "Fn::GetAtt" in each}  # a stream may be a restored table's


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
    ]
    assert len(kept) >= 6
    for each in kept:
        assert (each["DeletionPolicy"], each["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert template()["Parameters"]["ProtectTables"]["Default"] == "true"


def test_who_is_nobody_yet_may_only_look_itself_up_and_count_its_guesses() -> None:
    """IssueToken is called without a token."""
    mine = [each for where, each in statements() if where == "IssueTokenFunction"]
    guards = [each for each in mine if each["Resource"] == {"Fn::GetAtt": ["GuardsTable", "Arn"]}]
    assert [len(guards), len(mine)] == [1, 4]
    granted = {action: each for each in mine if each not in guards for action in as_list(each["Action"])}
    keys = {action: _leading_keys(each) for action, each in granted.items() if action.startswith("dynamodb:")}
    own = ["TOKEN_KEYS", "TOKEN_SIGNING_KEYS"]
    assert keys == {
        "dynamodb:GetItem": ["CLIENT#*", "MERCHANT#*", *own],
        "dynamodb:PutItem": own,
        "dynamodb:DeleteItem": own,
    }
    assert set(granted) - set(keys) == {"kms:Decrypt", "kms:GenerateDataKeyPairWithoutPlaintext"}
    assert functions()["IssueTokenFunction"]["Policies"][0].keys() == {"Statement"}


def test_no_function_but_one_can_sign_a_token() -> None:
    """Whoever opens a private key, or publishes one of its own, could."""
    opens = {
        where
        for where, each in KMS
        if {"kms:Decrypt", "kms:*"} & {str(action) for action in as_list(each["Action"])}
        and on_aws(each["Condition"]) == {"StringEquals": {"kms:EncryptionContext:purpose": "access-token"}}
    }
    assert opens == {"IssueTokenFunction"}
    assert all(on_aws(each["Condition"]) for _, each in KMS)
    publishes = {
        where
        for where, each in statements()
        if {"dynamodb:PutItem", "dynamodb:UpdateItem"} & {str(action) for action in as_list(each["Action"])}
        and table("Merchants") in as_list(each["Resource"])
        and any("TOKEN_KEYS".startswith(key.rstrip("*")) for key in _leading_keys(each) or ["*"])
    }
    assert publishes == {"IssueTokenFunction", "AdminFunction"}


def test_each_function_reads_the_partitions_of_the_merchants_table_that_it_needs() -> None:
    """Only AWS looks at leading keys. Who lists all merchants reads the whole table, where secrets are sealed."""
    merchants = table("Merchants")
    found: dict[str, set[str]] = {}
    for where, each in statements():
        if merchants in as_list(each["Resource"]) and each["Action"] == "dynamodb:Scan":
            assert (where, on_aws(each["Condition"])) == ("CanListMerchants", KEYS_ALONE)
        elif merchants in as_list(each["Resource"]):
            assert _leading_keys(each), where
            found.setdefault(where, set()).update(_leading_keys(each))
    keys = {"TOKEN_KEYS", "TOKEN_SIGNING_KEYS"}
    assert {name for name, about in found.items() if "TOKEN_SIGNING_KEYS" in about} == {
        "IssueTokenFunction",
        "AdminFunction",
    }
    assert found.pop("IssueTokenFunction") == {"CLIENT#*", "MERCHANT#*", *keys}
    assert found.pop("AdminFunction") == {"CLIENT#*", "HISTORY#*", *keys}
    assert found.pop("CanChangeMerchants") == {"MERCHANT#*", "CONNECTIONS#*", "HISTORY#*"}
    assert found.pop("CanReadHistory") == {"HISTORY#*"}
    assert found.pop("ReconcileFunction") == {"CONNECTIONS#*"}
    for name in ("CreatePayoutFunction", "DeskFunction", "DeskActionsFunction"):
        assert found.pop(name) == {"CLIENT#*"}
    assert {frozenset(about) for about in found.values()} == {frozenset({"MERCHANT#*"}), frozenset({"TOKEN_KEYS"})}


def test_the_history_of_accounts_is_only_put_and_read() -> None:
    merchants = table("Merchants")
    granted = {
        action
        for _, each in statements()
        if merchants in as_list(each["Resource"])
        and each["Action"] != "dynamodb:Scan"
        and "HISTORY#*" in _leading_keys(each)
        for action in as_list(each["Action"])
    }
    assert granted == {"dynamodb:PutItem", "dynamodb:Query"}


@pytest.mark.parametrize(
    ("policy", "actions"),
    [("CanFindByEmail", ["dynamodb:GetItem"]), ("CanHashEmails", ["dynamodb:GetItem", "dynamodb:PutItem"])],
)
def test_who_hashes_addresses_gets_the_key_of_hashes_and_no_shopper(policy: str, actions: list[str]) -> None:
    of_items = [
        each
        for owner, each in statements()
        if owner == policy and table("Shoppers") in as_list(each["Resource"]) and each["Action"] != "dynamodb:Query"
    ]
    assert [(as_list(each["Action"]), _leading_keys(each)) for each in of_items] == [(actions, ["EMAIL_KEY"])]


def test_every_operators_function_is_in_the_trail() -> None:
    """By its request id a record leads to the IAM caller."""
    (trail,) = resources("CloudTrail::Trail").values()
    assert trail["Condition"] == "HasTrail"
    (selector,) = trail["Properties"]["AdvancedEventSelectors"]
    (arns,) = [each["StartsWith"] for each in selector["FieldSelectors"] if each["Field"] == "resources.ARN"]
    recorded = {each["Fn::GetAtt"][0] for each in arns}
    operators = {name for name, each in functions().items() if "functions/operators/" in each["CodeUri"]}
    assert recorded == operators
    assert template()["Parameters"]["WithInvocationTrail"]["Default"] == "true"


def _leading_keys(statement: dict[str, Any]) -> list[str]:
    """The partitions that a statement is about; none for all."""
    (condition,) = statement.get("Condition", {"": {}}).values()
    keys: list[str] = condition.get("dynamodb:LeadingKeys", [])
    return keys


KEYS_ALONE = {  # of all items, nothing of what they hold
    "ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "sk"]},
    "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
}
SIGNED_CALLS = {"StringEquals": {"kms:EncryptionContext:purpose": "request-signature"}}
CREDENTIALS = {"StringEquals": {"kms:EncryptionContext:purpose": "connector-credentials"}}
INSTRUMENTS = {"StringEquals": {"kms:EncryptionContext:purpose": "payment-instrument"}}
WHAT_A_PSP_NEEDS = {"StringEquals": {"kms:EncryptionContext:purpose": ["connector-credentials", "payment-instrument"]}}
TOKENS = {"StringEquals": {"kms:EncryptionContext:purpose": "access-token"}}
NOTIFICATIONS = {"Null": {"kms:EncryptionContext:purpose": "true"}}
ADDRESSES = {"StringEquals": {"kms:EncryptionContext:purpose": EMAIL_KEY}}
WHAT_A_MERCHANT_SETS = {
    "StringEquals": {"kms:EncryptionContext:purpose": ["request-signature", "connector-credentials"]}
}
SECRETS = {
    "CanCheckTokens": [("kms:Decrypt", SIGNED_CALLS)],
    "NotifyMerchantFunction": [("kms:Decrypt", NOTIFICATIONS)],
    "CanCallPsps": [("kms:Decrypt", WHAT_A_PSP_NEEDS), ("kms:Encrypt", INSTRUMENTS)],
    "DeskActionsFunction": [("kms:Encrypt", NOTIFICATIONS)],
    "MerchantSettingsFunction": [("kms:Encrypt", WHAT_A_MERCHANT_SETS)],
    "AdminFunction": [
        *(("kms:Encrypt", NOTIFICATIONS), ("kms:Encrypt", CREDENTIALS)),
        ("kms:GenerateDataKeyPairWithoutPlaintext", TOKENS),
    ],
    "IssueTokenFunction": [(["kms:Decrypt", "kms:GenerateDataKeyPairWithoutPlaintext"], TOKENS)],
    "CanHashEmails": [(["kms:Decrypt", "kms:Encrypt"], ADDRESSES)],
    "CanFindByEmail": [("kms:Decrypt", ADDRESSES)],
}


def test_of_the_merchants_secrets_each_opens_those_of_one_purpose() -> None:
    found: dict[str, list[Any]] = {}
    for where, statement in KMS:
        found.setdefault(where, []).append((statement["Action"], on_aws(statement["Condition"])))
    assert found == SECRETS


def test_who_opens_credentials_calls_psps_and_who_seals_them_changes_accounts() -> None:
    """GO-8. Reading orders, checking tokens, notifying merchants or serving documents needs no credentials."""
    grants = {name: {str(policy.get("Ref")) for policy in each["Policies"]} for name, each in functions().items()}
    opens = {name for name, granted in grants.items() if "CanCallPsps" in granted}
    assert {name.removesuffix("Function") for name in set(grants) - opens} == {
        *("CreateOrder", "GetOrder", "OrderQueries", "MarketplaceQueries", "MerchantQueries", "DescribeApi", "Desk"),
        *("IssueToken", "ForwardChanges", "NotifyMerchant", "SweepNotifications", "ResendNotification", "MailInvoice"),
        *("DeskPersonal", "SettleSplit", "EraseShopper", "ErasePersonalData", "OpenWindows", "ExportDays"),
        *("SandboxPsp", "NotifyFromSandboxPsp", "ReportFromSandboxPsp"),
    }
    seals = {where for where, statement in KMS if statement["Action"] == "kms:Encrypt"} - {"CanCallPsps"}
    assert seals == {name for name, granted in grants.items() if "CanChangeMerchants" in granted}
    assert seals <= opens


def test_of_the_headers_that_are_renamed_only_one_is_answered_and_the_guide_tells_it() -> None:
    """A client of a REST API never sees `WWW-Authenticate` under its name."""
    source = "".join(
        path.read_text()
        for folder in ("layers/tillgate/tillgate/api", "functions")
        for path in (ROOT / folder).rglob("*.py")
        if "sandbox_psp" not in path.parts
    )
    answered = {name for name in REMAPPED if re.search(rf'"{name}": (?:f?["\'])', source)}
    harmless = {"Content-Type", "Pragma"}  # kept under its name; said beside Cache-Control
    assert answered - harmless == {"WWW-Authenticate"}
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
        *("ReconcileFunction", "ReportFromSandboxPspFunction", "ExportDaysFunction"),
    }
    assert not [name for name, each in scheduled.items() if "Input" in each]
    assert not resources("SNS::Subscription").keys() - {"AlarmEmailSubscription"}
    waived = (ROOT / ".checkov.yaml").read_text()
    assert all(word in waived for word in ("MaximumConcurrency", "MaxConcurrency", "settlement reports"))
