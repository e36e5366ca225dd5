"""The page of demands is held to the code: ids resolve, and what it says is shown is shown."""

from tools import demands


def test_every_id_that_is_named_anywhere_stands_on_the_page() -> None:
    known = demands.known()
    assert {demand: sorted(where) for demand, where in demands.named().items() if demand not in known} == {}


def test_the_page_is_not_stale() -> None:
    assert demands.PAGE.read_text() == demands.render(), "run make docs"


def test_the_page_has_rows_and_tests_show_them() -> None:
    shown = demands.shown_by()
    assert len(demands.known()) > 80
    assert len([demand for demand in demands.known() if demand in shown]) > 40
