"""Lines as shops have them: coupons, cloth by the metre, shipping and tax; changed together with the amount (CM-1)."""

from typing import Any

import pytest

from functions.payments.menu.pages import actions
from functions.payments.menu.pages.languages import Wishes
from tests.functions.menu_calls import written
from tests.functions.world import FORM, MENU_KEY, ORDER_KEY, World
from tillgate.domain.orders.order import OrderStatus
from tillgate.use_cases.shared.changes import load

LINES: list[dict[str, Any]] = [
    {"name": "Cloth", "quantity": 1.5, "unit": "m", "amount": 3000},
    {"name": "Buttons", "kind": "product", "quantity": 12, "amount": 600},
    {"name": "Coupon SPRING", "kind": "discount", "quantity": 1, "amount": -500},
    {"name": "Parcel", "kind": "shipping", "quantity": 1, "amount": 490},
    {"name": "VAT 19 %", "kind": "tax", "quantity": 1, "amount": 682},
    {"name": "Payment by invoice", "kind": "fee", "quantity": 1, "amount": 100},
]
TOTAL = 4372


def page(world: World, language: str = "en") -> str:
    sheet = actions.opened(world.system, ORDER_KEY, MENU_KEY, Wishes(language), None)
    return written(sheet).replace("\u00a0", " ")


def test_a_coupon_a_metre_of_cloth_tax_shipping_and_fees_are_lines(world: World) -> None:
    world.created(amount=TOTAL, items=LINES)
    assert world.call("get_order").json["items"] == LINES
    text = page(world)
    for shown in ("1.5 m \u00d7 Cloth", "12 \u00d7 Buttons", "-€5.00", "€4.90", "€6.82"):
        assert shown in text
    assert "1 \u00d7" not in text
    assert "1,5 m \u00d7 Cloth" in page(world, "de")
    assert "-5,00 €" in page(world, "de")


def test_lines_of_a_form(world: World) -> None:
    body = (
        "order_reference=A-1&amount=1000&currency=EUR&items[0][name]=Cloth&items[0][quantity]=2.50&items[0][unit]=m"
        "&items[0][amount]=1500&items[1][name]=Coupon&items[1][kind]=discount&items[1][amount]=-500"
    )
    answer = world.call("create_order", body, headers={"Content-Type": FORM})
    assert answer.status == 201, answer.text
    assert answer.json["items"] == [
        {"name": "Cloth", "quantity": 2.5, "unit": "m", "amount": 1500},
        {"name": "Coupon", "kind": "discount", "quantity": 1, "amount": -500},
    ]


@pytest.mark.parametrize(("amount", "says"), [(4371, "1 more than"), (5000, "628 less than")])
def test_lines_that_do_not_add_up_are_refused_with_the_difference(world: World, amount: int, says: str) -> None:
    for name, more in (("create_order", {}), ("create_invoice", {"customer": {"email": "a@example.com"}})):
        body = {"order_reference": "A-1", "amount": amount, "currency": "EUR", "items": LINES} | more
        answer = world.call(name, body)
        assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), ["/items"])
        assert f"add up to {TOTAL}, {says} the order's amount {amount}" in answer.json["detail"]
    assert world.everything() == []


def test_lines_without_all_amounts_need_not_add_up(world: World) -> None:
    world.created(amount=1, items=[{"name": "a", "amount": 7}, {"name": "b"}])
    assert world.call("update_order", {"amount": 2}).status == 200


def test_lines_are_changed_with_the_amount(world: World) -> None:
    world.created(amount=TOTAL, items=LINES)
    before = world.everything()
    answer = world.call("update_order", {"amount": TOTAL + 500})
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), ["/items"])
    assert "500 less than" in answer.json["detail"]
    assert world.everything() == before
    answer = world.call("update_order", {"amount": TOTAL + 500, "items": [*LINES[:2], *LINES[3:]]})
    assert (answer.status, answer.json["amount"]) == (200, TOTAL + 500)
    assert "Coupon" not in page(world)
    answer = world.call("update_order", {"items": [{"name": "All of it", "amount": TOTAL + 500}]})
    assert [item["name"] for item in answer.json["items"]] == ["All of it"]
    assert world.call("update_order", {"items": []}).json.get("items") is None
    replayed = world.call("get_history", query={}).json["items"]
    assert [entry["type"] for entry in replayed] == ["order_created", *["amount_changed"] * 3]


def test_lines_of_before_may_stay(world: World) -> None:
    """An order of a version whose lines were not summed up."""
    world.created(amount=TOTAL, items=LINES)
    world.call("update_order", {"items": [{"name": "x"}]})
    assert world.call("update_order", {"amount": TOTAL + 1}).status == 200


def test_a_raise_that_lapses_takes_its_lines_back(world: World) -> None:
    world.paid(amount=TOTAL, items=LINES)
    added = {"name": "Scissors", "quantity": 1, "amount": 900}
    assert world.call("update_order", {"amount": TOTAL + 900, "items": [*LINES, added]}).status == 200
    assert load(world.system, ORDER_KEY).terms.items[-1] == added
    world.passes(world.order().expires_at - world.system.now())
    from tests.functions.world import invoke

    invoke("close_window", {"order_key": ORDER_KEY})
    order = world.order()
    assert (order.amount, order.status) == (TOTAL, OrderStatus.AUTHORIZED)
    assert list(order.terms.items) == LINES
