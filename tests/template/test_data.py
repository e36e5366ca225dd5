"""Nothing that was promised is lost: tables, queues, streams, secrets."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.template.reading import ROOT, function, functions, on_aws, on_this_machine, resources, template

TABLES = {name: each for name, each in resources("DynamoDB::Table").items() if "SandboxPsp" not in name}
QUEUES = {name: each["Properties"] for name, each in resources("SQS::Queue").items()}
SOURCES = {name: each["Properties"] for name, each in resources("Lambda::EventSourceMapping").items()}
WORKING = {name: queue for name, queue in QUEUES.items() if "RedrivePolicy" in queue}
ALARMS = {name: each["Properties"] for name, each in resources("CloudWatch::Alarm").items()}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_can_be_brought_back(name: str) -> None:
    table = TABLES[name]
    properties = table["Properties"]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert properties["DeletionProtectionEnabled"] == {"Fn::If": ["ProtectsTables", True, False]}
    wanted, asked_for = template()["Conditions"]["ProtectsTables"]["Fn::And"]
    assert wanted == {"Condition": "IsAws"}
    assert asked_for == {"Fn::Equals": [{"Ref": "ProtectTables"}, "true"]}


def test_the_orders_table_has_its_stream_and_indexes() -> None:
    orders = TABLES["OrdersTable"]["Properties"]
    assert orders["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    indexes = {each["IndexName"]: each for each in orders["GlobalSecondaryIndexes"]}
    keys = {name: [key["AttributeName"] for key in each["KeySchema"]] for name, each in indexes.items()}
    assert keys == {"by_merchant": ["list_key", "listed_at"], "due": ["due_shard", "due_at"]}
    assert {each["Projection"]["ProjectionType"] for each in indexes.values()} == {"KEYS_ONLY"}


def test_each_queue_has_a_dead_letter_queue_or_is_one() -> None:
    dead = {queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] for queue in WORKING.values()}
    lost = {
        source["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        for source in SOURCES.values()
        if "DestinationConfig" in source
    }
    assert set(QUEUES) == set(WORKING) | dead | lost
    for name in dead | lost:
        assert QUEUES[name]["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert all(queue["SqsManagedSseEnabled"] is True for queue in QUEUES.values())


@pytest.mark.parametrize("name", [name for name in QUEUES if name not in WORKING and "SandboxPsp" not in name])
def test_an_alarm_rings_when_something_lies_in_a_dead_letter_queue(name: str) -> None:
    watched = [alarm for alarm in ALARMS.values() if alarm_on(alarm, name)]
    assert [alarm["MetricName"] for alarm in watched] == ["ApproximateNumberOfMessagesVisible"]
    assert watched[0]["Threshold"] == 0


@pytest.mark.parametrize("name", [name for name in WORKING if "SandboxPsp" not in name])
def test_an_alarm_rings_when_messages_wait_too_long(name: str) -> None:
    assert "ApproximateAgeOfOldestMessage" in [a["MetricName"] for a in ALARMS.values() if alarm_on(a, name)]


@pytest.mark.parametrize("name", SOURCES)
def test_one_bad_record_does_not_bring_back_its_neighbours(name: str) -> None:
    assert SOURCES[name]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("name", [name for name, source in SOURCES.items() if "StartingPosition" not in source])
def test_a_message_stays_hidden_while_its_function_may_still_run(name: str) -> None:
    queue = WORKING[SOURCES[name]["EventSourceArn"]["Fn::GetAtt"][0]]
    timeout = functions()[function(SOURCES[name]["FunctionName"])]["Timeout"]
    times = 1 if "SandboxPsp" in name else 6
    assert on_aws(queue["VisibilityTimeout"]) >= times * timeout
    assert on_this_machine(queue["VisibilityTimeout"]) >= timeout


def test_the_stream_is_tried_again_divided_and_what_is_lost_is_named() -> None:
    source = SOURCES["ForwardChangesSource"]
    restored = "${OrdersTable.Arn}${RestoredOrders}/stream/${RestoredOrdersStream}"
    assert source["EventSourceArn"] == {
        "Fn::If": ["OrdersAreRestored", {"Fn::Sub": restored}, {"Fn::GetAtt": ["OrdersTable", "StreamArn"]}]
    }
    assert source["StartingPosition"] == "TRIM_HORIZON"
    assert source["BisectBatchOnFunctionError"] is True
    assert 0 < source["MaximumRetryAttempts"] <= 100
    assert source["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["LostChangesQueue", "Arn"]}


def test_the_key_of_the_merchants_secrets_turns() -> None:
    (key,) = resources("KMS::Key").values()
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == "RetainExceptOnCreate"


def test_no_secret_is_written_down() -> None:
    for name, each in resources("SecretsManager::Secret").items():
        assert "SecretString" not in each["Properties"], name
        assert each["Properties"]["GenerateSecretString"]["PasswordLength"] >= 64
    assert not [name for name, each in template()["Parameters"].items() if each.get("NoEcho")]


def alarm_on(alarm: dict[str, Any], queue: str) -> bool:
    """Whether an alarm watches this queue."""
    return {"Fn::GetAtt": [queue, "QueueName"]} in [each["Value"] for each in alarm.get("Dimensions", [])]


def test_the_class_of_the_orders_table_can_be_chosen() -> None:
    """Of no other table: what grows for good is orders. The local cloud knows no classes."""
    with_class = {
        name: each["Properties"]["TableClass"]
        for name, each in resources("DynamoDB::Table").items()
        if "TableClass" in each["Properties"]
    }
    assert set(with_class) == {"OrdersTable"}
    assert on_aws(with_class["OrdersTable"]) == {"Ref": "OrdersTableClass"}
    assert on_this_machine(with_class["OrdersTable"]) == {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize("table", ["Orders", "Merchants", "Shoppers"])
def test_a_restored_table_is_read_instead_of_the_stacks_own(table: str) -> None:
    """Wherever the table's name or ARN stands, what a restored one has behind it stands, too."""
    text = (ROOT / "template.yaml").read_text()
    named = re.findall(rf"\$\{{{table}Table(?:\.Arn)?\}}(\$\{{Restored{table}\}})?", text)
    assert len(named) > 3
    assert all(named)
    assert f"!Ref {table}Table\n" not in text
    assert f"!GetAtt {table}Table.Arn" not in text
