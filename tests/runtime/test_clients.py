"""What our clients leave out of botocore changes no call: the endpoint is the one that the rules give."""

from typing import Any

import botocore.session
import pytest

from tillgate.runtime.aws import client, config

OPERATIONS = {
    "cloudwatch": "GetMetricData",
    "dynamodb": "GetItem",
    "kms": "Decrypt",
    "secretsmanager": "GetSecretValue",
    "sesv2": "SendEmail",
    "sqs": "SendMessage",
    "ssm": "GetParameter",
    "stepfunctions": "StartExecution",
}


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1", "ap-southeast-7", "cn-north-1", "us-gov-west-1"])
@pytest.mark.parametrize("service", OPERATIONS)
def test_the_endpoint_is_that_of_the_rules(service: str, region: str) -> None:
    ruled: Any = botocore.session.Session().create_client(service, region_name=region, config=config)
    operation = ruled.meta.service_model.operation_model(OPERATIONS[service])
    told = ruled._ruleset_resolver.construct_endpoint(operation, {}, {"client_config": ruled.meta.config})
    assert told.url == ruled.meta.endpoint_url
    assert not told.headers
    assert "authSchemes" not in told.properties


@pytest.mark.parametrize("service", [*OPERATIONS, "s3"])
def test_rules_are_left_out_where_they_say_nothing(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    ours = client.__wrapped__(service)
    assert (ours._ruleset_resolver is None) is (service != "s3")


def test_retries_and_time_outs_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    kept = client.__wrapped__("dynamodb").meta.config
    assert kept.retries == {"mode": "standard", "total_max_attempts": 5}
    assert (kept.connect_timeout, kept.read_timeout) == (2, 5)
