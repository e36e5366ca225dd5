"""Transport, rotation and what is in front of the API: what only AWS has, read in the template."""

from __future__ import annotations

import json
from typing import Any

from tests.template.reading import functions, resources, statements, template

OVER_TLS = {"Bool": {"aws:SecureTransport": "false"}}


def denied(kind: str) -> dict[str, dict[str, Any]]:
    """The policies of one kind that deny what does not come over TLS, by what they are about."""
    found = {}
    for each in resources(kind).values():
        said = each["Properties"]["PolicyDocument"]["Statement"]
        (statement,) = [statement for statement in said if statement["Effect"] == "Deny"]
        assert (statement["Effect"], statement["Principal"], statement["Condition"]) == ("Deny", "*", OVER_TLS)
        assert statement["Action"] in ("sqs:*", "s3:*")
        assert each["Condition"] in ("IsAws", "SandboxPspOnAws", "HasTrail")
        if kind == "SQS::QueuePolicy":  # a queue's policy is about that queue, whatever it names
            assert statement["Resource"] == "*"
        for about in each["Properties"].get("Queues", [each["Properties"].get("Bucket")]):
            assert kind == "SQS::QueuePolicy" or about["Ref"] in json.dumps(statement["Resource"])
            found[about["Ref"]] = statement
    return found


def test_every_queue_and_bucket_is_reached_over_tls_alone() -> None:
    assert set(denied("SQS::QueuePolicy")) == set(resources("SQS::Queue"))
    assert set(denied("S3::BucketPolicy")) == set(resources("S3::Bucket"))


def test_keys_are_rotated_on_a_schedule() -> None:
    (schedule,) = resources("Scheduler::Schedule").values()
    assert schedule["Condition"] == "IsAws"
    assert schedule["Properties"]["ScheduleExpression"] == "rate(30 days)"
    target = schedule["Properties"]["Target"]
    assert target["Arn"] == {"Ref": "AdminFunction.Alias"}
    assert json.loads(target["Input"]) == {"action": "rotate_token_key"}
    assert all(each["Properties"]["EnableKeyRotation"] is True for each in resources("KMS::Key").values())


def test_waf_is_a_recipe_that_a_parameter_switches_on() -> None:
    parameters, conditions = template()["Parameters"], template()["Conditions"]
    assert parameters["WithWaf"]["Default"] == "false"
    assert {"Condition": "IsAws"} in conditions["HasWaf"]["Fn::And"]
    assert [each["Condition"] for each in resources("WAFv2::WebACL").values()] == ["HasWaf"]
    (association,) = resources("WAFv2::WebACLAssociation").values()
    assert association["Condition"] == "HasWaf"
    assert "restapis/${Api}/stages/${Api.Stage}" in association["Properties"]["ResourceArn"]["Fn::Sub"]
    rules = resources("WAFv2::WebACL")["Waf"]["Properties"]["Rules"]
    assert sorted(rule["Priority"] for rule in rules) == list(range(1, len(rules) + 1))


def test_long_answers_are_compressed() -> None:
    assert resources("Serverless::Api")["Api"]["Properties"]["MinimumCompressionSize"] <= 1024


def test_who_answers_strangers_counts_them() -> None:
    """Each function that the API calls has the grant to count either merchants or strangers."""
    guarded = {where for where, each in statements() if each.get("Resource") == {"Fn::GetAtt": ["GuardsTable", "Arn"]}}
    assert guarded == {"IssueTokenFunction", "CanCheckTokens", "CanMeetStrangers"}
    uncounted = {"ReceivePspNotificationFunction", "SandboxPspFunction"}  # who speaks to them signs each call
    for name, each in functions().items():
        if any(event["Type"] == "Api" for event in each.get("Events", {}).values()):
            granted = {policy["Ref"] for policy in each["Policies"] if "Ref" in policy}
            counts = name == "IssueTokenFunction" or granted & {"CanCheckTokens", "CanMeetStrangers"}
            assert bool(counts) is (name not in uncounted), name
