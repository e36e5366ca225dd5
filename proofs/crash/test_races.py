"""Two concurrent processes: between any two calls of one, the other runs from beginning to end.

Every place is enumerated, as for crashes. The loser reads again and decides again; nothing is taken twice.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from proofs.crash.checks import flaws
from proofs.crash.processes import forget
from proofs.crash.scenarios import AMOUNT, create, on_order, on_payment, paid
from proofs.crash.world import World, new_world

Act = Callable[[World, str], tuple[int, Any]]
CAPTURE = on_payment("capture_payment", {})
CANCEL = on_payment("cancel_payment", {})
PART = on_payment("capture_payment", {"amount": 3000, "final": False})
REFUND = on_payment("refund_payment", {"amount": 3000})
END = on_order("cancel_order", {})


def _other_key(act: Act) -> Act:
    """The same call by another caller, with an idempotency key of its own."""

    def acted(world: World, key: str) -> tuple[int, Any]:
        return world.with_keys("other", lambda: act(world, key))

    return acted


def raced(
    prepare: Callable[[World], str],
    first: Act,
    second: Act,
    place: int,
    opened: Callable[[], AbstractContextManager[World]] = new_world,
) -> tuple[World, str, list[int]] | None:
    """The world after both, and the statuses of their answers; None if the first makes fewer calls than that."""
    with opened() as world:
        key = prepare(world)
        forget()
        statuses: list[int] = []
        world.wire.meanwhile[place] = lambda: statuses.append(second(world, key)[0])
        world.wire.watched = True
        statuses.append(first(world, key)[0])
        world.wire.watched = False
        if place >= len(world.wire.places):
            return None
        world.settle()
        assert flaws(world) == [], (place, world.wire.places[place])
        return world, key, statuses


CASES = {
    "capture, capture": (paid(), CAPTURE, CAPTURE, (AMOUNT, 0, 0)),
    "capture, cancel": (paid(), CAPTURE, CANCEL, None),
    "a part, a part": (paid(), PART, PART, (3000, 0, 0)),
    "refund, refund": (paid(capture="auto"), REFUND, REFUND, (AMOUNT, 0, 3000)),
    "capture, the order's end": (paid(), CAPTURE, END, None),
    "refund, the order's end": (paid(capture="auto"), REFUND, END, (AMOUNT, 0, AMOUNT)),
}


@pytest.mark.parametrize("name", CASES)
def test_whoever_comes_second_decides_again(name: str) -> None:
    prepare, first, second, sums = CASES[name]
    place = 0
    while found := raced(prepare, first, _other_key(second), place):
        world, key, statuses = found
        payment = world.order(key).payments[0]
        assert all(status in (200, 202, 409, 422) for status in statuses), statuses
        assert min(statuses) < 300, statuses
        if sums:
            assert (payment.captured, payment.cancelled, payment.refunded) == sums, place
        place += 1
    assert place > 4


SOME = on_payment("capture_payment", {"amount": 1000, "final": False})  # there would be room for it twice
SOME_BACK = on_payment("refund_payment", {"amount": 1000})


@pytest.mark.parametrize(("prepare", "act"), [(paid(), SOME), (paid(capture="auto"), SOME_BACK)])
def test_the_same_key_at_once_acts_once(prepare: Callable[[World], str], act: Act) -> None:
    place = 0
    while found := raced(prepare, act, act, place):
        world, key, _ = found
        payment = world.order(key).payments[0]
        assert payment.captured + payment.refunded in (1000, AMOUNT + 1000), place
        place += 1
    assert place > 4


@pytest.mark.parametrize("same_key", [True, False])
def test_a_reference_is_used_once(same_key: bool) -> None:
    place = 0

    def first(world: World, _: str) -> tuple[int, Any]:
        return create(world)

    second = first if same_key else _other_key(first)
    while found := raced(lambda _: "", first, second, place):
        world, _, statuses = found
        assert len(world.order_keys()) == 1, place
        assert sorted(statuses) == ([201, 201] if same_key else [201, 409]), place
        place += 1
    assert place >= 3
