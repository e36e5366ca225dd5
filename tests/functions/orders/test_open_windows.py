"""Minutes after a window began: what is still open gets its execution, what was paid gets none (EV-6, TH-3)."""

import json
from typing import Any

import pytest

from tests.functions.world import ORDER_KEY, World, invoke, sample
from tillgate.domain.payments.operations import OperationStatus
from tillgate.runtime import executions


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    calls: list[Any] = []

    class States:
        def start_execution(self, **call: Any) -> None:
            calls.append((call["name"], json.loads(call["input"])))

    monkeypatch.setattr(executions, "client", lambda _: States())
    return calls


def ask() -> None:
    assert invoke("open_windows", sample("open_windows")) == {"batchItemFailures": []}


def test_an_order_that_nobody_paid(world: World, started: list[Any]) -> None:
    world.created()
    ask()
    given = {"order_key": ORDER_KEY, "due_at": "2030-01-01T14:00:00Z"}
    assert started == [(f"{ORDER_KEY}-20300101T140000", given)]


def test_an_order_and_its_payment_that_awaits_the_shopper(world: World, started: list[Any]) -> None:
    world.created()
    world.started(OperationStatus.AWAITING_SHOPPER)
    ask()
    assert [(name.removeprefix(ORDER_KEY), given["due_at"]) for name, given in started] == [
        ("-20300101T140000", "2030-01-01T14:00:00Z"),
        ("-payment-1", "2030-01-01T12:30:00Z"),
    ]


def test_an_order_that_was_paid_meanwhile(world: World, started: list[Any]) -> None:
    world.created()
    world.started()
    ask()
    assert started == []


def test_an_order_that_is_gone(world: World, started: list[Any]) -> None:
    ask()
    assert started == []
