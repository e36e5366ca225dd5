"""Lets time pass for one order of the local system (ONE-6): 30 minutes, 120 minutes, seven days, at once.

Nothing of Tillgate knows of this and no clock is changed. The order's past is made longer instead: every instant in its
items, its history included, moves back by the same span, as if all of it had happened that much earlier. Then the
function that the payment window's state machine calls does what time demands, with the code that runs in production.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from local import aws
from local.place import Place, TroubleError

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:00)")
WINDOW = re.compile(r"(?<=-)\d{8}T\d{6}\b")  # in the name of a window: its end, to the second
MOST_ITEMS = 100  # of one transaction


def pass_time(place: Place, order_key: str, span: timedelta) -> None:
    """What happened to the order lies `span` further back afterwards, and what fell due meanwhile is done."""
    names: dict[str, str] = json.loads(place.resources_file.read_text())
    dynamodb, table = aws.client(place, "dynamodb"), names["OrdersTable"]
    items = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": order_key}},
        ConsistentRead=True,
    )["Items"]
    if not items or len(items) > MOST_ITEMS:
        raise TroubleError(f"There is no such order, or its history is too long: {order_key}")
    puts = [_put(table, item, moved(item, lambda text: earlier(text, span))) for item in items]
    dynamodb.transact_write_items(TransactItems=puts)
    close = aws.client(place, "lambda").invoke(
        FunctionName=names["CloseWindowFunction"], Payload=json.dumps({"order_key": order_key}).encode()
    )
    if "FunctionError" in close:
        raise TroubleError(f"Time has passed, but closing failed: {close['Payload'].read().decode()}")


def earlier(text: str, span: timedelta) -> str:
    """The text with every instant in it moved back, each in the form it had."""

    def instant(match: re.Match[str]) -> str:
        then = datetime.fromisoformat(match[0]) - span
        end = "Z" if match[0].endswith("Z") else "+00:00"
        digits = "." in match[0]
        return then.strftime("%Y-%m-%dT%H:%M:%S.%f" if digits else "%Y-%m-%dT%H:%M:%S") + end

    def window(match: re.Match[str]) -> str:
        return (datetime.strptime(match[0], "%Y%m%dT%H%M%S") - span).strftime("%Y%m%dT%H%M%S")

    return WINDOW.sub(window, INSTANT.sub(instant, text))


def moved(value: Any, change: Callable[[str], str]) -> Any:
    """A DynamoDB value with every text in it changed, names of map entries included."""
    if isinstance(value, dict):
        return {change(name): moved(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [moved(inner, change) for inner in value]
    return change(value) if isinstance(value, str) else value


def _put(table: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Written only if nobody changed the order meanwhile."""
    if before["sk"] != after["sk"]:  # a key with an instant in it is left where it is
        after = after | {"sk": before["sk"]}
    put: dict[str, Any] = {"TableName": table, "Item": after}
    if "version" in before:
        put |= {
            "ConditionExpression": "#version = :read",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {":read": before["version"]},
        }
    return {"Put": put}


def main() -> None:
    """`python -m local.time_machine FOLDER PORT ORDER_KEY MINUTES`."""
    folder, port, order_key, minutes = sys.argv[1:5]
    pass_time(Place(Path(folder).resolve(), int(port)), order_key, timedelta(minutes=int(minutes)))


if __name__ == "__main__":
    main()
