"""Each invariant speaks up when it is broken: on it rely the tests of everything else, and what a PSP says."""

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.builders import Story
from tillgate.domain.orders.invariants import broken
from tillgate.domain.orders.order import Order


def order(**payment: Any) -> Order:
    """An order of 10; a card held it, 4 are captured, 2 cancelled, 1 is refunded, but for what is said otherwise."""
    story = Story(10)
    story.paid()
    amounts = {"captured": 4, "cancelled": 2, "refunded": 1}
    return replace(
        story.order, released=2, returned=1, payments=(replace(story.order.payments[0], **amounts | payment),)
    )


def test_nothing_is_wrong_with_what_is_right() -> None:
    assert broken(order()) == []


@pytest.mark.parametrize("amount", ["authorized", "captured", "cancelled", "refunded"])
def test_no_amount_is_negative(amount: str) -> None:
    assert any("negative" in what for what in broken(order(**{amount: -1})))


@pytest.mark.parametrize(
    ("amounts", "what"),
    [
        ({"authorized": 11}, "more authorized than asked for"),
        ({"captured": 9}, "more captured and cancelled than authorized"),
        ({"refunded": 5}, "more refunded than captured"),
    ],
)
def test_no_amount_is_more_than_it_can_be(amounts: dict[str, int], what: str) -> None:
    assert any(what in each for each in broken(order(**amounts)))


@pytest.mark.parametrize(("released", "due"), [(-1, 11), (11, -1)])
def test_what_is_due_lies_between_nothing_and_the_amount(released: int, due: int) -> None:
    assert f"due {due}, released {released}, returned 1" in broken(replace(order(), released=released))


def test_no_more_is_covered_than_is_due() -> None:
    assert "covered 8 of 7" in broken(replace(order(), released=3))
