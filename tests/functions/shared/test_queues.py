"""Batches: each message for itself, and what cannot even be read brings back no other."""

from collections.abc import Callable
from typing import Any

import pytest

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
