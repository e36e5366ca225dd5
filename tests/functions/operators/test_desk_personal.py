"""Personal data at the desk: masked for who reads, whole for who may invoke its function (GO-7, ONE-9)."""

from typing import Any

import pytest

from tests.functions.operators.console import PERSONAL, READS, Widget
from tests.functions.operators.test_desk import HOSTILE, KNOWN_TAGS
from tests.functions.world import ORDER_KEY, World, invoke
from tests.handlers import handler_module

CUSTOMER = {
    "name": "Grace Hopper",
    "email": "grace@navy.example",
    "address": {"city": "Arlington", "lines": ["1 Main St"]},
}
SECRET = ("Grace", "grace@", "navy", "Arlington", "Main St")
OFFERED = {"view": "order", "order_key": ORDER_KEY, "personal_data": "offered"}


def test_who_reads_sees_it_masked(world: World) -> None:
    world.created(customer=CUSTOMER)
    desk = Widget({"view": "order", "order_key": ORDER_KEY})
    assert "g*** @ ***.example" in desk.text
    assert "A***" in desk.text
    assert not [word for word in SECRET if word in desk.page]
    assert "Show personal data" not in desk.labels  # the widget does not offer it


def test_who_may_sees_it_whole_and_comes_back(world: World) -> None:
    world.created(customer=CUSTOMER)
    desk = Widget(OFFERED).press("Show personal data")
    assert not [word for word in SECRET if word not in desk.text]
    desk.press("Back to the order")
    assert "g*** @ ***.example" in desk.text


def test_a_shopper_and_an_invoices_recipient_are_shown_too(world: World) -> None:
    shopper = world.call("create_shopper").json["shopper_key"]
    path = {"shopper_key": shopper}
    address = world.call("add_address", path=path).json
    world.created(shopper_key=shopper, address_key=address["address_key"])
    assert world.call("create_invoice").status == 201
    desk = Widget(OFFERED)
    assert "Ada Lovelace" not in desk.page
    desk.press("Show personal data")
    assert "Ada Lovelace" in desk.text
    assert "ada@example.com" in desk.text
    assert "Address of the order" in desk.text
    invoice = Widget({"view": "find", "personal_data": "offered"}).types(find_text="A-2001").press("Find").press("Open")
    assert "Ada Byron" not in invoice.page
    assert "Ada Byron" in invoice.press("Show personal data").text


def test_what_was_erased_is_said_to_be(world: World) -> None:
    world.created(customer=CUSTOMER)
    world.call("cancel_order")
    erased = {"action": "erase", "order_key": ORDER_KEY, "by": "Ada", "reason": "she asked"}
    assert invoke("admin", erased)["erased"] is True
    desk = Widget(OFFERED)
    assert "Its personal data was erased." in desk.text
    desk.call(PERSONAL, {"order_key": ORDER_KEY, "reads": READS})
    assert "There is none, or it was erased." in desk.text


@pytest.mark.parametrize("carried", [{}, {"order_key": "ord_nobody"}, {"order_key": HOSTILE}])
def test_without_an_order_it_shows_nothing(world: World, carried: dict[str, Any]) -> None:
    desk = Widget({"view": "find"})
    desk.call(PERSONAL, carried)
    assert desk.parsed.tags <= KNOWN_TAGS
    assert "alert(1)" not in desk.text


def test_hostile_personal_data_is_harmless(world: World) -> None:
    world.created(customer={HOSTILE: HOSTILE, "email": f"{HOSTILE}@{HOSTILE}", "list": [HOSTILE, {"a": HOSTILE}]})
    desk = Widget(OFFERED)
    assert desk.parsed.tags <= KNOWN_TAGS
    desk.press("Show personal data")
    assert desk.parsed.tags <= KNOWN_TAGS
    assert not [name for name in desk.parsed.attributes if name.startswith("on")]
    assert "alert(1)" in desk.text


def test_it_describes_itself() -> None:
    described: dict[str, Any] = handler_module("desk_personal").handler({"describe": True}, None)
    assert "Personal data" in described["markdown"]
