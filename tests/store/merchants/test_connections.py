"""Connections in the merchants table: no writer loses another one's change; each process keeps them for a minute."""

from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Lock, Thread
from typing import Any

import pytest

from tests.functions.world import NOON, World
from tillgate.domain.merchants.connections import Connection, Credentials, Value
from tillgate.domain.shared.modes import Mode
from tillgate.runtime.aws import client
from tillgate.store.merchants.connections import Connections
from tillgate.store.shared.failures import Contended


@pytest.fixture
def connections(world: World) -> Connections:
    return Connections(client("dynamodb"), "MerchantsTable", world.system.clock)


def with_value(name: str) -> Callable[[Connection | None], Connection]:
    """Adds a value to the test credentials."""

    def change(before: Connection | None) -> Connection:
        connection = before or Connection("mer_1", "acme", Mode.TEST)
        values = connection.test.values if connection.test else ()
        return replace(connection, test=Credentials("sealed", (*values, Value(name, name, NOON, "Ada"))))

    return change


def names(connection: Connection | None) -> list[str]:
    assert connection
    assert connection.test
    return sorted(value.name for value in connection.test.values)


def test_what_is_written_is_read(connections: Connections) -> None:
    assert connections.load("mer_1", "acme") is None
    made = connections.change("mer_1", "acme", with_value("a"))
    assert made.revision == 1
    assert connections.load("mer_1", "acme") == connections.find("mer_1", "acme") == made
    other = connections.change("mer_1", "other", lambda _: Connection("mer_1", "other", Mode.LIVE))
    assert connections.of_merchant("mer_1") == [made, other]
    assert connections.of_merchant("mer_2") == []


def test_absence_is_kept_for_a_minute_too(connections: Connections, world: World) -> None:
    assert connections.find("mer_1", "acme") is None
    Connections(client("dynamodb"), "MerchantsTable").change("mer_1", "acme", with_value("a"))
    world.system.seconds += 59
    assert connections.find("mer_1", "acme") is None
    world.system.seconds += 1
    assert names(connections.find("mer_1", "acme")) == ["a"]


@pytest.mark.parametrize("there", [False, True], ids=["new", "there"])
def test_who_was_overtaken_decides_again_on_what_the_other_wrote(connections: Connections, there: bool) -> None:
    if there:
        connections.change("mer_1", "acme", with_value("first"))
    seen: list[int] = []

    def overtaken(before: Connection | None) -> Connection:
        seen.append(before.revision if before else 0)
        if len(seen) == 1:
            connections.change("mer_1", "acme", with_value("theirs"))
        return with_value("ours")(before)

    made = connections.change("mer_1", "acme", overtaken)
    assert seen == [int(there), int(there) + 1]
    assert names(made) == names(connections.load("mer_1", "acme")) == sorted(["ours", "theirs", *["first"][:there]])


def test_whoever_is_always_overtaken_gives_up_and_has_changed_nothing(connections: Connections) -> None:
    others: list[Any] = []

    def overtaken(before: Connection | None) -> Connection:
        others.append(connections.change("mer_1", "acme", with_value(f"theirs {len(others)}")))
        return with_value("ours")(before)

    with pytest.raises(Contended):
        connections.change("mer_1", "acme", overtaken)
    assert connections.load("mer_1", "acme") == others[-1]


class _OneAtATime:
    """moto's tables are not made for threads; what races is what each has read before it writes."""

    def __init__(self) -> None:
        self._lock, self._dynamodb = Lock(), client("dynamodb")

    def get_item(self, **arguments: Any) -> Any:
        with self._lock:
            return self._dynamodb.get_item(**arguments)

    def transact_write_items(self, **arguments: Any) -> Any:
        with self._lock:
            return self._dynamodb.transact_write_items(**arguments)


def test_two_threads_that_have_read_the_same_both_keep_their_change(world: World) -> None:
    both_have_read = Barrier(2)
    dynamodb = _OneAtATime()

    def writer(name: str) -> None:
        tries: list[int] = []

        def change(before: Connection | None) -> Connection:
            tries.append(1)
            if len(tries) == 1:
                both_have_read.wait(timeout=30)
            return with_value(name)(before)

        Connections(dynamodb, "MerchantsTable").change("mer_1", "acme", change)

    for round_ in range(5):
        threads = [Thread(target=writer, args=(f"{round_}{name}",)) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    found = Connections(dynamodb, "MerchantsTable").load("mer_1", "acme")
    assert names(found) == [f"{round_}{name}" for round_ in range(5) for name in "ab"]
    assert found
    assert found.revision == 10
