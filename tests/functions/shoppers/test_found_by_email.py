"""Orders are found by a shopper's e-mail address, over a keyed hash that is erased with the shopper (ONE-9, GO-7)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.functions.operators.console import Widget
from tests.functions.world import ORDER_KEY, World, invoke
from tillgate.runtime.aws import client
from tillgate.store.shared.encryption import ACCESS_TOKEN, EMAIL_KEY
from tillgate.store.shoppers.emails import Emails
from tillgate.use_cases.shared.email_keys import email_key
from tillgate.wiring import System

ADA = "ada@example.com"


def found(text: str = ADA) -> list[tuple[str, str]]:
    answer = invoke("admin", {"action": "find", "text": text})
    return [(each["order_key"], each["found_by"]) for each in answer["items"]]


def of_customer(world: World) -> None:
    world.created(customer={"name": "Ada", "email": " Ada@Example.com"})


def of_shopper(world: World) -> None:
    made = world.call("create_shopper")
    assert made.status == 201
    world.created(shopper_key=made.json["shopper_key"])


def of_both(world: World) -> None:
    made = world.call("create_shopper")
    world.created(shopper_key=made.json["shopper_key"], customer={"email": ADA})


def of_invoice(world: World) -> None:
    assert world.call("create_invoice").status == 201


WAYS: dict[str, Callable[[World], None]] = {
    "customer": of_customer,
    "shopper": of_shopper,
    "both": of_both,
    "invoice": of_invoice,
}


@pytest.mark.parametrize("way", WAYS)
def test_an_order_is_found_by_the_address(world: World, way: str) -> None:
    WAYS[way](world)
    expected = [(ORDER_KEY, "the shopper's e-mail address")]
    assert found() == expected
    assert found("  ADA@example.COM ") == expected
    assert "A-" in Widget({"view": "find"}).types(find_text=ADA).press("Find").text
    assert found("eve@example.com") == []
    assert found("ada@example.co") == []


@pytest.mark.parametrize("way", WAYS)
def test_no_key_of_an_item_is_or_has_the_address(world: World, way: str) -> None:
    WAYS[way](world)
    for table in ("OrdersTable", "ShoppersTable"):
        for item in world.everything(table):
            assert "ada@" not in f"{item['pk']}{item['sk']}{item.get('email_key')}".lower()


@pytest.mark.parametrize("way", WAYS)
def test_what_is_erased_is_not_found_any_more(world: World, way: str) -> None:
    WAYS[way](world)
    order = world.order()
    world.call("cancel_order")
    world.passes(timedelta(days=40))
    if way in ("shopper", "both"):
        event = {"merchant_id": "mer_1", "shopper_key": order.terms.shopper_key}
    else:
        event = {"order_key": order.order_key}
    done = invoke("admin", {"action": "erase", "by": "Ada", "reason": "she asked", **event})
    assert done["erased"] is True
    assert found() == []
    assert not [item for item in world.everything("ShoppersTable") if "email_key" in item]


def keys(world: World) -> list[dict[str, Any]]:
    return [item for item in world.everything("ShoppersTable") if item["pk"]["S"] == "EMAIL_KEY"]


def test_the_first_address_makes_the_key_and_all_have_the_same(world: World) -> None:
    assert found() == []
    assert keys(world) == [], "who only looks makes none"
    assert email_key(System(), ADA) == email_key(System(), ADA) != email_key(System(), "eve@example.com")
    assert len(keys(world)) == 1


def test_of_two_who_make_the_first_key_at_once_one_wins(world: World) -> None:
    late = System()
    late.seal.encrypt = lambda *_: (email_key(System(), ADA), "made in vain")[1]  # type: ignore[method-assign]
    assert email_key(late, ADA) == email_key(System(), ADA)
    assert keys(world)[0]["sealed"]["S"] != "made in vain"


def test_the_key_opens_for_its_purpose_alone(world: World) -> None:
    email_key(System(), ADA)
    (key,) = keys(world)
    assert len(System().seal.decrypt(key["sealed"]["S"], None, EMAIL_KEY)) == 43, "32 random bytes"
    for other in ((None, ACCESS_TOKEN), (None, None), ("mer_1", EMAIL_KEY), ("mer_1", None)):
        with pytest.raises(ClientError):
            System().seal.decrypt(key["sealed"]["S"], *other)


def test_who_has_another_key_finds_nothing(world: World) -> None:
    of_customer(world)
    client("dynamodb").delete_item(TableName="ShoppersTable", Key={"pk": {"S": "EMAIL_KEY"}, "sk": {"S": "KEY"}})
    world.system.emails = Emails(client("dynamodb"), "ShoppersTable")  # a new process
    assert email_key(world.system, ADA)
    assert found() == []


def test_an_order_is_not_refused_because_of_its_address(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key cannot be opened: the order is taken, and not found by it."""
    monkeypatch.setenv("MERCHANT_SECRETS_KEY_ID", "is-not-there")
    of_customer(world)
    assert world.order().customer
    assert found() == []


@pytest.mark.parametrize("email", ["", "@", "ada", "ada @example.com", "a" * 250 + "@example.com", 7, None, {"a": 1}])
def test_what_is_no_address_has_no_key(world: World, email: Any) -> None:
    assert email_key(System(), email) is None
    assert keys(world) == []


@pytest.mark.parametrize("email", ["", "ada", 7, None, {"a": 1}, ["a@b"]])
def test_an_order_with_an_odd_address_is_taken(world: World, email: Any) -> None:
    world.created(customer={"email": email})
    assert world.order().customer == {"email": email}


def test_no_table_is_scanned(world: World) -> None:
    of_customer(world)
    scanned: list[str] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name == "Scan":
            scanned.append(params["TableName"])

    events = client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb", note, unique_id="scans")
    try:
        assert found()
    finally:
        events.unregister("provide-client-params.dynamodb", unique_id="scans")
    assert set(scanned) <= {"MerchantsTable"}  # the ids of merchants, for their references
