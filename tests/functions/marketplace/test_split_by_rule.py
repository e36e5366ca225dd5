"""A split whose parts a rule makes: by percentages, or by items with commission (TH-4)."""

from typing import Any

import pytest

from tests.functions.world import ORDER_KEY, PAYMENT_ID, Answer, World
from tillgate.domain.merchants.vendor import Vendor

RULE = {"amount": 4999, "sub_order_prefix": "A-1001"}


@pytest.fixture
def market(world: World) -> World:
    world.psp.can(marketplace="carve")
    for vendor_id in ("ven_1", "ven_2"):
        world.has(Vendor(vendor_id, "mer_1", vendor_id, f"acct_{vendor_id}"))
    world.paid(multi_vendor=True)
    return world


def split(world: World, **fields: Any) -> Answer:
    body = {"technical_payment_id": PAYMENT_ID} | fields
    return world.call("start_payment", body, function="split_payment", path={"order_key": ORDER_KEY})


def part(vendor_id: str) -> dict[str, Any]:
    return {"vendor_id": vendor_id, "amount": 1, "sub_order_reference": f"A-{vendor_id}"}


def parts(world: World, answer: Answer) -> list[tuple[str, int, int, str]]:
    assert answer.status == 202, answer.text
    path = {"order_key": ORDER_KEY, "split_id": answer.json["split_id"]}
    found = world.call("get_order", function="get_split", path=path).json["parts"]
    return [(part["vendor_id"], part["amount"], part["fee"], part["sub_order_reference"]) for part in found]


def test_by_percentages(market: World) -> None:
    shares = [
        {"vendor_id": "ven_1", "percent": "33.5", "commission": "10"},
        {"vendor_id": "ven_2", "percent": "66.5"},
    ]
    answer = split(market, rule=RULE | {"shares": shares})
    assert parts(market, answer) == [("ven_1", 1675, 168, "A-1001-ven_1"), ("ven_2", 3324, 0, "A-1001-ven_2")]
    again = split(market, rule=RULE | {"shares": shares})
    assert again.json["split_id"] == answer.json["split_id"], "the same rule again is the same split"


def test_by_items(market: World) -> None:
    """The order's discount of a cent is shared."""
    items = [
        {"vendor_id": "ven_1", "amount": 2000, "commission": "5"},
        {"vendor_id": "ven_2", "amount": 1000},
        {"vendor_id": "ven_1", "amount": 2000, "commission": "10"},
    ]
    answer = split(market, rule=RULE | {"items": items})
    assert parts(market, answer) == [("ven_1", 3999, 300, "A-1001-ven_1"), ("ven_2", 1000, 0, "A-1001-ven_2")]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({}, ""),
        ({"parts": [], "rule": RULE}, "/parts"),
        ({"rule": RULE}, "/rule"),
        ({"rule": RULE | {"shares": [{"vendor_id": "ven_1", "percent": "99.99"}]}}, "/rule/shares"),
        ({"rule": RULE | {"shares": [{"vendor_id": "ven_1", "percent": "50"}] * 2}}, "/rule/shares"),
        ({"rule": RULE | {"shares": [{"vendor_id": "ven_1", "percent": 100}]}}, "/rule/shares/0/percent"),
        ({"rule": RULE | {"shares": [{"vendor_id": "ven_1", "percent": "1e2"}]}}, "/rule/shares/0/percent"),
        ({"rule": RULE | {"shares": [{"vendor_id": "ven_1", "percent": "NaN"}]}}, "/rule/shares/0/percent"),
        ({"rule": RULE | {"shares": [{"vendor_id": "ven_1", "percent": "100."}]}}, "/rule/shares/0/percent"),
        ({"rule": RULE | {"shares": [{"vendor_id": "ven_3", "percent": "100"}]}}, "/rule/shares"),
        ({"rule": RULE | {"items": [{"vendor_id": "ven_3", "amount": 1}]}}, "/rule/items"),
        ({"parts": [part("ven_1"), part("ven_3")]}, "/parts/1/vendor_id"),
        ({"rule": RULE | {"items": [{"vendor_id": "ven_1", "amount": 0}]}}, "/rule/items"),
        ({"rule": RULE | {"items": [{"vendor_id": "ven_1", "amount": 1, "share": 2}]}}, "/rule/items/0/share"),
    ],
)
def test_what_is_no_rule_is_refused(market: World, fields: dict[str, Any], pointer: str) -> None:
    before = market.everything()
    answer = split(market, **fields)
    assert answer.refusal == (422, "invalid_request")
    assert answer.pointers[0] == pointer
    assert market.everything() == before


def test_a_rule_for_more_than_there_is_is_refused(market: World) -> None:
    items = [{"vendor_id": "ven_1", "amount": 1}]
    answer = split(market, rule=RULE | {"amount": 5000, "items": items})
    assert answer.refusal == (422, "amount_exceeds_available")
    assert answer.pointers == ["/rule/amount"]


@pytest.mark.parametrize("function", ["split_payment", "pay_vendor"])
def test_neither_divides_an_order_that_has_changed_since_it_was_read(market: World, function: str) -> None:
    paid = {"parts": [part("ven_1")]} if function == "split_payment" else part("ven_1")
    body, before = {"technical_payment_id": PAYMENT_ID} | paid, market.everything()
    answer = market.call(
        "start_payment", body, function=function, path={"order_key": ORDER_KEY}, headers={"If-Match": '"1"'}
    )
    assert answer.refusal == (412, "precondition_failed")
    assert market.everything() == before


def test_a_fee_above_its_part_is_refused_as_pay_refuses_it(market: World) -> None:
    answer = split(market, parts=[part("ven_1"), part("ven_2") | {"fee": 2}])
    assert answer.refusal == (422, "amount_exceeds_available")
    assert answer.pointers == ["/parts/1/fee"]
