"""A cursor is one of ours or refused; none makes the table refuse a range (EV-1)."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.functions.conftest import aws, world
from tests.functions.world import World, invoke
from tillgate.api.http.cursors import FIRST, cursor_of, position_of
from tillgate.api.http.problems import Problem

__all__ = ["aws", "world"]

POSITIONS = st.from_regex(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z#[0-9A-Za-z_-]+", fullmatch=True
)


@given(POSITIONS | st.text())
def test_what_is_taken_is_after_the_first_instant(text: str) -> None:
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    try:
        position = position_of(cursor)
    except Problem as problem:
        refused = problem
    else:
        assert position == text >= FIRST
        assert cursor_of(position) == cursor
        return
    assert (refused.status, refused.code) == (422, "invalid_request")


@pytest.mark.parametrize("path", ["payments", "orders", "notifications"])
@pytest.mark.parametrize("year", ["1969", "0000"])
def test_a_cursor_from_before_1970_is_refused(world: World, path: str, year: str) -> None:
    world.paid()
    cursor = cursor_of(f"{year}-12-31T23:59:59.999999Z#ord_1") or ""
    event = world.event("list_orders", query={"cursor": cursor}) | {"resource": f"/{path}", "path": f"/{path}"}
    answer = invoke(f"list_{path}", event)
    assert (answer["statusCode"], json.loads(answer["body"])["errors"][0]["pointer"]) == (422, "/cursor")


def test_a_range_that_ends_before_it_begins_is_not_asked_for(world: World) -> None:
    page = world.system.orders.list_keys("mer_1", since="2030", until="2031", limit=10, before="1970-01-01")
    assert page == ([], None)
