"""What the functions find around them, out of moto: the template's own tables, its secrets, links, queues and key."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends
from moto.kms import models as kms
from moto.kms.utils import generate_private_key
from moto.secretsmanager.models import secretsmanager_backends
from moto.sqs.models import sqs_backends

from tests.template.reading import resources
from tillgate import wiring
from tillgate.api.http import access_tokens
from tillgate.connectors.host import credentials
from tillgate.runtime.aws import client
from tillgate.use_cases.shared import metering

ACCOUNT, REGION = "123456789012", "eu-west-1"  # moto's own
LINKS = {"api_url": "https://api.example.com/v1"}
PSP_SECRET = {"key_id": "sandbox", "secret": "a-secret-that-only-tests-know"}
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "STAGE": "test",
    "ORDERS_TABLE": "OrdersTable",
    "MERCHANTS_TABLE": "MerchantsTable",
    "SHOPPERS_TABLE": "ShoppersTable",
    "GUARDS_TABLE": "GuardsTable",
    "PSP_SECRETS": "sandbox=SandboxPspSecret",
    "MERCHANT_SECRETS_KEY_ID": "alias/merchant-secrets",
    "API_URL": "https://api.example.com/{stage}",
    "LINKS_PARAMETER": "/tillgate/test/links",
    "STAND_INS": "sandbox=https://psp.example.com/psp",
    "RETENTION_DAYS": "540",
    "ALLOW_LOCAL_URLS": "false",
    "WINDOW_STATE_MACHINE_ARN": "arn:aws:states:eu-west-1:123456789012:stateMachine:window",
    "WINDOW_DELAY_SECONDS": "900",
    "UNWIND_STATE_MACHINE_ARN": "arn:aws:states:eu-west-1:123456789012:stateMachine:unwind",
    "POWERTOOLS_SERVICE_NAME": "tillgate",
    "POWERTOOLS_METRICS_NAMESPACE": "Tillgate",
}
_KEY_PAIRS = cache(generate_private_key)  # moto makes an RSA key, which takes long, for symmetric ones too
_OF_A_TABLE = ("KeySchema", "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes")


@contextmanager
def cloud() -> Iterator[None]:
    """A cloud for the tests of a module: making one takes as long as ten calls. `emptied` before each test."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setattr(kms, "generate_private_key", _KEY_PAIRS)
        set_environment(patch)
        make_table("OrdersTable")
        make_table("MerchantsTable")
        make_table("ShoppersTable")
        make_table("GuardsTable")
        _make_secrets()
        yield


@contextmanager
def emptied(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing in the tables, no queues; the secrets are as they were, and nothing is remembered of them."""
    set_environment(monkeypatch)
    for table in dynamodb_backends[ACCOUNT][REGION].tables.values():
        table.items.clear()
    sqs_backends[ACCOUNT][REGION].queues.clear()
    secrets = secretsmanager_backends[ACCOUNT][REGION].secrets
    before = deepcopy(dict(secrets))
    _forget()
    yield
    _forget()
    dict.clear(secrets)
    secrets.update(before)


def set_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def make_table(logical_id: str) -> None:
    """A table as template.yaml has it, under its logical id."""
    properties = resources("DynamoDB::Table")[logical_id]["Properties"]
    client("dynamodb").create_table(
        TableName=logical_id, **{name: properties[name] for name in _OF_A_TABLE if name in properties}
    )


def make_queue(monkeypatch: pytest.MonkeyPatch, variable: str) -> str:
    """A queue whose URL the functions find in that variable."""
    url = str(client("sqs").create_queue(QueueName=variable.lower())["QueueUrl"])
    monkeypatch.setenv(variable, url)
    return url


def messages(queue_url: str) -> list[Any]:
    """The JSON of every message in the queue."""
    answer = client("sqs").receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def _make_secrets() -> None:
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    client("kms").create_alias(AliasName=ENVIRONMENT["MERCHANT_SECRETS_KEY_ID"], TargetKeyId=key)
    client("secretsmanager").create_secret(Name="SandboxPspSecret", SecretString=json.dumps(PSP_SECRET))
    client("ssm").put_parameter(Name="/tillgate/test/links", Type="String", Value=json.dumps(LINKS))


def _forget() -> None:
    wiring.system.cache_clear()
    access_tokens._read_again_at = 0.0
    access_tokens._known.clear()
    metering.forget()
    credentials.forget()
