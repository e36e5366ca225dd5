"""What is wrong is refused with the contract's status and code, says where, and changes nothing.

JSON is read strictly: a number is a number. Forms are read by their text, as strictly as text can be.
"""

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.functions.world import FORM, ORDER_KEY, World, invoke

ORDER: dict[str, Any] = {"order_reference": "A-1", "amount": 4999, "currency": "EUR"}
HUGE = 10**30
DEEP = '{"a":' * 250 + "1" + "}" * 250


TAKE_AMOUNTS: dict[str, dict[str, Any]] = {
    "create_order": {"order_reference": "A-2", "currency": "EUR"},
    "start_payment": {"method": "card"},
    "capture_payment": {},
    "cancel_payment": {},
    "refund_payment": {},
    "refund_order": {},
    "update_order": {},
}


def create(world: World, body: object, **headers: str | None) -> Any:
    return world.call("create_order", body, headers=headers)


def _refused_as(name: str, amount: str) -> str:
    """An order of nothing may be, and this one is covered already."""
    return "amount_exceeds_available" if (name, amount) == ("update_order", "0") else "invalid_request"


@pytest.mark.parametrize(
    "amount",
    ["-1", "0", "1000000000001", str(HUGE), "49.99", "49.00", "5e3", "true", "false", "null", '"4999"', "[1]", "{}"],
)
def test_an_amount_in_json(paid: World, amount: str) -> None:
    """RG-3: a positive integer of minor units, up to 1,000,000,000,000; zero only where an order is made (US-1)."""
    before = paid.everything()
    for name, also in TAKE_AMOUNTS.items():
        if (amount, name) == ("0", "create_order") or (amount == "null" and name != "create_order"):
            continue  # as if it were not given
        body = json.dumps(also | {"amount": 0}).replace('"amount": 0', f'"amount": {amount}')
        answer = paid.call(name, body)
        code = _refused_as(name, amount)
        assert (name, answer.refusal, answer.pointers) == (name, (422, code), ["/amount"])
    assert paid.everything() == before


@pytest.mark.parametrize(
    "amount", ["-1", "0", "1000000000001", str(HUGE), "49.99", "49.00", "5e3", "4_999", " 4999", "true", "", "٤٩"]
)
def test_an_amount_in_a_form(paid: World, amount: str) -> None:
    """49.00 must not be taken for 49 minor units."""
    before = paid.everything()
    for name in ("capture_payment", "update_order"):
        answer = paid.call(name, urlencode({"amount": amount}), headers={"Content-Type": FORM})
        assert (answer.refusal, answer.pointers) == ((422, _refused_as(name, amount)), ["/amount"])
    assert paid.everything() == before


