"""Shoppers and addresses have keys of their own, made apart from orders (CM-9)."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from babel import Locale

from tests.functions.world import World
from tillgate.domain.shared.countries import COUNTRIES
from tillgate.domain.shoppers.shopper import MOST_ADDRESSES

KEY = re.compile(r"(shp|adr)_[0-9a-hjkmnp-tv-z]{26}")
ADDRESS = {"line1": "12 St James's Square", "city": "London", "country": "GB"}


def shopper(world: World, **fields: Any) -> Any:
    answer = world.call("create_shopper", fields)
    assert answer.status == 201, answer.text
    return answer.json


def address(world: World, shopper_key: str, **fields: Any) -> Any:
    answer = world.call("add_address", ADDRESS | fields, path={"shopper_key": shopper_key})
    assert answer.status == 201, answer.text
    return answer.json


def read(world: World, shopper_key: str, **changes: Any) -> Any:
    return world.call("get_shopper", path={"shopper_key": shopper_key}, **changes)


def test_a_shopper_is_read_with_its_addresses(world: World) -> None:
    made = world.call("create_shopper").json
    assert KEY.fullmatch(made["shopper_key"])
    assert (made["name"], made["email"], made["addresses"]) == ("Ada Lovelace", "ada@example.com", [])
    first = address(world, made["shopper_key"], name="Ada", line2="2nd floor", region="Greater London")
    world.passes(timedelta(seconds=1))
    second = address(world, made["shopper_key"], country="DE", postal_code="10115", city="Berlin")
    assert KEY.fullmatch(first["address_key"])
    answer = read(world, made["shopper_key"])
    assert answer.json == made | {"addresses": [first, second]}


def test_nothing_is_required_of_a_shopper(world: World) -> None:
    made = shopper(world)
    assert (made["name"], made["metadata"], made["shopper_reference"]) == (None, {}, None)
    assert shopper(world)["shopper_key"] != made["shopper_key"]


def test_another_merchants_shopper_is_not_found(world: World) -> None:
    world.has_merchant("mer_2")
    key = shopper(world)["shopper_key"]
    assert read(world, key, token=world.token("mer_2")).refusal == (404, "not_found")
    strange = world.call("add_address", ADDRESS, path={"shopper_key": key}, token=world.token("mer_2"))
    assert strange.refusal == (404, "not_found")
    assert world.call("add_address", ADDRESS, path={"shopper_key": "shp_none"}).refusal == (404, "not_found")


@pytest.mark.parametrize("email", ["ada", "a@b", "a b@c.de", "ada@ex..com", "ada@@example.com", "<ada@example.com>"])
def test_an_email_address_is_looked_at(world: World, email: str) -> None:
    answer = world.call("create_shopper", {"email": email})
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), ["/email"])


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"country": "UK"}, "/country"),
        ({"country": "gb"}, "/country"),
        ({"line1": ""}, "/line1"),
        ({"city": None}, "/city"),
        ({"street": "x"}, "/street"),
    ],
)
def test_an_address_is_looked_at(world: World, fields: dict[str, Any], pointer: str) -> None:
    key = shopper(world)["shopper_key"]
    answer = world.call("add_address", ADDRESS | fields, path={"shopper_key": key})
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), [pointer])


def test_an_address_in_kosovo_is_taken(world: World) -> None:
    """XK is assigned by users of ISO 3166, and in use: banks, customs and CLDR have it."""
    key = shopper(world)["shopper_key"]
    kosovo = ADDRESS | {"country": "XK", "city": "Prishtina"}
    assert world.call("add_address", kosovo, path={"shopper_key": key}).status == 201


def test_the_countries_are_those_of_iso_3166_and_user_assigned_ones_in_use() -> None:
    named = Locale("en").territories
    assert len(COUNTRIES) == 249 + len({"XK"})
    assert [code for code in COUNTRIES if code not in named] == []
    assert not COUNTRIES & {"EU", "UK", "ZZ", "UN", "XA", "XB", "IC"}


def test_a_shopper_has_room_for_so_many_addresses(world: World) -> None:
    key = shopper(world)["shopper_key"]
    for _ in range(MOST_ADDRESSES):
        address(world, key)
    more = world.call("add_address", ADDRESS, path={"shopper_key": key})
    assert more.refusal == (409, "operation_not_allowed")
    assert len(read(world, key).json["addresses"]) == MOST_ADDRESSES


def test_the_same_call_again_makes_nothing_new(world: World) -> None:
    first = world.call("create_shopper", key="k1")
    again = world.call("create_shopper", key="k1")
    assert (again.status, again.json, again.headers["idempotent-replayed"]) == (201, first.json, "true")
    assert world.call("create_shopper", {"name": "Bob"}, key="k1").refusal == (422, "idempotency_key_reused")
    place = {"shopper_key": first.json["shopper_key"]}
    added = world.call("add_address", ADDRESS, key="k2", path=place)
    assert world.call("add_address", ADDRESS, key="k2", path=place).json == added.json
    assert read(world, first.json["shopper_key"]).json["addresses"] == [added.json]


def test_what_is_kept_of_a_call_names_nobody(world: World) -> None:
    """An answer for an idempotency key is kept for a month; personal data is not in it (GO-7)."""
    world.call("create_shopper", key="k1")
    kept = json.dumps(world.everything("OrdersTable"))
    assert "IDEMPOTENCY#mer_1#k1" in kept
    assert "Ada" not in kept
    assert "ada@" not in kept
