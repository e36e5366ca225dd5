"""What a split comes to, whichever parts fail and however often its execution is killed (TH-5)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.builders import NOON, created, evolved
from tillgate.domain.marketplace.splits import (
    BATCH,
    Part,
    PartState,
    Result,
    Split,
    SplitStatus,
    Tally,
    check_parts,
    given_back,
    new_split,
    next_round,
    tally,
    unwinding,
)
from tillgate.domain.shared.refusals import AmountExceedsAvailable, Refusal

ORDER = evolved(None, [created()])
S = PartState


def parts(count: int) -> list[Part]:
    return [Part(f"ven_{number % 3}", 10, f"sub-{number}") for number in range(count)]


def split_of(count: int, *, cancel_all: bool = False) -> Split:
    return new_split(ORDER, "pay_1_1", parts(count), cancel_all=cancel_all, reserved=10 * count, now=NOON)


def test_it_is_named_by_what_it_asks_for() -> None:
    assert split_of(3).split_id == split_of(3).split_id
    assert len({split_of(3).split_id, split_of(4).split_id, split_of(3, cancel_all=True).split_id}) == 3


def test_no_reference_reads_like_another_list_of_parts() -> None:
    """What stands for a list tells its parts apart, whatever a merchant puts into a reference."""
    lists = (
        [Part("v", 10, "x"), Part("w", 5, "y")],
        [Part("v", 10, "x|w|5|0|y")],
        [Part("v", 10, "x\\"), Part("w", 5, "y")],
        [Part("v", 10, "x\\|w|5|0|y")],
    )
    ids = {new_split(ORDER, "pay_1_1", one, cancel_all=False, reserved=1, now=NOON).split_id for one in lists}
    assert len(ids) == len(lists)


@pytest.mark.parametrize(
    ("cancel_all", "one", "status"),
    [
        (False, Tally(succeeded=3), SplitStatus.SUCCEEDED),
        (False, Tally(succeeded=2, failed=1), SplitStatus.PARTIAL),
        (False, Tally(failed=3), SplitStatus.CANCELLED),
        (True, Tally(succeeded=3), SplitStatus.SUCCEEDED),
        (True, Tally(failed=1), SplitStatus.CANCELLED),
        (True, Tally(failed=1, stuck=1), SplitStatus.MANUAL_INTERVENTION_NEEDED),
    ],
)
def test_how_it_ends(cancel_all: bool, one: Tally, status: SplitStatus) -> None:
    after, again = next_round(split_of(3, cancel_all=cancel_all), {0: one}, NOON)
    assert (after.status, again) == (status, [])


def test_what_is_at_the_psp_is_waited_for() -> None:
    after, again = next_round(split_of(60), {0: Tally(succeeded=50), 1: Tally(pending=1, failed=9)}, NOON)
    assert (after.status, again) == (SplitStatus.RUNNING, [1])


def test_a_failure_has_all_undone() -> None:
    after, again = next_round(
        split_of(60, cancel_all=True), {0: Tally(succeeded=50), 1: Tally(succeeded=9, failed=1)}, NOON
    )
    assert (after.status, after.undoing, again) == (SplitStatus.RUNNING, True, [0, 1])


def test_an_unwinding_undoes_from_the_start() -> None:
    split = unwinding(ORDER, parts(3), NOON)
    assert split.undoing
    assert next_round(split, {0: Tally(succeeded=3)}, NOON)[1] == [0]


def test_what_is_wrong_with_a_list() -> None:
    check_parts(parts(3))
    with pytest.raises(Refusal) as refused:
        check_parts([*parts(3), Part("v", 1, "sub-1")])
    assert refused.value.pointer == "/parts/3/sub_order_reference"
    with pytest.raises(AmountExceedsAvailable):
        check_parts([Part("v", 1, "s", fee=2)])


class World:
    """A PSP, a table and a state machine that is killed: what is done stays done, what was only decided is lost."""

    def __init__(self, split: Split, fails: set[int], slow: set[int], stuck: set[int]) -> None:
        self.split, self.fails, self.slow, self.stuck = split, fails, set(slow), stuck
        self.made: dict[int, PartState] = {}
        self.results: dict[int, list[Result]] = {}
        self.parts = parts(split.parts)

    def run(self, batch: int, kill_after: int | None) -> None:
        numbers = range(batch * BATCH, min((batch + 1) * BATCH, self.split.parts))
        results = list[Result]()
        for step, number in enumerate(numbers):
            if step == kill_after:
                return
            results.append(self.one(number, stop=self.split.undoing))
        self.results[batch] = results

    def one(self, number: int, *, stop: bool) -> Result:
        if number not in self.made:
            if stop:
                return Result(S.CANCELLED)
            self.made[number] = S.FAILED if number in self.fails else S.SUCCEEDED
        if number in self.slow:
            self.slow.discard(number)
            return Result(S.PENDING, took=True)
        if stop and self.made[number] is S.SUCCEEDED:
            self.made[number] = S.MANUAL_INTERVENTION_NEEDED if number in self.stuck else S.CANCELLED
        return Result(self.made[number], took=True)

    def settle(self) -> list[int]:
        groups = [self.parts[n * BATCH : (n + 1) * BATCH] for n in range(self.split.batches)]
        self.tallies = {n: tally(group, self.results.get(n, [])) for n, group in enumerate(groups)}
        self.split, again = next_round(self.split, self.tallies, NOON + timedelta(minutes=1))
        return again


NUMBERS = st.sets(st.integers(0, 119), max_size=6)


@given(st.booleans(), st.integers(1, 120), NUMBERS, NUMBERS, NUMBERS, st.lists(st.integers(0, 60), max_size=6))
def test_it_ends_as_asked_whatever_fails_and_whenever_it_is_killed(
    cancel_all: bool, count: int, fails: set[int], slow: set[int], stuck: set[int], kills: list[int]
) -> None:
    fails = {number for number in fails if number < count}
    world = World(split_of(count, cancel_all=cancel_all), fails, slow, stuck)
    again = list(range(world.split.batches))
    rounds = 0
    while again:
        for batch in again:
            world.run(batch, kills.pop() if kills else None)
        again = world.settle()
        rounds += 1
        assert rounds < 20
    made, status = world.made, world.split.status
    if not fails:
        assert status is SplitStatus.SUCCEEDED
        assert list(made.values()) == [S.SUCCEEDED] * count
    elif not cancel_all:
        assert status is (SplitStatus.PARTIAL if len(fails) < count else SplitStatus.CANCELLED)
        assert sum(state is S.SUCCEEDED for state in made.values()) == count - len(fails)
    else:
        left = [state for state in made.values() if state not in (S.CANCELLED, S.FAILED)]
        assert set(left) <= {S.MANUAL_INTERVENTION_NEEDED}
        assert status is (SplitStatus.MANUAL_INTERVENTION_NEEDED if left else SplitStatus.CANCELLED)
    assert given_back(world.split, world.tallies.values()) == 10 * (count - len(made))


def test_a_result_is_told_of_each_part() -> None:
    assert tally(parts(3), [Result(S.SUCCEEDED, took=True)]) == Tally(pending=2, succeeded=1, took=10)
    assert replace(split_of(51)).batches == 2


def test_a_vendors_part_may_be_all_fee() -> None:
    check_parts([Part("v", 2, "s", fee=2)])


def test_only_what_was_made_is_taken_of_what_was_reserved() -> None:
    assert tally(parts(3), [Result(S.CANCELLED), Result(S.FAILED, took=True)]).took == 10


def test_an_unwinding_cancels_all_and_rounds_are_counted() -> None:
    split = unwinding(ORDER, parts(3), NOON)
    assert split.cancel_all
    assert next_round(next_round(split, {}, NOON)[0], {}, NOON)[0].rounds == 2