@pytest.mark.parametrize("amount", ["1", "1000000000000"])
def test_the_least_and_the_most(world: World, amount: str) -> None:
    body = urlencode(ORDER | {"amount": amount})
    assert create(world, body, **{"Content-Type": FORM}).status == 201


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"amonut": 1}, "/amonut"),
        ({"currency": "XXX"}, "/currency"),
        ({"currency": "eur"}, "/currency"),
        ({"currency": "EURO"}, "/currency"),
        ({"currency": 978}, "/currency"),
        ({"currency": None}, "/currency"),
        ({"order_reference": ""}, "/order_reference"),
        ({"order_reference": "x" * 101}, "/order_reference"),
        ({"order_reference": 7}, "/order_reference"),
        ({"order_reference": ["A-1"]}, "/order_reference"),
        ({"order_reference": "A\u00001"}, "/order_reference"),
        ({"order_reference": "A\n1"}, "/order_reference"),
        ({"order_reference": "A\u007f1"}, "/order_reference"),
        ({"capture": "later"}, "/capture"),
        ({"methods": []}, "/methods"),
        ({"methods": "card"}, "/methods"),
        ({"methods": ["card", "cheque"]}, "/methods/1"),
        ({"multi_vendor": "true"}, "/multi_vendor"),
        ({"multi_vendor": 1}, "/multi_vendor"),
        ({"on_failed_tender": "retry"}, "/on_failed_tender"),
        ({"expires_in_minutes": 0}, "/expires_in_minutes"),
        ({"expires_in_minutes": 121}, "/expires_in_minutes"),
        ({"expires_in_minutes": 1.5}, "/expires_in_minutes"),
        ({"description": "x" * 1001}, "/description"),
        ({"locale": "not a locale"}, "/locale"),
        ({"items": {}}, "/items"),
        ({"items": [{"quantity": 1}]}, "/items/0/name"),
        ({"items": [{"name": "x", "quantity": 0}]}, "/items/0/quantity"),
        ({"items": [{"name": "x", "amount": -1}]}, "/items"),
        ({"items": [{"name": "x", "amount": 1.5}]}, "/items/0/amount"),
        ({"items": [{"name": "x", "quantity": 0.0000001}]}, "/items/0/quantity"),
        ({"items": [{"name": "x", "quantity": True}]}, "/items/0/quantity"),
        ({"items": [{"name": "x", "kind": "gift"}]}, "/items/0/kind"),
        ({"items": [{"name": "x", "price": 1}]}, "/items/0/price"),
        ({"items": [{"name": "x"}] * 201}, "/items"),
        ({"metadata": []}, "/metadata"),
        ({"metadata": "x"}, "/metadata"),
        ({"metadata": {"a": "x" * 10_001}}, "/metadata"),
        ({"metadata": {"a": float("nan")}}, "/metadata"),
        ({"metadata": {"a": [float("inf")]}}, "/metadata"),
        ({"customer": {"a": float("-inf")}}, "/customer"),
        ({"return_urls": {"success": "http://shop.example.com"}}, "/return_urls/success"),
        ({"return_urls": {"success": "https://localhost/"}}, "/return_urls/success"),
        ({"return_urls": {"succes": "https://shop.example.com"}}, "/return_urls/succes"),
        ({"notification_url": "https://10.0.0.1/"}, "/notification_url"),
        ({"vendor_id": "x" * 256}, "/vendor_id"),
    ],
)
def test_a_field_of_an_order(world: World, fields: dict[str, object], pointer: str) -> None:
    answer = create(world, ORDER | fields)
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), [pointer])
    assert world.everything() == []


def test_every_field_that_is_wrong_is_named(world: World) -> None:
    answer = create(world, {"amount": "1", "currency": "?", "x": 1})
    assert sorted(answer.pointers) == ["/amount", "/currency", "/order_reference", "/x"]


def test_a_pointer_is_escaped(world: World) -> None:
    """RFC 6901."""
    assert create(world, ORDER | {"a/b~c": 1}).pointers == ["/a~1b~0c"]


@pytest.mark.parametrize("depth", [11, 150, 197, 198, 199])
def test_metadata_that_is_nested_too_deeply(world: World, depth: int) -> None:
    metadata = '{"a":' * depth + "1" + "}" * depth
    body = json.dumps(ORDER | {"metadata": "M"}).replace('"M"', metadata)
    assert create(world, body).status in (400, 422)
    assert world.everything() == []


def test_metadata_comes_back_as_it_was_given(world: World) -> None:
    metadata = {
        "": "empty",
        "a/b": [1, 2.5, None, {"x": None}],
        "ключ": "значение 💶",
        "big": 10**40,
        "no": False,
        "nested": {"a": {"b": {"c": {}}}},
    }
    answer = create(world, ORDER | {"metadata": metadata})
    assert answer.json["metadata"] == metadata
    assert world.call("get_order").json["metadata"] == metadata
    assert world.call("update_order", {"metadata": {"a": None}}).json["metadata"] == {"a": None}
    assert world.call("get_order").json["metadata"] == {"a": None}
    assert world.call("get_history").status == 200


