"""What a warm call costs: reads and transactions are counted, and nothing else is called."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from functions.payments.menu.pages.actions import opened
from functions.payments.menu.pages.languages import Wishes
from tests.functions.scripted_psp import KeepingPsp
from tests.functions.world import MENU_KEY, ORDER_KEY, World, invoke, sample
from tillgate.domain.payments.operations import OperationStatus
from tillgate.runtime.aws import client

READ, QUERY, UPDATE, TRANSACTION = "GetItem", "Query", "UpdateItem", "TransactWriteItems"


class Calls(Counter[str]):
    """AWS calls made since the last `clear`."""


@pytest.fixture
def calls() -> Iterator[Calls]:
    made = Calls()

    def note(model: Any, **_: Any) -> None:
        made[model.name] += 1

    services = ("dynamodb", "ssm", "secretsmanager", "kms", "sqs")
    for service in services:
        client(service).meta.events.register("before-call", note, unique_id="counted")
    yield made
    for service in services:
        client(service).meta.events.unregister("before-call", note, unique_id="counted")


def warm(world: World, calls: Calls) -> None:
    """The process has served before: the secret and the merchant are known."""
    world.call("get_order")
    world.call("start_payment")
    calls.clear()


@pytest.mark.parametrize("key", [None, "k1"], ids=["without key", "with key"])
def test_create_is_one_transaction(world: World, calls: Calls, key: str | None) -> None:
    warm(world, calls)
    assert world.call("create_order", key=key).status == 201
    assert calls == {TRANSACTION: 1}


@pytest.mark.parametrize("name", ["get_order", "get_payment", "get_payment_by_id"])
def test_status_is_one_read(world: World, calls: Calls, name: str) -> None:
    world.created()
    warm(world, calls)
    assert world.call(name, function=name.removesuffix("_by_id")).status == 200
    assert calls == {READ: 1}


@pytest.mark.parametrize("key", [None, "k1"], ids=["without key", "with key"])
@pytest.mark.parametrize("name", ["capture_payment", "cancel_payment"])
def test_an_operation_is_one_read_and_two_transactions(world: World, calls: Calls, name: str, key: str | None) -> None:
    world.created()
    warm(world, calls)
    assert world.call(name, key=key).status == 200
    assert calls == {READ: 1, TRANSACTION: 2}


@pytest.mark.parametrize("key", [None, "k1"], ids=["without key", "with key"])
def test_start_is_one_read_and_two_transactions(world: World, calls: Calls, key: str | None) -> None:
    warm(world, calls)
    world.created()
    calls.clear()
    assert world.call("start_payment", key=key).status == 201
    assert calls == {READ: 2, UPDATE: 1, TRANSACTION: 2}, "the attempt is counted, the merchant's failures are read"
    world.created(order_reference="A-1002")
    calls.clear()
    path = {"order_key": "ord_00000000000000000000000002"}
    assert world.call("start_payment", key=key and "k2", path=path).status == 201
    assert calls == {READ: 1, UPDATE: 1, TRANSACTION: 2}, "and known for ten seconds (US-3)"


@pytest.fixture
def shopper_key(world: World) -> str:
    """A shopper with one saved instrument."""
    world.psp = world.system.connectors["sandbox"] = KeepingPsp()
    return str(world.call("create_shopper").json["shopper_key"])


def saved(world: World, shopper_key: str) -> str:
    body = {"shopper_key": shopper_key, "method": "card", "instrument": {"token": "tok_visa"}}
    return str(world.call("save_instrument", body).json["token"])


def test_saving_with_a_payment_is_one_query_more(world: World, calls: Calls, shopper_key: str) -> None:
    """RG-5: whether there is a shopper is looked at; the instrument is written with the outcome."""
    warm(world, calls)
    world.created(shopper_key=shopper_key)
    calls.clear()
    body = {"method": "card", "instrument": {"token": "tok_visa"}, "save_instrument": True}
    assert "instrument" in world.call("start_payment", body).json
    assert calls == {READ: 2, QUERY: 1, UPDATE: 1, TRANSACTION: 2}


def test_paying_with_a_saved_instrument_is_one_read_more(world: World, calls: Calls, shopper_key: str) -> None:
    token = saved(world, shopper_key)
    warm(world, calls)
    world.created(shopper_key=shopper_key)
    calls.clear()
    assert world.call("start_payment", {"method": "card", "instrument": {"token": token}}).status == 201
    assert calls == {READ: 2, UPDATE: 1, TRANSACTION: 2}


def test_an_instrument_is_saved_with_two_transactions(world: World, calls: Calls, shopper_key: str) -> None:
    warm(world, calls)
    saved(world, shopper_key)
    assert calls == {TRANSACTION: 2}


def test_the_menu_reads_once_more_where_the_order_names_a_shopper(world: World, calls: Calls, shopper_key: str) -> None:
    saved(world, shopper_key)
    warm(world, calls)
    world.created()
    world.created(order_reference="A-1002", shopper_key=shopper_key, saved_instruments=True)
    calls.clear()
    assert opened(world.system, ORDER_KEY, MENU_KEY, Wishes("en"), None).cards == []
    assert calls == {READ: 1}
    calls.clear()
    assert [
        card.name for card in opened(world.system, ORDER_KEY[:-1] + "2", MENU_KEY[:-1] + "2", Wishes("en"), None).cards
    ] == ["Visa •••• 4242"]
    assert calls == {READ: 1, QUERY: 1}


@pytest.mark.parametrize("key", [None, "k1"], ids=["without key", "with key"])
@pytest.mark.parametrize("name", ["withdraw_order", "update_order"])
def test_a_change_without_a_psp_is_one_read_and_one_transaction(
    world: World, calls: Calls, name: str, key: str | None
) -> None:
    warm(world, calls)
    world.created()
    calls.clear()
    assert world.call(name, key=key).status == 200
    assert calls == {READ: 1, TRANSACTION: 1}


def test_a_refused_operation_is_one_read(world: World, calls: Calls) -> None:
    world.created()
    warm(world, calls)
    assert world.call("capture_payment", {"amount": 5000}).status == 422
    assert calls == {READ: 1}


def test_news_of_a_psp_are_one_read_and_one_transaction(world: World, calls: Calls) -> None:
    world.created()
    world.started(OperationStatus.PENDING)
    calls.clear()
    event = sample("apply_psp_notification")
    assert invoke("apply_psp_notification", event) == {"batchItemFailures": []}
    assert calls == {READ: 1, TRANSACTION: 1}
    calls.clear()
    invoke("apply_psp_notification", event)  # a copy
    assert calls == {READ: 1}


def test_the_cold_path_reads_keys_and_merchant_once(world: World, calls: Calls) -> None:
    token = world.token()
    world.system.merchants.items._kept.clear()
    calls.clear()
    assert world.call("create_order", token=token).status == 201
    assert calls == {READ: 2, TRANSACTION: 1}
