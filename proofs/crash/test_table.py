"""The in-memory table behaves like DynamoDB: the same calls to it and to moto must have the same results."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from proofs.crash.processes import forget
from proofs.crash.scenarios import SCENARIOS
from proofs.crash.table import INDEXES, Tables
from proofs.crash.world import new_world

TABLES = ("orders", "merchants", "psp")
CHOSEN = ("start_payment: after one that awaits", "refund_order: two tenders", "by itself: nobody comes")


class _Recorder(Tables):
    """Records every call with its result."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, str, str]] = []

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in ("get_item", "put_item", "transact_write_items", "query", "update_item", "batch_get_item"):
            return found

        def call(**given: Any) -> Any:
            asked = json.dumps(given, default=_coded)
            try:
                answer = found(**given)
            except ClientError as error:
                self.calls.append((name, asked, _refusal(error)))
                raise
            self.calls.append((name, asked, _told(answer)))
            return answer

        return call


def _coded(value: bytes) -> dict[str, str]:
    return {"bytes": base64.b64encode(value).decode()}


def _decoded(value: dict[str, Any]) -> Any:
    return base64.b64decode(value["bytes"]) if set(value) == {"bytes"} else value


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1")
        for table in TABLES:
            _make(client, table)
        yield client


def _make(client: Any, table: str) -> None:
    names = {"pk", "sk"} | ({name for pair in INDEXES.values() for name in pair} if table == "orders" else set())
    indexes = [
        {"IndexName": name, "KeySchema": _schema(*pair), "Projection": {"ProjectionType": "ALL"}}
        for name, pair in INDEXES.items()
    ]
    client.create_table(
        TableName=table,
        KeySchema=_schema("pk", "sk"),
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in sorted(names)],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": indexes} if table == "orders" else {}),
    )


def _schema(hashed: str, ranged: str) -> list[dict[str, str]]:
    return [{"AttributeName": hashed, "KeyType": "HASH"}, {"AttributeName": ranged, "KeyType": "RANGE"}]


@pytest.mark.parametrize("name", CHOSEN)
def test_the_same_calls_have_the_same_answers(name: str, dynamodb: Any) -> None:
    recorder = _Recorder()
    scenario = next(each for each in SCENARIOS if each.name == name)
    with new_world() as world:
        recorder.items = world.cloud.tables.items
        world.cloud.tables = recorder
        forget()
        key = scenario.prepare(world)
        scenario.act(world, key)
        scenario.act(world, key)  # once more: conditions that fail
        world.settle()
    for table, items in _before(recorder).items():
        for item in items:
            dynamodb.put_item(TableName=table, Item=item)
    assert len(recorder.calls) > 10
    for operation, asked, told in recorder.calls:
        assert _asked(dynamodb, operation, json.loads(asked, object_hook=_decoded)) == told, (operation, asked)


def _before(recorder: _Recorder) -> dict[str, list[Any]]:
    """Creates the merchant, which existed before recording began."""
    return {"merchants": list(recorder.items.get("merchants", {}).values())}


def _asked(client: Any, operation: str, given: dict[str, Any]) -> str:
    try:
        return _told(getattr(client, operation)(**given))
    except ClientError as error:
        return _refusal(error)


def _told(answer: dict[str, Any]) -> str:
    wanted = {name: answer[name] for name in ("Item", "Items", "Responses", "Attributes") if name in answer}
    return json.dumps(wanted, sort_keys=True, default=_coded)


def _refusal(error: ClientError) -> str:
    response: Any = error.response
    reasons = [(each["Code"], each.get("Item")) for each in response.get("CancellationReasons", [])]
    return json.dumps([response["Error"]["Code"], reasons], sort_keys=True, default=_coded)
