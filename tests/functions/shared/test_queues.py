"""Batches: each message for itself, and what cannot even be read brings back no other."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.marketplace.sum_vendors import app as sum_vendors
from tillgate.runtime.batches import each_change, each_message, each_message_at_once

Take = Callable[[dict[str, Any]], None]


def batch(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]}


def failing(message: dict[str, Any]) -> None:
    if message["fails"]:
        raise RuntimeError("told to")


@pytest.mark.parametrize("each", [each_message, each_message_at_once])
def test_only_what_failed_comes_again(each: Callable[[dict[str, Any], Take], dict[str, Any]]) -> None:
    answer = each(batch('{"fails": false}', '{"fails": true}', "no JSON", '{"fails": false}', "{}"), failing)
    assert answer == {"batchItemFailures": [{"itemIdentifier": number} for number in "124"]}


def test_a_stream_names_its_records_by_their_place() -> None:
    records = [{"dynamodb": {"SequenceNumber": str(number)}, "fails": number == 2} for number in range(4)]
    assert each_change({"Records": records}, failing) == {"batchItemFailures": [{"itemIdentifier": "2"}]}


def test_a_stream_is_taken_in_its_order_until_one_fails() -> None:
    """Lambda replays a shard from its first failure: what is behind it comes again anyway."""
    begun: list[int] = []

    def take(record: dict[str, Any]) -> None:
        begun.append(record["number"])
        if record["number"] >= 2:
            raise RuntimeError("told to")

    records = [{"dynamodb": {"SequenceNumber": f"s{number}"}, "number": number} for number in range(5)]
    assert each_change({"Records": records}, take) == {"batchItemFailures": [{"itemIdentifier": "s2"}]}
    assert begun == [0, 1, 2]


def test_orders_are_summed_until_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first record of the first order that failed is where the stream goes on."""
    summed: list[str] = []

    def take_over(_system: object, order_key: str, cause: str) -> None:
        summed.append(order_key)
        if order_key == "ord_2":
            raise RuntimeError(cause)

    monkeypatch.setattr(sum_vendors, "take_over_sums", take_over)
    orders = ["ord_1", "ord_2", "ord_1", "ord_2", "ord_3"]
    records = [
        {"dynamodb": {"SequenceNumber": f"s{number}", "Keys": {"pk": {"S": key}, "sk": {"S": "VENDOR_SUMS#1"}}}}
        for number, key in enumerate(orders)
    ]
    assert sum_vendors.handler({"Records": records}, None) == {"batchItemFailures": [{"itemIdentifier": "s1"}]}
    assert summed == ["ord_1", "ord_2"]


@pytest.mark.parametrize("each", [each_message, each_message_at_once])
def test_each_failure_is_counted(
    capsys: pytest.CaptureFixture[str], each: Callable[[dict[str, Any], Take], dict[str, Any]]
) -> None:
    """To AWS a partial batch failure is a success, so the function's `Errors` stay at zero."""
    each(batch('{"fails": true}', '{"fails": false}', "no JSON"), failing)
    assert capsys.readouterr().out.count('"BatchItemFailed":[1.0]') == 2
