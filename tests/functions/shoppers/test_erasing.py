"""Orders name shoppers and addresses (CM-9); personal data is erased on demand and after a time, money stays (GO-7)."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.shoppers.test_shoppers import ADDRESS, address, read, shopper
from tests.functions.world import ORDER_KEY, World, invoke, sample
from tillgate.domain.payments.operations import Actor, OperationStatus
from tillgate.store.orders.orders import Orders
from tillgate.store.shared.packing import unpacked
from tillgate.use_cases.shoppers import erase

CUSTOMER = {"name": "Ada Lovelace", "email": "ada@example.com"}
RETENTION = timedelta(days=540)
Sweep = Callable[[], dict[str, Any]]


def order(world: World, reference: str = "A-1", **fields: Any) -> Any:
    body = {"order_reference": reference, "amount": 4999, "currency": "EUR", "customer": CUSTOMER} | fields
    return world.call("create_order", body, key=f"create-{reference}")


def named(world: World, reference: str = "A-1", **fields: Any) -> tuple[str, str]:
    """A shopper with an address, and an order that names both."""
    key = shopper(world, name="Ada Lovelace", email="ada@example.com")["shopper_key"]
    place = address(world, key)["address_key"]
    answer = order(world, reference, shopper_key=key, address_key=place, **fields)
    assert answer.status == 201, answer.text
    return key, answer.json["order_key"]


def withdraw(world: World, order_key: str = ORDER_KEY) -> None:
    assert world.call("withdraw_order", key=f"withdraw-{order_key}", path={"order_key": order_key}).status == 200


def erased(world: World, shopper_key: str, **changes: Any) -> Any:
    return world.call("erase_shopper", path={"shopper_key": shopper_key}, **changes)


def stored(world: World) -> str:
    return json.dumps([world.everything("OrdersTable"), world.everything("ShoppersTable")])


def personal(world: World) -> list[str]:
    everything = stored(world)
    return [word for word in ("Ada", "ada@", ADDRESS["line1"][:9]) if word in everything]


@pytest.fixture
def sweep(monkeypatch: pytest.MonkeyPatch) -> Sweep:
    return lambda: invoke("erase_personal_data", sample("erase_personal_data"))


# Orders name shoppers and addresses (CM-9).


def test_an_order_names_a_shopper_and_an_address(world: World) -> None:
    key, order_key = named(world)
    told = world.call("get_order", path={"order_key": order_key}).json
    assert told["shopper_key"] == key
    assert told["address_key"].startswith("adr_")


def test_who_is_named_has_to_be_there_and_the_merchants(world: World) -> None:
    key, _ = named(world)
    other = shopper(world)["shopper_key"]
    place = read(world, key).json["addresses"][0]["address_key"]
    world.has_merchant("mer_2")
    before = world.everything()
    for fields, pointer in (
        ({"shopper_key": "shp_none"}, "/shopper_key"),
        ({"shopper_key": key, "address_key": "adr_none"}, "/address_key"),
        ({"shopper_key": other, "address_key": place}, "/address_key"),
        ({"address_key": place}, "/address_key"),
    ):
        answer = order(world, "A-2", **fields)
        assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), [pointer])
    body = {"order_reference": "B-1", "amount": 1, "currency": "EUR", "shopper_key": key}
    assert world.call("create_order", body, token=world.token("mer_2")).pointers == ["/shopper_key"]
    assert world.everything() == before


def test_customer_data_lies_apart_from_money_facts(world: World) -> None:
    """In no event, no document, no kept answer: in one attribute of the order's item (GO-7)."""
    first = order(world)
    assert first.json["customer"] == CUSTOMER
    item = world.item(ORDER_KEY, "ORDER")
    assert item is not None
    assert json.loads(item.pop("customer")["S"]) == CUSTOMER
    others = [unpacked(item)] + [each for each in world.everything() if each["sk"]["S"] != "ORDER"]
    assert "Ada" not in json.dumps(others)
    world.started()
    assert world.order().customer == CUSTOMER


def test_the_same_call_again_tells_the_customer_while_it_is_there(world: World) -> None:
    first = order(world)
    assert order(world).json == first.json
    withdraw(world)
    erase.erase_order(world.system, ORDER_KEY, Actor.SYSTEM)
    again = order(world)
    assert again.json == {name: value for name, value in first.json.items() if name != "customer"}
    assert again.status == 201


# Erasing on demand (GO-7).


def test_a_shopper_is_erased_with_addresses_and_orders_and_money_stays(world: World) -> None:
    key, order_key = named(world)
    world.started()
    world.psp.says(OperationStatus.SUCCEEDED)
    assert world.call("capture_payment", {}).json["status"] == "CAPTURED"
    before = world.call("get_order", path={"order_key": order_key}).json
    assert erased(world, key).status == 204
    assert personal(world) == []
    after = world.call("get_order", path={"order_key": order_key}).json
    assert after["personal_data_erased_at"]
    same = ("status", "amounts", "payments", "amount", "order_reference", "shopper_key")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    last = world.call("get_history", path={"order_key": order_key}).json["items"][-1]
    assert (last["type"], last["actor"], last["cause"]) == ("personal_data_erased", "merchant", "erasure")
    assert last["order_status"] == {"before": "PAID", "after": "PAID"}


def test_an_erased_shopper_is_gone_and_erasing_it_again_is_no_error(world: World) -> None:
    key = shopper(world, name="Ada")["shopper_key"]
    made = world.call("create_shopper", key="k1").json["shopper_key"]
    for each in (key, made):
        assert erased(world, each).status == 204
        assert erased(world, each).status == 204
        assert read(world, each).refusal == (404, "not_found")
    assert world.call("add_address", ADDRESS, path={"shopper_key": key}).refusal == (404, "not_found")
    assert order(world, "A-2", shopper_key=key).pointers == ["/shopper_key"]
    assert world.call("create_shopper", key="k1").refusal == (404, "not_found")  # what it made is gone
    assert personal(world) == []


