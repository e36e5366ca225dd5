"""Dividing amounts over vendors by a rule: exact to the minor unit, whatever the currency's decimals (TH-4)."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillgate.domain.marketplace.split_rules import (
    Item,
    Part,
    Share,
    by_items,
    by_percent,
    commission,
    largest_remainder,
    of_fee,
)
from tillgate.domain.shared.refusals import Refusal

TOTALS = st.integers(min_value=1, max_value=10**12)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=30).filter(any)
PERCENTS = st.decimals(min_value=0, max_value=100, places=3)


@given(TOTALS, WEIGHTS)
def test_parts_add_up_and_none_is_a_minor_unit_off(total: int, weights: list[int]) -> None:
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1


@given(TOTALS, WEIGHTS)
def test_whoever_weighs_more_never_gets_less(total: int, weights: list[int]) -> None:
    parts = largest_remainder(total, weights)
    pairs = sorted(zip(weights, parts, strict=True))
    assert all(low[1] <= high[1] for low, high in pairwise(pairs) if low[0] < high[0])


def test_equal_remainders_go_to_the_earlier() -> None:
    assert largest_remainder(100, [1, 1, 1]) == [34, 33, 33]
    assert largest_remainder(1, [1, 1, 1]) == [1, 0, 0]


@st.composite
def shares(draw: st.DrawFn) -> list[Share]:
    """Percentages with up to two decimals that add up to 100."""
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), max_size=8)))
    steps = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    return [Share(f"ven_{n}", Decimal(step) / 100, draw(PERCENTS)) for n, step in enumerate(steps)]


@given(TOTALS, shares())
def test_percentages_divide_all_of_it(total: int, divided: list[Share]) -> None:
    parts = by_percent(total, divided)
    assert sum(part.amount for part in parts) == total
    assert all(part.amount > 0 and 0 <= part.fee <= part.amount for part in parts)


@pytest.mark.parametrize("amount", [100, 10_000, 100_000])
def test_thirds_in_currencies_of_zero_two_and_three_decimals(amount: int) -> None:
    thirds = [Share("a", Decimal("33.33")), Share("b", Decimal("33.33")), Share("c", Decimal("33.34"))]
    parts = [part.amount for part in by_percent(amount, thirds)]
    assert sum(parts) == amount
    assert max(parts) - min(parts) <= max(1, amount // 10_000)


@given(TOTALS, st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 10**9), PERCENTS), min_size=1, max_size=20))
def test_items_divide_all_of_it_with_their_commission(total: int, lines: list[tuple[str, int, Decimal]]) -> None:
    items = [Item(vendor, amount, percent) for vendor, amount, percent in lines]
    if not any(item.amount for item in items):
        with pytest.raises(Refusal):
            by_items(total, items)
        return
    parts = by_items(total, items)
    assert sum(part.amount for part in parts) == total
    assert len({part.vendor_id for part in parts}) == len(parts)
    assert all(0 <= part.fee <= part.amount for part in parts)


def test_a_vendors_commission_is_rounded_once() -> None:
    items = [Item("a", 5, Decimal(10)), Item("a", 5, Decimal(10)), Item("b", 90, Decimal("12.5"))]
    assert by_items(100, items) == [Part("a", 10, 1), Part("b", 90, 11)]


def test_a_discount_is_shared_in_proportion() -> None:
    assert by_items(90, [Item("a", 50), Item("b", 50)]) == [Part("a", 45), Part("b", 45)]


def test_commission_to_the_nearest_half_up() -> None:
    assert [commission(amount, Decimal(5)) for amount in (9, 10, 30)] == [0, 1, 2]


@given(st.integers(1, 10**9), st.data())
def test_the_captures_of_a_payment_keep_the_agreed_fee_and_no_more(whole: int, data: st.DataObject) -> None:
    agreed = data.draw(st.integers(0, whole))
    cuts = sorted([*data.draw(st.lists(st.integers(1, whole), max_size=5, unique=True)), 0])
    taken = 0
    for begin, end in zip(cuts, [*cuts[1:], whole], strict=True):
        if begin < end:
            fee = of_fee(agreed, taken, whole, end - begin, last=False)
            assert 0 <= fee <= end - begin
            taken += fee
    assert agreed - len(cuts) <= taken <= agreed


def test_the_last_capture_keeps_what_is_left_of_the_fee() -> None:
    assert of_fee(10, 3, 100, 60, last=True) == 7
    assert of_fee(10, 3, 100, 5, last=True) == 5  # never more than it takes


@pytest.mark.parametrize("percents", [("50", "49.99"), ("100", "0.01"), ("-1", "101"), ("NaN", "100")])
def test_percentages_that_are_none_are_refused(percents: tuple[str, str]) -> None:
    with pytest.raises(Refusal):
        by_percent(100, [Share("a", Decimal(percents[0])), Share("b", Decimal(percents[1]))])


def test_a_vendor_has_one_share() -> None:
    with pytest.raises(Refusal):
        by_percent(100, [Share("a", Decimal(50)), Share("a", Decimal(50))])


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, [2, -1]), (1, [0, 0]), (1, [])])
def test_what_cannot_be_divided_is_refused(total: int, weights: list[int]) -> None:
    with pytest.raises(Refusal):
        largest_remainder(total, weights)


def test_nothing_is_divided_into_nothing() -> None:
    assert largest_remainder(0, [1, 2]) == [0, 0]


@pytest.mark.parametrize("items", [[], [Item("a", 5), Item("b", -1)], [Item("a", 0)]])
def test_items_that_cannot_be_are_refused(items: list[Item]) -> None:
    with pytest.raises(Refusal) as refused:
        by_items(100, items)
    assert refused.value.pointer == "/rule/items"
