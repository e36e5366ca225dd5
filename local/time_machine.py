"""Lets time pass for one order of the local system (ONE-6): 30 minutes, two hours or seven days in an instant.

Tillgate does not know about this, and no clock is changed. Instead, the order moves into the past: every timestamp in
its items, including its history, moves back by the same span, as if everything had happened that much earlier. Then the
function that the payment window's state machine calls does what is due, with the code that runs in production.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from local import aws
from local.place import Place, TroubleError
from tillgate.store.shared.packing import packed, text_of, unpacked

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:00)")
WINDOW = re.compile(r"(?<=-)\d{8}T\d{6}\b")  # the end of a window, to the second, in an execution's name
MOST_ITEMS = 80  # per order, in one transaction of at most 100
MOST_PAYMENTS = 20
PATIENCE = 5.0  # seconds; an ending that waits for a PSP longer than that goes on by itself


def pass_time(place: Place, order_key: str, span: timedelta) -> None:
    """Moves the order's past back by `span`, and does what has become due."""
    names: dict[str, str] = json.loads(place.resources_file.read_text())
    dynamodb, table = aws.client(place, "dynamodb"), names["OrdersTable"]
    items = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": order_key}},
        ConsistentRead=True,
    )["Items"]
    if not items or len(items) > MOST_ITEMS:
        raise TroubleError(f"The order does not exist, or its history is too long: {order_key}")
    puts = [_put(table, item, moved(item, lambda text: earlier(text, span))) for item in items]
    puts += _at_psp(dynamodb, names["SandboxPspTable"], order_key, span)
    dynamodb.transact_write_items(TransactItems=puts)
    close = aws.client(place, "lambda").invoke(
        FunctionName=names["CloseWindowFunctionAliaslive"], Payload=json.dumps({"order_key": order_key}).encode()
    )
    if "FunctionError" in close:
        raise TroubleError(f"Time has passed, but closing the window failed: {close['Payload'].read().decode()}")
    _wait_for_ending(dynamodb, table, order_key)


def _wait_for_ending(dynamodb: Any, table: str, order_key: str) -> None:
    """The window's own execution has seen the change too. If it was first, the order ends there, a moment later."""
    key = {"pk": {"S": order_key}, "sk": {"S": "ORDER"}}
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        item = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
        if "ending" not in json.loads(text_of(item, "order")):
            return
        time.sleep(0.1)


def _at_psp(dynamodb: Any, table: str, order_key: str, span: timedelta) -> list[dict[str, Any]]:
    """The sandbox PSP's payments move too: the PSP decides how long the money is held."""
    number = order_key.removeprefix("ord_")
    keys = [f"PAYMENT#pay_{number}_{position}" for position in range(1, MOST_PAYMENTS + 1)]
    found = (
        dynamodb.get_item(TableName=table, Key={"pk": {"S": key}, "sk": {"S": "PAYMENT"}}).get("Item") for key in keys
    )
    items = itertools.takewhile(bool, found)
    return [{"Put": {"TableName": table, "Item": moved(item, lambda text: earlier(text, span))}} for item in items]


def earlier(text: str, span: timedelta) -> str:
    """The text with every timestamp in it moved back, each in its original format."""

    def instant(match: re.Match[str]) -> str:
        then = datetime.fromisoformat(match[0]) - span
        end = "Z" if match[0].endswith("Z") else "+00:00"
        digits = "." in match[0]
        return then.strftime("%Y-%m-%dT%H:%M:%S.%f" if digits else "%Y-%m-%dT%H:%M:%S") + end

    def window(match: re.Match[str]) -> str:
        return (datetime.strptime(match[0], "%Y%m%dT%H%M%S") - span).strftime("%Y%m%dT%H%M%S")

    return WINDOW.sub(window, INSTANT.sub(instant, text))


def moved(value: Any, change: Callable[[str], str]) -> Any:
    """A DynamoDB value with every string in it moved back, including the keys of maps and packed documents."""
    if isinstance(value, dict) and "pk" in value:
        return packed({name: moved(inner, change) for name, inner in unpacked(value).items()})
    if isinstance(value, dict):
        return {change(name): moved(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [moved(inner, change) for inner in value]
    return change(value) if isinstance(value, str) else value


def _put(table: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """A write that fails if the order has changed in the meantime."""
    if before["sk"] != after["sk"]:  # a timestamp in the key does not move
        after = after | {"sk": before["sk"]}
    if "windows" in before:  # its executions have other names now
        after = after | {"forward": {"S": "yes"}}
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
