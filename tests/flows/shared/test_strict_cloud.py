"""The local cloud is as strict as AWS when it is told so (ONE-1): else flows would show less than they seem to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.strict import EVERY, TRIES, Streams, cut
from tests.flows.client import new_reference
from tests.flows.inside import Client

pytestmark = pytest.mark.flow
ROUNDS = range(50)
ONE, OTHER = {"pk": {"S": "one"}, "sk": {"S": "-"}}, {"pk": {"S": "other"}, "sk": {"S": "-"}}


@pytest.fixture
def table(aws: Client) -> Iterator[str]:
    """A table of its own, with an index."""
    name, dynamodb = f"strict-{new_reference()}", aws("dynamodb")
    index = {"IndexName": "by_colour", "KeySchema": [{"AttributeName": "colour", "KeyType": "HASH"}]}
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in ("pk", "sk", "colour")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[index | {"Projection": {"ProjectionType": "KEYS_ONLY"}}],
    )
    yield name
    dynamodb.delete_table(TableName=name)


def refusals(*calls: Callable[[], Any]) -> set[str]:
    """What calls that are made at once, over and over, are refused with."""

    def refusal(call: Callable[[], Any]) -> str:
        try:
            call()
        except ClientError as error:
            reasons: list[Any] = error.response.get("CancellationReasons", [])
            return "+".join([error.response["Error"]["Code"], *(each["Code"] for each in reasons)])
        return ""

    with ThreadPoolExecutor(len(calls)) as at_once:
        return {each for _ in ROUNDS for each in at_once.map(refusal, calls)} - {""}


def test_of_transactions_that_meet_one_is_cancelled(aws: Client, table: str) -> None:
    dynamodb = aws("dynamodb")
    both = [{"Put": {"TableName": table, "Item": each}} for each in (ONE, OTHER)]
    transaction = partial(dynamodb.transact_write_items, TransactItems=both[:1])
    larger = partial(dynamodb.transact_write_items, TransactItems=both[::-1])
    found = refusals(transaction, larger)
    assert found <= {
        "TransactionCanceledException+TransactionConflict",
        "TransactionCanceledException+None+TransactionConflict",
    }
    assert found


def test_a_single_write_that_meets_a_transaction_is_refused(aws: Client, table: str) -> None:
    dynamodb = aws("dynamodb")
    transaction = [{"Put": {"TableName": table, "Item": ONE}}]
    writes = partial(dynamodb.transact_write_items, TransactItems=transaction)
    for single in (
        partial(dynamodb.put_item, TableName=table, Item=ONE),
        partial(dynamodb.update_item, TableName=table, Key=ONE),
        partial(dynamodb.delete_item, TableName=table, Key=ONE),
    ):
        assert refusals(writes, single) == {"TransactionConflictException"}
    assert refusals(writes, partial(dynamodb.put_item, TableName=table, Item=OTHER)) == set()


def test_what_was_written_is_seen_late_but_by_consistent_reads(aws: Client, table: str) -> None:
    dynamodb = aws("dynamodb")
    of_index = {"IndexName": "by_colour", "KeyConditionExpression": "colour = :blue"}
    of_table = {"KeyConditionExpression": "pk = :one"}
    blue, one = (
        {"ExpressionAttributeValues": {":blue": {"S": "blue"}}},
        {"ExpressionAttributeValues": {":one": ONE["pk"]}},
    )

    def seen(**more: Any) -> list[bool]:
        return [
            "Item" in dynamodb.get_item(TableName=table, Key=ONE, **more),
            bool(dynamodb.batch_get_item(RequestItems={table: {"Keys": [ONE]} | more})["Responses"][table]),
            bool(dynamodb.query(TableName=table, **of_table, **one, **more)["Items"]),
        ]

    def late() -> bool:
        """Whether a read that was made right after the write saw nothing of it. A machine may take long for either."""
        dynamodb.delete_item(TableName=table, Key=ONE)
        while any(seen()) or dynamodb.query(TableName=table, **of_index, **blue)["Items"]:
            pass
        dynamodb.put_item(TableName=table, Item=ONE | {"colour": {"S": "blue"}})
        assert all(seen(ConsistentRead=True))
        return not any([*seen(), *dynamodb.query(TableName=table, **of_index, **blue)["Items"]])

    assert any(late() for _ in ROUNDS)


@pytest.mark.parametrize(
    ("instant", "waited_for"),
    [
        ("2030-01-01T12:00:00.999999Z", "2030-01-01T12:00:00Z"),
        ("2030-01-01T12:00:00.1+00:00", "2030-01-01T12:00:00Z"),
        ("2030-01-01T12:00:00Z", "2030-01-01T12:00:00Z"),
    ],
)
def test_a_wait_knows_no_fractions_of_a_second(instant: str, waited_for: str) -> None:
    assert cut(instant) == waited_for


def batch(*names: str) -> dict[str, Any]:
    return {"Records": [{"eventSource": "aws:dynamodb", "dynamodb": {"SequenceNumber": each}} for each in names]}


def always() -> bool:
    return True


class Function:
    """Fails at the record of that name, so many times; answers as a function with `ReportBatchItemFailures`."""

    def __init__(self, fails_at: str = "", times: int = 0) -> None:
        self.fails_at, self.times = fails_at, times
        self.given: list[str] = []

    def __call__(self, _: Any, event: dict[str, Any]) -> dict[str, Any]:
        names = [each["dynamodb"]["SequenceNumber"] for each in event["Records"]]
        self.given.append("".join(names))
        fails = self.fails_at in names and self.times > 0
        self.times -= fails
        return {"body": {"batchItemFailures": [{"itemIdentifier": self.fails_at}] if fails else []}}


def test_a_batch_is_replayed_from_its_first_failure() -> None:
    function = Function(fails_at="b", times=2)
    Streams(function, always).execute(None, batch("a", "b", "c"))
    assert function.given == ["abc", "bc", "bc"]


def test_a_batch_that_always_fails_is_given_up() -> None:
    function = Function(fails_at="b", times=1000)
    Streams(function, always).execute(None, batch("a", "b", "c"))
    assert len(function.given) == TRIES


def test_some_batches_come_twice_and_messages_of_queues_once() -> None:
    function = Function()
    streams = Streams(function, always)
    for number in range(2 * EVERY):
        streams.execute(None, batch(str(number)))
    assert sorted(function.given) == sorted([*"012345", "2", "5"])
    answers = Streams(lambda _, event: {"body": event}, always).execute(None, {"Records": [{"eventSource": "aws:sqs"}]})
    assert answers == {"body": {"Records": [{"eventSource": "aws:sqs"}]}}
    kind = Function(fails_at="b", times=1)
    Streams(kind, lambda: False).execute(None, batch("a", "b"))
    assert kind.given == ["ab"]