UNREADABLE_JSON = {
    "cut off": "{",
    "comma": '{"amount": 1,}',
    "quotes": "{'amount': 1}",
    "lone surrogate": '{"order_reference": "\\ud800"}',
    "not UTF-8": "\ud800",
    "raw control": '{"a": "\u0001"}',
    "too deep": "[" * 100_000,
    "too deep in a field": '{"metadata":' + DEEP + "}",
}


@pytest.mark.parametrize("body", UNREADABLE_JSON.values(), ids=UNREADABLE_JSON)
def test_json_that_cannot_be_read(world: World, body: str) -> None:
    assert create(world, body).refusal == (400, "invalid_request")
    assert world.everything() == []


def test_no_body_is_one_without_fields(world: World) -> None:
    answer = create(world, "")
    assert (answer.refusal, len(answer.pointers)) == ((422, "invalid_request"), 3)


@pytest.mark.parametrize("body", ["[]", "null", "1", '"x"', "true"])
def test_json_that_is_no_object(world: World, body: str) -> None:
    assert create(world, body).refusal == (422, "invalid_request")


def test_a_body_in_base64_is_read_too(world: World) -> None:
    event = world.event("create_order", ORDER)
    event |= {"body": base64.b64encode(event["body"].encode()).decode(), "isBase64Encoded": True}
    assert invoke("create_order", event)["statusCode"] == 201
    event["body"] = base64.b64encode(b'{"order_reference": "\xff"}').decode()
    assert invoke("create_order", event)["statusCode"] == 400


UNREADABLE_FORMS = {
    "twice": "amount=1&amount=2",
    "value and group": "amount=1&amount[x]=2",
    "group and value": "amount[x]=2&amount=1",
    "open bracket": "amount[x=1",
    "behind bracket": "amount[x]y=1",
    "not UTF-8": "order_reference=%FF",
    "lone surrogate": "order_reference=%ED%A0%80",
    "too deep": "metadata" + "[a]" * 9 + "=1",
    "too many": "&".join(f"metadata[a{n}]=1" for n in range(1001)),
}


@pytest.mark.parametrize("body", UNREADABLE_FORMS.values(), ids=UNREADABLE_FORMS)
def test_a_form_that_cannot_be_read(world: World, body: str) -> None:
    answer = create(world, body, **{"Content-Type": FORM})
    assert answer.refusal == (400, "invalid_request")
    assert world.everything() == []


def test_a_form_in_any_order(world: World) -> None:
    body = "items[1][name]=b&items[0][name]=a&" + urlencode(ORDER)
    answer = create(world, body, **{"Content-Type": f"{FORM}; charset=UTF-8"})
    assert [item["name"] for item in answer.json["items"]] == ["a", "b"]


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "", "json"])
def test_a_content_type_that_is_neither(world: World, kind: str) -> None:
    assert create(world, ORDER, **{"Content-Type": kind}).refusal == (415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/x+json", None])
def test_a_content_type_that_is_json(world: World, kind: str | None) -> None:
    assert create(world, ORDER, **{"Content-Type": kind}).status == 201


def test_a_body_that_is_too_long(world: World) -> None:
    assert create(world, ORDER | {"description": "x" * 100_000}).refusal == (413, "invalid_request")


@pytest.mark.parametrize("name", ["withdraw_order", "cancel_order", "withdraw_payment", "sync_payment"])
def test_a_call_that_takes_no_fields(paid: World, name: str) -> None:
    before = paid.everything()
    answer = paid.call(name, {"amount": 1}, headers={"Content-Type": "application/json"})
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), ["/amount"])
    assert paid.everything() == before


