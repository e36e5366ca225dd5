"""Nothing in the merchants table is overwritten that was not read: every write has a condition (ONE-1)."""

from dataclasses import replace
from typing import Any

import pytest

from tests.functions.world import World
from tests.store.shared.writing_methods import CASES
from tillgate.domain.merchants.account import Client
from tillgate.runtime.aws import client
from tillgate.store.merchants.accounts import of_client
from tillgate.store.merchants.items import Items, Missing, Taken
from tillgate.store.shared.transactions import Cancelled

WRITING = ("PutItem", "UpdateItem", "DeleteItem")
PLACE, ADA = of_client("cli_1"), Client("cli_1", "mer_1", ("h",))


@pytest.fixture
def items(world: World) -> Items:
    return world.system.merchants.items


@pytest.fixture
def writes(world: World) -> Any:
    """Every write of the merchants table: its parameters."""
    made: list[dict[str, Any]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        actions = [params] if model.name in WRITING else []
        actions += [each for action in params.get("TransactItems", []) for each in action.values()]
        made.extend(each for each in actions if each["TableName"] == "MerchantsTable")

    events = client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb", note, unique_id="writes")
    yield made
    events.unregister("provide-client-params.dynamodb", unique_id="writes")


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_write_of_accounts_has_a_condition(world: World, writes: list[dict[str, Any]], name: str) -> None:
    call = CASES[name](world)
    writes.clear()
    call()
    assert all(each.get("ConditionExpression") for each in writes), writes
    assert writes or not name.startswith(("Items.", "Merchants."))


def test_what_exists_is_not_created_again(world: World, items: Items) -> None:
    items.create(PLACE, ADA)
    with pytest.raises(Taken):
        items.create(PLACE, replace(ADA, merchant_id="mer_2"))
    assert items.read(PLACE) == ADA


def test_what_does_not_exist_is_neither_changed_nor_deleted(world: World, items: Items) -> None:
    with pytest.raises(Missing):
        items.change(PLACE, lambda it: it)
    with pytest.raises(Missing):
        items.delete(PLACE)
    assert items.read(PLACE) is None


def test_what_was_changed_in_the_meantime_is_read_again(world: World, items: Items) -> None:
    items.create(PLACE, ADA)
    seen = []

    def change(found: Client) -> Client:
        seen.append(found.known_to)
        if len(seen) == 1:
            Items(client("dynamodb"), "MerchantsTable").change(PLACE, lambda it: replace(it, known_to=("Ida",)))
        return replace(found, secret_hashes=("i",))

    assert items.change(PLACE, change) == items.read(PLACE) == replace(ADA, known_to=("Ida",), secret_hashes=("i",))
    assert seen == [(), ("Ida",)]


def test_what_was_deleted_in_the_meantime_does_not_come_back(world: World, items: Items) -> None:
    items.create(PLACE, ADA)

    def change(found: Client) -> Client:
        Items(client("dynamodb"), "MerchantsTable").delete(PLACE)
        return found

    with pytest.raises(Missing):
        items.change(PLACE, change)
    assert items.read(PLACE) is None


def test_a_write_beside_it_happens_with_it_or_not_at_all(world: World, items: Items) -> None:
    items.create(PLACE, ADA)
    taken = {"Put": {"TableName": "OrdersTable", "Item": {"pk": {"S": "x"}, "sk": {"S": "x"}}}}
    taken["Put"] |= {"ConditionExpression": "attribute_not_exists(pk)"}
    items.change(PLACE, lambda it: replace(it, known_to=("Ida",)), lambda _: [taken])
    with pytest.raises(Cancelled) as cancelled:
        items.change(PLACE, lambda it: replace(it, known_to=("Eve",)), lambda _: [taken])
    assert cancelled.value.failed(1)
    assert items.read(PLACE) == replace(ADA, known_to=("Ida",))
    assert len(world.everything()) == 1


def test_what_could_not_be_read_again_is_not_written(world: World, items: Items) -> None:
    seven: Any = 7
    broken = replace(ADA, scopes=seven)
    with pytest.raises(ValueError, match="is no list"):
        items.create(PLACE, broken)
    items.create(PLACE, ADA)
    with pytest.raises(ValueError, match="is no list"):
        items.change(PLACE, lambda _: broken)
    assert items.read(PLACE) == ADA
