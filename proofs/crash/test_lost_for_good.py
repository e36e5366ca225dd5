"""Messages lost for good between the table and a merchant are recovered from the table (CM-6, TH-10), and items that
keep failing hold up nothing else (GO-4).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from proofs.crash.checks import flaws
from proofs.crash.scenarios import SCENARIOS, Scenario, on_order, on_payment, paid
from proofs.crash.world import World, new_world
from tillgate.store.notifications.outbox import GRACE

MINUTE = timedelta(minutes=1)


def versions_told(world: World, key: str) -> set[int]:
    """The changes in the notification log."""
    skeys = [sk for pk, sk in world.cloud.tables.items["orders"] if pk == key and sk.startswith("NOTIFICATION#")]
    return {int(sk.split("#")[1]) for sk in skeys}


NOT_TOLD = ("create_order", "update_order", "save_instrument", "delete_instrument")  # the merchant's own word alone


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if not s.settles], ids=lambda scenario: scenario.name)
def test_a_merchant_is_told_though_the_stream_is_never_read(scenario: Scenario) -> None:
    """CM-6: the forwarding function is dead for good, for windows and announcements alike."""
    with new_world() as world:
        world.engine.dead.add("forward_changes")
        key = scenario.prepare(world)
        scenario.act(world, key)
        world.settle()
        assert flaws(world) == []
        assert world.inbox or scenario.name in NOT_TOLD


def test_every_change_is_announced_not_the_last_alone() -> None:
    """CM-6: each change has a delivery of its own, minutes later."""
    with new_world() as world:
        world.engine.dead.add("forward_changes")
        key = paid()(world)
        on_payment("capture_payment", {"amount": 1000, "final": False})(world, key)
        on_payment("refund_payment", {"amount": 500})(world, key)
        world.settle(GRACE - MINUTE)
        assert versions_told(world, key) == set()
        world.settle(2 * MINUTE)
        assert versions_told(world, key) == {3, 5, 7}
        assert flaws(world) == []


def test_a_message_that_the_queue_loses_is_queued_again() -> None:
    with new_world() as world:
        key = paid()(world)
        while world.engine._forward("forward_changes"):
            pass
        world.cloud.queues["merchant-out"].clear()
        world.settle(2 * GRACE)
        assert versions_told(world, key) == {3}
        assert flaws(world) == []


def test_a_change_that_cannot_be_announced_comes_again_later_and_later() -> None:
    with new_world() as world:
        key = paid()(world)
        (account,) = (item for (_, sk), item in world.cloud.tables.items["merchants"].items() if sk == "PROFILE")
        document, account["document"] = account["document"], {"S": "nonsense"}
        times = []
        for _ in range(9):
            world.settle(timedelta(seconds=1))
            world.cloud.queues["merchant-out"].clear()
            item = world.cloud.tables.items["orders"][key, "CHANGE#000003"]
            due_at = datetime.fromisoformat(item["due_at"]["S"])
            times.append(due_at)
            world.cloud.now = due_at
        gaps = [round((later - earlier) / MINUTE) for earlier, later in pairwise(times)]
        assert gaps[:4] == [1, 1, 2, 4]
        assert gaps[-1] == 60
        account["document"] = document
        world.settle()
        assert flaws(world) == []
        assert "put_off_since" not in world.cloud.tables.items["orders"][key, "CHANGE#000003"]


def poison(world: World, like: str, number: int) -> None:
    """An unreadable order in the same shard, due before all others."""
    items = world.cloud.tables.items["orders"]
    broken = {**items[like, "ORDER"], "pk": {"S": f"ord_poison{number}"}, "order": {"S": "nonsense"}}
    items[f"ord_poison{number}", "ORDER"] = broken | {"due_at": {"S": "2020-01-01T00:00:00.000000Z"}}


def unreadable(world: World, like: str, number: int) -> None:
    """An unreadable parked notification."""
    shard = {"due_shard": {"S": "PARKED"}, "due_at": {"S": "2020-01-01T00:00:00.000000Z"}}
    key = {"pk": {"S": f"PARKED#{number}"}, "sk": {"S": "PARKED"}}
    world.cloud.tables.items["orders"][f"PARKED#{number}", "PARKED"] = key | shard | {"parked": {"S": "nonsense"}}


def starved(world: World) -> str:
    """An order whose outcome only the sweep can find."""
    key = paid("tok_timeout")(world)
    world.pass_time(2 * MINUTE)
    return key


@pytest.mark.parametrize("kind", [poison, unreadable])
def test_what_cannot_be_helped_starves_nobody(kind: Callable[[World, str, int], None]) -> None:
    """GO-4: a hundred failing items precede one that can succeed; a sweep takes 25 parked notifications."""
    with new_world() as world:
        key = starved(world)
        for number in range(100):
            kind(world, key, number)
        sweeps = 0
        while world.order(key).payments[0].status != "AUTHORIZED":
            world.function("sweep_due", {})
            while world.engine.consume("due"):
                pass
            world.pass_time(MINUTE)
            sweeps += 1
            assert sweeps < 10
        items = world.cloud.tables.items["orders"]
        for name in [name for name in items if "poison" in name[0] or name[0].startswith("PARKED#")]:
            del items[name]
        world.settle()
        assert flaws(world) == []


def test_one_that_fails_is_helped_once_it_can_be() -> None:
    """Postponed by a minute, then longer, at most an hour; after a success no trace of it is left."""
    with new_world() as world:
        key = starved(world)
        item = world.cloud.tables.items["orders"][key, "ORDER"]
        order, item["order"] = item["order"], {"S": "nonsense"}
        gaps: list[Any] = []
        for _ in range(9):
            world.function("sweep_due", {})
            item = world.cloud.tables.items["orders"][key, "ORDER"]
            due_at = datetime.fromisoformat(item["due_at"]["S"])
            gaps.append(round((due_at - world.now) / MINUTE))
            world.cloud.now = due_at
        assert gaps[:5] == sorted(gaps[:5])
        assert (gaps[0] <= 2, gaps[-1]) == (True, 60)
        item["order"] = order
        world.settle()
        assert on_order("get_order", None)(world, key)[1]["status"] == "AUTHORIZED"
        assert flaws(world) == []
        assert "put_off_since" not in world.cloud.tables.items["orders"][key, "ORDER"]
