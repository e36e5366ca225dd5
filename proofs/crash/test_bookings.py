"""The same booking from two callers, two bookings at once, a statement in any order: each counts once (EV-13)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.crash.scenarios import AMOUNT
from proofs.crash.test_races import raced
from proofs.crash.transfer_scenarios import awaited, booked, received
from proofs.crash.world import new_world

SAME = ("b1", AMOUNT), ("b1", AMOUNT)
TWICE = ("b1", AMOUNT), ("b2", AMOUNT)
IN_PARTS = ("b1", 2000), ("b2", 2999)


@pytest.mark.parametrize(
    ("bookings", "sums"), [(SAME, (AMOUNT, 0)), (TWICE, (AMOUNT, AMOUNT)), (IN_PARTS, (AMOUNT, 0))]
)
def test_whoever_comes_second_counts_what_is_left(
    bookings: tuple[tuple[str, int], tuple[str, int]], sums: tuple[int, int]
) -> None:
    first, second = (booked(*booking) for booking in bookings)
    place = 0
    while found := raced(awaited, first, second, place):
        world, key, statuses = found
        order = world.order(key)
        assert statuses == [200, 200]
        assert (order.covered, received(order) - order.covered, order.status) == (*sums, "PAID"), place
        place += 1
    assert place > 3


AMOUNTS = st.lists(st.sampled_from((1000, 1999, 2000, AMOUNT)), min_size=1, max_size=4)


@settings(max_examples=15)
@given(amounts=AMOUNTS, data=st.data())
def test_a_statement_that_grows_and_is_sorted_anew_gives_the_same_sums(amounts: list[int], data: st.DataObject) -> None:
    with new_world() as world:
        key = awaited(world)
        instructions = world.order(key).payments[0].instructions
        assert instructions is not None
        for until in (len(amounts) // 2, len(amounts), len(amounts)):
            lines = data.draw(st.permutations(amounts[:until]))
            rows = [f"{instructions.reference},{amount},EUR\n" for amount in lines]
            call = {"action": "read_statement", "statement": "2030/1", "by": "ada"}
            world.function("admin", call | {"csv": "reference,amount,currency\n" + "".join(rows)})
            order = world.order(key)
            assert received(order) == sum(amounts[:until])
            assert order.covered == min(AMOUNT, received(order))
