"""The sandbox PSP's own cloud, out of moto, and everything it has put into its queue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from functions.sandbox_psp.sandbox import api, clients
from tests.sandbox_psp.support import CREDENTIALS, PSP_URL

TABLE = "sandbox-psp"


@pytest.fixture(autouse=True)
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Table, queue, secret and links of this test alone. Clients are kept: making them is slow."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "SANDBOX_PSP_TABLE": TABLE,
        "SANDBOX_PSP_SECRET_ID": "sandbox-psp-secret",
        "LINKS_PARAMETER": "/tillgate/test/links",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        _forget()
        _make_resources(monkeypatch)
        yield
        _forget()


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that comes too late comes soon enough for a test."""
    monkeypatch.setattr(api, "TOO_LATE_SECONDS", 0.0)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Every message put into the queue, each with its `delay`."""
    messages: list[dict[str, Any]] = []
    queue = clients.client("sqs")
    send = queue.send_message

    def record(**call: Any) -> Any:
        messages.append(json.loads(call["MessageBody"]) | {"delay": call["DelaySeconds"]})
        return send(**call)

    monkeypatch.setattr(queue, "send_message", record)
    return messages


def _forget() -> None:
    for remembered in (clients.credentials, clients.public_url):
        remembered.cache_clear()


def _make_resources(monkeypatch: pytest.MonkeyPatch) -> None:
    clients.client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    queue = clients.client("sqs").create_queue(QueueName="sandbox-psp-notifications")
    monkeypatch.setenv("SANDBOX_PSP_NOTIFICATIONS_QUEUE_URL", queue["QueueUrl"])
    clients.client("secretsmanager").create_secret(
        Name="sandbox-psp-secret", SecretString=json.dumps(CREDENTIALS._asdict())
    )
    clients.client("ssm").put_parameter(
        Name="/tillgate/test/links", Type="String", Value=json.dumps({"api_url": "x", "psp_url": PSP_URL})
    )
