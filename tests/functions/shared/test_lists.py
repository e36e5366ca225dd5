"""Lists: newest first by what is listed, and never more than Lambda can answer (EV-1)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.functions.scripted_psp import offline
from tests.functions.world import ORDER_KEY, World, invoke
from tillgate.api.http import pages
from tillgate.connectors.offline.reference import reference_of
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.payments.operations import OperationStatus
from tillgate.runtime.aws import client

MOST = 1_100_000  # bytes; Lambda can answer 6 MB
LONG = [dict.fromkeys(("name", "description", "sku", "reference"), "e" * 250)] * 90  # some 94 kB


def key(number: int) -> str:
    return f"{ORDER_KEY[:-2]}{number:02d}"


def all_of(world: World, name: str, limit: int | None, **more: Any) -> list[list[dict[str, Any]]]:
    """Every page of a list."""
    found: list[Any] = []
    cursor = None
    while True:
        query = ({"limit": str(limit)} if limit else {}) | ({"cursor": cursor} if cursor else {})
        answer = world.call(name, query=query, **more)
        assert answer.status == 200, answer.text
        assert len(answer.text.encode()) < MOST
        found.append(answer.json["items"])
        cursor = answer.json["next_cursor"]
        if cursor is None:
            return found


def ids(pages: list[list[dict[str, Any]]]) -> list[str]:
    return [each["payment_id"] for page in pages for each in page]


def pay(world: World, number: int) -> str:
    world.passes(timedelta(seconds=1))
    answer = world.call(
        "start_payment", {"method": "card", "instrument": {"token": "tok_visa"}}, path={"order_key": key(number)}
    )
    assert answer.status == 201, answer.text
    return str(answer.json["payment_id"])


def test_a_payment_for_an_old_order_is_the_newest_payment(world: World) -> None:
    """Seen elsewhere: pay for twelve orders made after order A, then for A; the first ten had no payment of A."""
    for number in range(13):
        world.created(order_reference=f"A-{number}")
        world.passes(timedelta(seconds=1))
    started = [pay(world, number) for number in (*range(2, 14), 1)]
    first = world.call("list_payments", query={"limit": "10"}).json
    assert [each["payment_id"] for each in first["items"]] == started[:2:-1]
    assert ids(all_of(world, "list_payments", 5)) == started[::-1]
    assert [len(page) for page in all_of(world, "list_payments", 13)] == [13]


def test_payments_are_filtered_and_other_merchants_are_not_shown(world: World) -> None:
    world.created()
    pay(world, 1)
    world.call("cancel_order", {})
    assert [each["status"] for each in world.call("list_payments", query={"status": "CANCELLED"}).json["items"]] == [
        "CANCELLED"
    ]
    for query in ({"status": "AUTHORIZED"}, {"method": "gift_card"}):
        assert world.call("list_payments", query=query).json == {"items": [], "next_cursor": None}
    world.has_merchant("mer_2")
    assert world.call("list_payments", query={}, token=world.token("mer_2")).json["items"] == []


def test_payments_that_one_change_began_are_listed_one_by_one(world: World) -> None:
    """A booking of too much begins a payment for what is over."""
    world.system.connectors["offline"] = offline(iban="DE02120300000000202051", holder="Shop")
    world.has(Merchant("mer_1", "Shop", methods={"bank_transfer": "offline"}))
    world.created()
    world.call("start_payment", {"method": "bank_transfer"})
    world.call("update_order", {"amount": 4999})
    world.passes(timedelta(seconds=1))
    reference = reference_of(f"pay_{ORDER_KEY.removeprefix('ord_')}_1")
    booking = {"booking_id": "b1", "reference": reference, "amount": 9000, "currency": "EUR", "by": "ada"}
    assert invoke("admin", {"action": "report_money"} | booking)["over"] == 4001
    booking |= {"booking_id": "b2", "amount": 7}
    assert invoke("admin", {"action": "report_money"} | booking)["over"] == 7
    numbers = [each.rpartition("_")[2] for each in ids(all_of(world, "list_payments", 1))]
    assert numbers == ["3", "2", "1"]


def test_one_change_that_began_several_payments_is_split_over_pages(world: World) -> None:
    world.created()
    for _ in range(3):
        world.psp.says(OperationStatus.FAILED)
        pay(world, 1)
    entries = [item for item in world.everything() if "#PAYMENTS" in item.get("list_key", {}).get("S", "")]
    table = client("dynamodb")
    for item in entries[1:]:
        table.delete_item(TableName="OrdersTable", Key={"pk": item["pk"], "sk": item["sk"]})
    listed_at = entries[0]["listed_at"]["S"] + "-3"
    table.put_item(TableName="OrdersTable", Item=entries[0] | {"listed_at": {"S": listed_at}})
    for limit in (1, 2, 3, 4):
        numbers = [each.rpartition("_")[2] for each in ids(all_of(world, "list_payments", limit))]
        assert numbers == ["3", "2", "1"], limit


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 100])
def test_payments_from_before_there_was_a_list_come_after_it(world: World, limit: int) -> None:
    for number in range(1, 4):
        world.created(order_reference=f"A-{number}")
        pay(world, number)
    for item in world.everything():  # as an earlier version wrote it
        if "#PAYMENTS" in item.get("list_key", {}).get("S", ""):
            plain = {name: value for name, value in item.items() if name not in ("list_key", "listed_at")}
            client("dynamodb").put_item(TableName="OrdersTable", Item=plain)
    assert [each.split("_")[1][-2:] for each in ids(all_of(world, "list_payments", limit))] == ["03", "02", "01"]
    world.created(order_reference="A-4")
    newest = pay(world, 4)
    found = ids(all_of(world, "list_payments", limit))
    assert found[0] == newest
    assert [each.split("_")[1][-2:] for each in found[1:]] == ["03", "02", "01"]


def test_a_page_of_large_orders_is_bounded_by_bytes(world: World) -> None:
    """Seen elsewhere: 67 orders of 94 kB would exceed the 6 MB of an answer."""
    for number in range(1, 26):
        world.created(order_reference=f"A-{number}", items=LONG)
        world.passes(timedelta(seconds=1))
    found = all_of(world, "list_orders", 100)
    assert len(found) == 3
    assert [each["order_key"] for page in found for each in page] == [key(number) for number in range(25, 0, -1)]
    as_xml = world.call("list_orders", query={"limit": "100"}, headers={"Accept": "application/xml"})
    assert len(as_xml.text.encode()) < 3 * MOST


def test_every_other_page_is_bounded_by_bytes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.created()
    for _ in range(3):
        world.psp.says(OperationStatus.FAILED)
        pay(world, 1)
    whole = world.call("get_history", query={}).json
    assert whole["next_cursor"] is None
    monkeypatch.setattr(pages, "MOST_BYTES", 1000)
    assert [len(page) for page in all_of(world, "list_payments", 100)] == [1, 1, 1]
    found: list[Any] = []
    cursor = None
    while cursor is not None or not found:
        answer = world.call("get_history", query={"cursor": cursor} if cursor else {}).json
        assert 1 <= len(answer["items"]) < len(whole["items"])
        assert answer["why"] == whole["why"]
        found += answer["items"]
        cursor = answer["next_cursor"]
    assert found == whole["items"]


def test_one_item_is_answered_however_large_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_BYTES", 10)
    world.created()
    world.created(order_reference="A-2")
    assert [len(page) for page in all_of(world, "list_orders", 100)] == [1, 1]
