"""Orders in all the states that a release leaves behind, with everything that lies beside them in the tables."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest

from tests import tokens
from tests.functions.aws import emptied
from tests.functions.world import ORDER_KEY, World
from tillgate import wiring
from tillgate.domain.payments.operations import OperationStatus
from tillgate.runtime import backoff
from tillgate.runtime.aws import client
from tillgate.use_cases.orders import create_order

TABLES = ("OrdersTable", "MerchantsTable", "ShoppersTable", "GuardsTable")
AWAITING = OperationStatus.AWAITING_SHOPPER
LONG = {"metadata": {"basket": ["a long line of a long basket"] * 40}}  # larger than what is stored as plain text

Item = dict[str, Any]


@contextmanager
def a_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Time stands still, keys are counted; the tables have one merchant, `mer_1`."""
    numbers, links = count(1), count(1)
    with emptied(monkeypatch):
        world = World()
        monkeypatch.setattr(wiring, "System", lambda: world.system)
        monkeypatch.setattr(backoff, "sleep", world.pauses.append)
        monkeypatch.setattr(create_order, "new_order_key", lambda: f"ord_{next(numbers):026d}")
        world.has_token_keys(tokens.public_keys(), tokens.PRIVATE)
        monkeypatch.setattr(create_order, "new_menu_key", lambda: f"mk_{next(links):026d}")
        world.has_merchant()
        yield world


def _operated(world: World, operation: str, payment_id: str, amount: int) -> None:
    world.psp.says(OperationStatus.SUCCEEDED)
    answer = world.call(operation, {"amount": amount}, path={"payment_id": payment_id}, key=f"{operation}-{amount}")
    assert answer.status == 200, answer.text


def _captured(world: World) -> None:
    _operated(world, "capture_payment", world.paid(**LONG), 4999)


def _refunded(world: World) -> None:
    payment_id = world.paid()
    _operated(world, "capture_payment", payment_id, 4000)
    _operated(world, "refund_payment", payment_id, 1000)


def _awaiting(world: World) -> None:
    world.created(**LONG)
    world.started(AWAITING)


def _unknown(world: World) -> None:
    world.created()
    world.started(OperationStatus.UNKNOWN)


def _declined_then_paid(world: World) -> None:
    world.created()
    world.started(OperationStatus.FAILED)
    world.started()


# A life, and what can be done with such an order: the operation, and the amount.
LIVES: dict[str, tuple[Callable[[World], object], tuple[str, int] | None]] = {
    "created": (lambda world: world.created(**LONG), ("start_payment", 4999)),
    "awaiting the shopper": (_awaiting, None),
    "unknown": (_unknown, None),
    "authorized": (lambda world: world.paid(), ("capture_payment", 4999)),
    "declined, then authorized": (_declined_then_paid, ("cancel_payment", 4999)),
    "captured": (_captured, ("refund_payment", 4999)),
    "refunded in part": (_refunded, ("refund_payment", 1000)),
}


def answers(world: World) -> dict[str, Any]:
    """What the API says of the order."""
    path = {"order_key": ORDER_KEY}
    found = {name: world.call(name, path=path) for name in ("get_order", "get_history")}
    found["list_orders"] = world.call("list_orders", query={})
    assert all(answer.status == 200 for answer in found.values()), found
    return {name: answer.json for name, answer in found.items()}


def stored() -> dict[str, list[Item]]:
    """All items, as they can be kept in a file."""
    return {table: [_as_text(each) for each in client("dynamodb").scan(TableName=table)["Items"]] for table in TABLES}


def put(tables: dict[str, list[Item]]) -> None:
    """Items of a release, in place of those that are there."""
    for table, items in tables.items():
        for each in client("dynamodb").scan(TableName=table)["Items"]:
            client("dynamodb").delete_item(TableName=table, Key={"pk": each["pk"], "sk": each["sk"]})
        for each in items:
            client("dynamodb").put_item(TableName=table, Item=_as_stored(each))


def _as_text(item: Item) -> Item:
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value for name, value in item.items()
    }


def _as_stored(item: Item) -> Item:
    return {name: {"B": base64.b64decode(value["B"])} if "B" in value else value for name, value in item.items()}
