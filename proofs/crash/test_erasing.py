"""An erasure that crashes anywhere is completed by the sweep, or has not begun at all (GO-7, ONE-3)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from proofs.crash.checks import flaws
from proofs.crash.processes import forget
from proofs.crash.scenarios import create_for, on_order, shopper
from proofs.crash.wire import Fault
from proofs.crash.world import LAMBDA_ENDS, World, new_world
from tillgate.store.shared.packing import unpacked

NAMED = ("Ada", "Church Street")
KEPT = timedelta(days=541)
ROUND = timedelta(hours=1, minutes=1)  # in which whatever could not be erased is tried again


def prepared(world: World) -> str:
    """A shopper with an address, one order that is over and one that is not."""
    key = shopper(world)
    address = {"line1": "7 Church Street", "city": "London", "country": "GB"}
    assert world.api("add_address", address, shopper_key=key)[0] == 201
    for reference in ("A-1", "A-2"):
        status, order = create_for(world, key, reference)
        assert status == 201, order
    assert on_order("withdraw_order", {})(world, order["order_key"])[0] == 200
    return key


def erase(world: World, key: str) -> Any:
    return world.api("erase_shopper", None, shopper_key=key)


def swept(world: World, _: str) -> Any:
    return world.function("erase_personal_data", {})


@dataclass(frozen=True)
class Way:
    """A way to start an erasure."""

    name: str
    before: Callable[[World], None]
    act: Callable[[World, str], Any]


WAYS = (
    Way("on demand", lambda world: None, erase),
    Way("after a time", lambda world: _passes(world, KEPT), swept),
)


def _passes(world: World, span: timedelta) -> None:
    world.settle()
    world.pass_time(span)


def personal(world: World) -> list[str]:
    tables = world.cloud.tables.items.values()
    stored = json.dumps([[unpacked(item) for item in table.values()] for table in tables])
    return [word for word in NAMED if word in stored]


def run(way: Way, plan: dict[int, Fault]) -> tuple[list[str], list[str]]:
    """What is wrong at the end, and the calls that were made."""
    with new_world(plan) as world:
        key = prepared(world)
        way.before(world)
        forget()
        world.wire.watched = True
        way.act(world, key)
        world.wire.watched = False
        world.pass_time(LAMBDA_ENDS)
        there = world.api("get_shopper", None, shopper_key=key)[0] == 200
        if there and way.act is erase:  # it died before it was begun: the merchant says it again
            assert "Ada" in personal(world)
            assert erase(world, key)[0] == 204
        world.settle()
        for _ in range(2):
            swept(world, key)
            world.pass_time(ROUND)
        found = personal(world) + flaws(world) + ([] if world.wire.struck == len(plan) else ["not every fault was met"])
        if world.api("get_shopper", None, shopper_key=key)[0] != 404:
            found.append("the shopper is there")
        if [order.amount for order in map(world.order, world.order_keys())] != [4999, 4999]:
            found.append("money facts changed")
        return found, world.wire.places


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_every_place(way: Way, record_property: Callable[[str, object], None]) -> None:
    found, places = run(way, {})
    assert found == []
    assert len(places) > 6
    wrong = {}
    for number, place in enumerate(places):
        for fault in Fault:
            if found := run(way, {number: fault})[0]:
                wrong[f"{number} {place}, {fault.value}"] = found
    record_property("crash", (f"erasing {way.name}", len(places), len(places) * len(Fault)))
    assert wrong == {}
