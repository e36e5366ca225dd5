"""Strangers may name accounts and connectors as they like: a process keeps no more for it, reads little (ADR 128)."""

import gc
from collections.abc import Callable
from typing import Any

import pytest

from tests.functions.acme import with_acme
from tests.functions.world import World
from tillgate.connectors.host.card_fields import module
from tillgate.runtime import bounded


class NoItems:
    """A table in which nobody is; counts the reads."""

    def __init__(self) -> None:
        self.reads = 0

    def get_item(self, **_: Any) -> dict[str, Any]:
        self.reads += 1
        return {}


@pytest.fixture
def table(world: World, monkeypatch: pytest.MonkeyPatch) -> NoItems:
    with_acme(world, monkeypatch)
    found = NoItems()
    monkeypatch.setattr(world.system.connections, "_dynamodb", found)
    return found


def notified(world: World, connector: str, merchant_id: str) -> tuple[int, str]:
    path = {"connector": connector, "merchant_id": merchant_id}
    return world.call("receive_psp_notification", "{}", token=None, path=path).refusal


def entries() -> int:
    """In all dicts, lists and sets of this process."""
    return sum(len(each) for each in gc.get_objects() if isinstance(each, (dict, list, set)))


def made_up(number: int) -> str:
    return f"mer_{number:020x}"


@pytest.mark.parametrize(
    "call",
    [
        lambda world, number: notified(world, "acme", made_up(number)),
        lambda world, number: notified(world, f"acme{number}", made_up(number)),
        lambda _, number: module(f"acme{number}"),
        lambda world, number: world.call("list_orders", token=f"made.up.{number}", query={}),
    ],
    ids=["accounts", "connectors", "scripts", "tokens"],
)
@pytest.mark.usefixtures("table")
def test_a_process_keeps_no_more_for_made_up_names(
    world: World, monkeypatch: pytest.MonkeyPatch, call: Callable[[World, int], object]
) -> None:
    monkeypatch.setattr(bounded, "MOST_KEPT", 50)
    for number in range(10):
        call(world, number)  # what is loaded once
    before = entries()
    for number in range(500):
        call(world, number)
    assert entries() - before < 300


@pytest.mark.usefixtures("table")
def test_of_ten_thousand_made_up_accounts_a_process_keeps_some(world: World) -> None:
    before = entries()
    for number in range(10_000):
        assert world.system.who_notifies("acme", made_up(number)) == [None]
    assert entries() - before < 4 * bounded.MOST_KEPT


def test_each_made_up_account_is_read_once_in_a_minute(world: World, table: NoItems) -> None:
    assert {notified(world, "acme", made_up(number)) for number in (1, 2, 1, 2)} == {(401, "unauthorized")}
    assert table.reads == 2


@pytest.mark.parametrize("merchant_id", ["mer_", "x", "mer_%00", "MER_1", "mer_" + "a" * 41, "mer_é1", "mer_1\n"])
def test_what_can_be_no_account_is_refused_without_a_read(world: World, table: NoItems, merchant_id: str) -> None:
    assert notified(world, "acme", merchant_id) == (404, "not_found")
    assert table.reads == 0