@pytest.mark.parametrize(
    ("name", "body", "pointer"),
    [
        ("start_payment", {"method": "card", "instrument": "tok_visa"}, "/instrument"),
        ("start_payment", {"method": "card", "instrument": {"token": ""}}, "/instrument/token"),
        ("start_payment", {"method": "card", "instrument": {"token": "x" * 4097}}, "/instrument/token"),
        ("start_payment", {"method": "card", "instrument": {"number": "4111"}}, "/instrument/number"),
        ("start_payment", {"method": "card", "return_url": "javascript:alert(1)"}, "/return_url"),
        ("start_payment", {}, "/method"),
        ("capture_payment", {"final": "yes"}, "/final"),
        ("capture_payment", {"fee": -1}, "/fee"),
        ("capture_payment", {"ammount": 1}, "/ammount"),
        ("refund_payment", {"reason": ""}, "/reason"),
        ("refund_payment", {"reason": "x" * 256}, "/reason"),
        ("refund_order", {"reason": 1}, "/reason"),
    ],
)
def test_a_field_of_an_operation(paid: World, name: str, body: object, pointer: str) -> None:
    before = paid.everything()
    answer = paid.call(name, body)
    assert answer.refusal == (422, "invalid_request")
    assert pointer in answer.pointers
    assert paid.everything() == before


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": "0"}, "/limit"),
        ({"limit": "101"}, "/limit"),
        ({"limit": "1.0"}, "/limit"),
        ({"status": "paid"}, "/status"),
        ({"created_from": "yesterday"}, "/created_from"),
        ({"created_from": "2030-01-01"}, "/created_from"),
        ({"created_from": "2030-01-01T12:00:00"}, "/created_from"),
        ({"created_from": "0001-01-01T00:00:00+14:00"}, "/created_from"),
        ({"created_to": "9999-12-31T23:59:59-14:00"}, "/created_to"),
        ({"created_from": "0009-01-01T00:00:00Z"}, "/created_from"),
        ({"cursor": "%%%"}, "/cursor"),
        ({"cursor": "A"}, "/cursor"),
        ({"cursor": "_w"}, "/cursor"),
        ({"cursor": "x" * 501}, "/cursor"),
        ({"order_reference": "x" * 101}, "/order_reference"),
        ({"page": "2"}, "/page"),
    ],
)
def test_a_query(world: World, query: dict[str, str], pointer: str) -> None:
    answer = world.call("list_orders", query=query)
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), [pointer])


def test_the_cursor_of_another_merchant_shows_nothing_of_its_orders(world: World) -> None:
    for number in range(2):
        world.created(order_reference=f"A-{number}")
    cursor = world.call("list_orders", query={"limit": "1"}).json["next_cursor"]
    world.has_merchant("mer_2")
    answer = world.call("list_orders", query={"cursor": cursor}, token=world.token("mer_2"))
    assert (answer.status, answer.json) == (200, {"items": [], "next_cursor": None})


@pytest.mark.parametrize("order_key", ["x", "ord_1", "ORDER", "REFERENCE@mer_1@A-1001"])
def test_an_order_key_that_is_not_there(paid: World, order_key: str) -> None:
    before = paid.everything()
    for name in ("get_order", "get_history", "update_order", "start_payment", "capture_payment"):
        assert paid.call(name, path={"order_key": order_key}).refusal == (404, "not_found")
    assert paid.everything() == before


@pytest.mark.parametrize(
    "part", ["x" * 3000, "ord_\ud800", "💶" * 600, f"{ORDER_KEY}\u0000", f"{ORDER_KEY}#x", "a b", ""]
)
def test_what_cannot_be_a_key_is_not_asked_for(paid: World, part: str) -> None:
    """The table refuses keys of more than 2048 bytes: that would come out as a fault of ours."""
    paid.system.__dict__["orders"] = None  # whoever asks it fails
    for name in ("get_order", "get_history", "update_order", "start_payment", "capture_payment"):
        assert paid.call(name, path={"order_key": part}).refusal == (404, "not_found")
    assert paid.call("get_payment_by_id", function="get_payment", path={"payment_id": part}).status == 404
    assert paid.call("return_shopper", path={"payment_id": part}).status == 404


@pytest.mark.parametrize("key", ["", " ", "with space", "x" * 256, "é", "a\u0000"])
def test_an_idempotency_key_that_is_none(world: World, key: str) -> None:
    assert world.call("create_order", key=key).refusal == (422, "invalid_request")
    assert world.everything() == []
