"""An order's version on the wire: ETag, If-Match, If-None-Match; and routes that will go (RG-10, EV-12)."""

from datetime import UTC, datetime

import pytest

from tests.functions.world import World
from tillgate.api.http import versions
from tillgate.api.http.versions import Deprecated, if_match


def test_an_order_carries_its_version(world: World) -> None:
    world.created()
    answer = world.call("get_order")
    assert answer.headers["etag"].startswith('"1-')
    again = world.call("get_order", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status, again.text) == (304, "")
    assert again.headers["etag"] == answer.headers["etag"]
    assert "content-type" not in again.headers
    assert world.call("get_order", headers={"If-None-Match": '"1-00000000"'}).status == 200


def test_a_change_of_another_version_is_refused_and_changes_nothing(world: World) -> None:
    world.created()
    tag = world.call("get_order").headers["etag"]
    changed = world.call("update_order", {"amount": 6000}, headers={"If-Match": tag})
    assert changed.status == 200
    assert changed.headers["etag"].startswith('"2-')
    for late in (tag, '"1"', 'W/"2"', '"3", "4"', "nonsense"):
        refused = world.call("update_order", {"amount": 7000}, headers={"If-Match": late})
        assert refused.refusal == (412, "precondition_failed")
    assert world.call("get_order").json["amount"] == 6000
    for good in ("*", '"1", "2"', '"2"'):
        assert world.call("update_order", {"amount": 6000}, headers={"If-Match": good}).status == 200


def test_the_same_call_again_is_answered_though_the_version_is_another_now(world: World) -> None:
    world.created()
    tag = world.call("get_order").headers["etag"]
    first = world.call("update_order", {"amount": 6000}, key="k", headers={"If-Match": tag})
    again = world.call("update_order", {"amount": 6000}, key="k", headers={"If-Match": tag})
    assert (again.status, again.json) == (200, first.json)
    assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("name", ["withdraw_order", "cancel_order", "start_payment"])
def test_every_change_of_an_order_looks_at_the_version(world: World, name: str) -> None:
    world.created()
    refused = world.call(name, headers={"If-Match": '"9"'})
    assert refused.refusal == (412, "precondition_failed")
    assert world.call("get_order").json["version"] == 1


def test_reading_if_match() -> None:
    assert if_match({}) is None
    assert if_match({"if-match": " * "}) is None
    assert if_match({"if-match": '"5-0a1b2c3d"'}) == frozenset({5})
    assert if_match({"if-match": '"5", W/"6", "7-00"'}) == frozenset({5, 7})
    assert if_match({"if-match": ""}) == frozenset()


def test_a_route_that_will_go_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.created()
    assert not {"deprecation", "sunset", "link"} & set(world.call("get_order").headers)
    since, sunset = datetime(2030, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
    deprecated = Deprecated(since, sunset, "https://docs.example.com/v2")
    monkeypatch.setitem(versions.DEPRECATED, ("GET", "/orders/{order_key}"), deprecated)
    headers = world.call("get_order").headers
    assert headers["deprecation"] == "@1893456000"
    assert headers["sunset"] == "Wed, 01 Jan 2031 00:00:00 GMT"
    assert headers["link"] == '<https://docs.example.com/v2>; rel="deprecation"; type="text/html"'
