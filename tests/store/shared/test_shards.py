"""Counts of shards that change while somebody reads: nothing is missed, whoever knows of it first (ADR 132)."""

from datetime import timedelta

import pytest

from tests.functions.world import World
from tillgate.store.shared import shards
from tillgate.store.shared.due_index import shard_of, shards_to_read


def set_to(monkeypatch: pytest.MonkeyPatch, name: str, written: int, read: int) -> None:
    monkeypatch.setenv(name, str(written))
    monkeypatch.setenv(f"{name}_READ", str(read))


def create(world: World, numbers: range) -> None:
    for number in numbers:
        world.passes(timedelta(seconds=1))
        world.created(order_reference=f"A-{number}")


def listed(world: World, limit: str) -> list[str]:
    """All pages of the merchant's list, newest first."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = world.call("list_orders", query={"limit": limit} | cursor).json
        found += [order["order_reference"] for order in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize("limit", ["1", "3", "50"])
def test_a_list_is_read_right_while_its_shards_are_raised_and_lowered(
    world: World, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    keys = iter(f"ord_{number:026d}" for number in range(100))
    monkeypatch.setattr("tillgate.use_cases.orders.create_order.new_order_key", lambda: next(keys))
    for step, (written, read) in enumerate([(1, 1), (1, 4), (4, 4), (1, 4)]):
        set_to(monkeypatch, "LIST_SHARDS", written, read)
        create(world, range(5 * step, 5 * step + 5))
        assert listed(world, limit) == [f"A-{number}" for number in reversed(range(5 * step + 5))]
    written_to = {item["list_key"]["S"] for item in world.everything() if item["sk"]["S"] == "ORDER"}
    assert len(written_to) > 1


def test_what_falls_due_is_found_while_shards_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [f"ord_{number}" for number in range(500)]
    set_to(monkeypatch, "DUE_SHARDS", 16, 16)
    before = {shard_of(order) for order in orders}
    set_to(monkeypatch, "DUE_SHARDS", 16, 128)
    assert before <= set(shards_to_read())
    with monkeypatch.context() as other:
        set_to(other, "DUE_SHARDS", 128, 128)
        after = {shard_of(order) for order in orders}
    assert after <= set(shards_to_read())  # of one that does not write among so many yet
    assert len(after) > len(before)


def test_the_first_list_has_the_name_that_it_had_before_there_were_more(monkeypatch: pytest.MonkeyPatch) -> None:
    set_to(monkeypatch, "LIST_SHARDS", 3, 3)
    assert shards.list_keys("mer_1") == ["mer_1", "mer_1#~1", "mer_1#~2"]
