"""Credentials of a merchant's own account with a PSP: what may be set and revoked, and what stays valid (GO-8)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillgate.domain.merchants.connections import (
    HINT,
    MOST_VALUES,
    OVERLAP,
    Names,
    Opened,
    revoke_values,
    set_values,
    without_expired,
)
from tillgate.domain.shared.refusals import Refusal

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
NAMES = Names(frozenset({"key", "shown", "hook"}), frozenset({"shown"}), frozenset({"hook"}))
ALL = {"key": "k" * 20, "shown": "s" * 20, "hook": "h1"}


def ids() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"val_{next(numbers)}"


def first() -> Opened:
    return set_values(Opened(), ALL, NAMES, by="Ada", now=NOON, new_id=ids())


def test_only_the_end_of_what_a_browser_may_see_is_a_hint() -> None:
    assert {value.name: value.hint for value in first().values} == {"key": "", "shown": "ssss", "hook": ""}
    short = set_values(Opened(), ALL | {"shown": "12345678"}, NAMES, by="Ada", now=NOON, new_id=ids())
    assert {value.hint for value in short.values} == {""}  # it would be half of it


def test_the_nearest_name_is_proposed() -> None:
    for wrong, says in (("kee", "did you mean key?"), ("zzz", "the names are hook, key, shown")):
        with pytest.raises(Refusal, match=says) as refused:
            set_values(Opened(), ALL | {wrong: "x"}, NAMES, by="Ada", now=NOON, new_id=ids())
        assert refused.value.pointer == f"/credentials/{wrong}"


def test_an_expired_value_is_gone_from_what_is_kept() -> None:
    later = NOON + OVERLAP
    two = set_values(first(), {"hook": "h2"}, NAMES, by="Ada", now=NOON, new_id=lambda: "val_9")
    assert two.by_name(later - timedelta(seconds=1))["hook"] == "h2\nh1"
    assert two.by_name(later)["hook"] == "h2"
    assert sorted(without_expired(two, later).plain.values()) == sorted([ALL["key"], ALL["shown"], "h2"])


@given(
    st.lists(
        st.tuples(st.sampled_from(["set", "revoke"]), st.integers(0, MOST_VALUES), st.integers(0, 10)), max_size=30
    )
)
def test_whatever_is_set_and_revoked_every_name_keeps_a_value_without_an_end(steps: list[tuple[str, int, int]]) -> None:
    """And the values that are stored are exactly those that are listed."""
    opened, now, new_id = first(), NOON, ids()
    for step, which, days in steps:
        now += timedelta(days=days)
        opened = without_expired(opened, now)
        hooks = [value.value_id for value in opened.values if value.name == "hook"]
        try:
            if step == "set":
                name = f"more_{new_id()}"
                opened = set_values(opened, {"hook": f"h{which}"}, NAMES, by="Ada", now=now, new_id=lambda n=name: n)  # type: ignore[misc]
            else:
                opened = revoke_values(opened, hooks[which % len(hooks) :][:1], now)
        except Refusal:
            pass
        assert {value.name for value in opened.values if value.until is None} == NAMES.all
        assert set(opened.plain) == {value.value_id for value in opened.values}
        assert len(opened.by_name(now)["hook"].split("\n")) <= MOST_VALUES
        assert all(len(value.hint) <= HINT for value in opened.values)