def test_only_the_merchant_erases_its_shoppers(world: World) -> None:
    key = shopper(world)["shopper_key"]
    world.has_merchant("mer_2")
    assert erased(world, key, token=world.token("mer_2")).refusal == (404, "not_found")
    assert erased(world, "shp_none").refusal == (404, "not_found")
    assert read(world, key).status == 200


def test_an_order_that_is_not_over_keeps_its_data_until_it_is(world: World, sweep: Sweep) -> None:
    key, order_key = named(world)
    world.started()  # money is held
    assert erased(world, key).status == 204
    assert read(world, key).status == 404
    assert world.order(order_key).customer == CUSTOMER
    sweep()
    world.psp.says(OperationStatus.SUCCEEDED)
    assert world.call("capture_payment", {}, key="capture").status == 200
    assert world.order(order_key).customer == CUSTOMER
    world.passes(erase.TRIED_AGAIN)
    assert sweep() == {"orders": 0, "shoppers": 1}
    assert personal(world) == []
    assert sweep() == {"orders": 0, "shoppers": 0}


def test_many_orders_are_erased_over_several_rounds(
    world: World, sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _ = named(world, "A-0")
    for number in range(1, 8):
        order(world, f"A-{number}", shopper_key=key)
    for number in range(1, 9):
        withdraw(world, f"ord_{number:026d}")
    monkeypatch.setattr(erase, "AT_ONCE", -1.0)  # the call has no time left for anything
    assert erased(world, key).status == 204
    assert read(world, key).status == 404
    assert sweep() == {"orders": 0, "shoppers": 1}
    assert personal(world) == []


def test_one_that_cannot_be_erased_does_not_hold_up_the_others(
    world: World, sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, first = named(world)
    second = order(world, "A-2", shopper_key=key).json["order_key"]
    for each in (first, second):
        withdraw(world, each)
    save = Orders.save

    def fails(self: Orders, before: Any, *more: Any, **named: Any) -> Any:
        if before.order_key == first:
            raise RuntimeError("broken")
        return save(self, before, *more, **named)

    monkeypatch.setattr(Orders, "save", fails)
    assert erased(world, key).status == 204
    assert (world.order(first).customer, world.order(second).customer) == (CUSTOMER, None)
    monkeypatch.setattr(Orders, "save", save)
    world.passes(erase.TRIED_AGAIN)
    sweep()
    assert personal(world) == []


# By operators.


def test_an_operator_erases_an_order_with_name_and_reason(world: World) -> None:
    order(world)
    call = sample("admin_erase_order")
    assert "once it is over" in invoke("admin", call)["error"]
    assert world.order().customer == CUSTOMER
    withdraw(world)
    assert "by" in invoke("admin", call | {"by": " "})["error"]
    assert invoke("admin", call) == {"order_key": ORDER_KEY, "erased": True}
    assert personal(world) == []
    last = world.call("get_history").json["items"][-1]
    assert (last["actor"], last["by"], last["reason"]) == ("operator", call["by"], call["reason"])
    assert invoke("admin", call)["erased"] is True
    assert world.call("get_history").json["items"][-1] == last


def test_an_operator_erases_a_shopper(world: World) -> None:
    key, order_key = named(world)
    withdraw(world, order_key)
    call = sample("admin_erase_shopper") | {"merchant_id": "mer_1", "shopper_key": key}
    assert invoke("admin", call) == {"shopper_key": key, "erased": True}
    assert personal(world) == []
    assert "shopper does not exist" in invoke("admin", call | {"shopper_key": "shp_none"})["error"]
    assert "pass order_key" in invoke("admin", {"action": "erase", "by": "Ada", "reason": "x"})["error"]


# After a time.


def test_what_was_kept_long_enough_is_erased_by_itself(world: World, sweep: Sweep) -> None:
    key, order_key = named(world)
    order(world, "A-2")  # without a shopper; nobody ends it
    withdraw(world, order_key)
    world.passes(RETENTION - timedelta(minutes=1))
    assert sweep() == {"orders": 0, "shoppers": 0}
    world.passes(timedelta(minutes=2))
    assert sweep() == {"orders": 1, "shoppers": 1}
    assert world.order(order_key).customer is None
    assert read(world, key).status == 404
    assert world.order(f"ord_{2:026d}").customer == CUSTOMER  # it is not over
    last = world.call("get_history", path={"order_key": order_key}).json["items"][-1]
    assert (last["actor"], last["reason"]) == ("system", "kept for 540 days")


def test_a_shopper_that_is_used_is_kept(world: World, sweep: Sweep) -> None:
    key = shopper(world, name="Ada")["shopper_key"]
    world.passes(RETENTION - timedelta(minutes=1))
    order(world, shopper_key=key)
    world.passes(timedelta(minutes=2))
    assert sweep() == {"orders": 0, "shoppers": 0}
    assert read(world, key).status == 200


def test_another_retention_time_holds_for_what_is_there(
    world: World, sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    order(world)
    withdraw(world)
    world.passes(timedelta(days=31))
    monkeypatch.setenv("RETENTION_DAYS", "0")
    assert sweep() == {"orders": 0, "shoppers": 0}
    monkeypatch.setenv("RETENTION_DAYS", "30")
    assert sweep() == {"orders": 1, "shoppers": 0}
    assert personal(world) == []
