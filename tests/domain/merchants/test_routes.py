"""Which connector an order goes to: conditions, order, weights (IS-16, GO-5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillgate.domain.merchants.routes import Paying, Route, When, in_order

EUROS = Paying("EUR", 5000)


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        (When(), True),
        (When(currencies=("USD", "EUR")), True),
        (When(currencies=("USD",)), False),
        (When(amount_from=5000, amount_to=5000), True),
        (When(amount_from=5001), False),
        (When(amount_to=4999), False),
        (When(countries=("DE",)), False),
        (When(brands=("visa",)), False),
        (When(currencies=("EUR",), amount_from=9999), False),
    ],
)
def test_all_conditions_have_to_hold_and_what_is_not_known_meets_none(when: When, holds: bool) -> None:
    assert when.holds(EUROS) == holds


def test_what_is_known_is_compared() -> None:
    known = Paying("EUR", 1, brand="visa", country="DE")
    assert When(brands=("visa",), countries=("AT", "DE")).holds(known)
    assert not When(brands=("amex",), countries=("DE",)).holds(known)


def test_routes_that_apply_are_tried_in_their_order_and_each_connector_once() -> None:
    routes = (Route("a", when=When(currencies=("USD",))), Route("b"), Route("c", 50), Route("b"), Route("d"))
    assert in_order(routes, EUROS, "ord_1") == ["b", "c", "d"]
    assert in_order(routes[:1], EUROS, "ord_1") == []


def test_weights_share_the_traffic_and_the_others_follow() -> None:
    routes = (Route("a", 80), Route("b", 20), Route("c"))
    firsts = [in_order(routes, EUROS, f"ord_{number}")[0] for number in range(2000)]
    assert {"a", "b"} == set(firsts)
    assert 1500 < firsts.count("a") < 1700
    assert {tuple(in_order(routes, EUROS, f"ord_{number}")) for number in range(200)} == {
        ("a", "b", "c"),
        ("b", "a", "c"),
    }


@given(st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.integers(1, 9)), max_size=6), st.text(max_size=9))
def test_the_same_order_draws_the_same_and_nothing_is_lost(given_: list[tuple[str, int | None]], draw: str) -> None:
    routes = [Route(name, weight) for name, weight in given_]
    found = in_order(routes, EUROS, draw)
    assert found == in_order(routes, EUROS, draw)
    assert sorted(found) == sorted({name for name, _ in given_})
