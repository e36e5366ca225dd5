"""After a redaction the value is in no table: of an order of any kind, with a key on every call (GO-1, GO-7)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.functions.world import ORDER_KEY, PAYMENT_ID, Answer, World, invoke, sample
from tests.released.lives import TABLES
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.shared.identifiers import vendor_key, vendor_payment_id

CARD = "4111 1111 1111 1111"
SAID = f'the card "{CARD}"'
TEXTS: dict[str, Any] = {"order_reference": f"A {CARD}", "description": SAID, "metadata": {"note": SAID}, "customer": {"name": SAID}}
PATH = {"order_key": ORDER_KEY}


@pytest.fixture
def shop(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Calls with card numbers in them are taken, as they were before these were refused."""
    monkeypatch.setattr("tillgate.api.http.request.places_of_card_numbers", lambda _: iter(()))
    monkeypatch.setattr("tillgate.api.http.idempotency.card_number_in", lambda _: False)
    world.psp.can(marketplace="carve")
    world.has(Vendor("ven_1", "mer_1", "Theatre", "acct_theatre"))
    return world


def calls(world: World, name: str, body: Any, **more: Any) -> Answer:
    """With an idempotency key of its own, and once more with it."""
    key = f"{name}-{more.get('function', '')}"
    answer = world.call(name, body, key=key, **more)
    assert answer.status < 300, answer.text
    assert world.call(name, body, key=key, **more).json == answer.json
    return answer


def single(world: World, **fields: Any) -> None:
    calls(world, "create_order", {"amount": 4999, "currency": "EUR"} | TEXTS | fields)
    calls(world, "update_order", {"metadata": {"another": SAID}})
    calls(world, "start_payment", {"method": "card", "instrument": {"token": "tok_visa"}})
    calls(world, "capture_payment", {"amount": 3000})
    calls(world, "refund_payment", {"amount": 1000, "reason": SAID})
    calls(world, "cancel_order", None)


def of_one_vendor(world: World) -> None:
    single(world, vendor_id="ven_1")


def of_vendors(world: World) -> None:
    calls(world, "create_order", {"amount": 4999, "currency": "EUR", "multi_vendor": True} | TEXTS)
    calls(world, "update_order", {"metadata": {"another": SAID}})
    calls(world, "start_payment", {"method": "card", "instrument": {"token": "tok_visa"}})
    pay = {"technical_payment_id": PAYMENT_ID, "vendor_id": "ven_1", "amount": 1000, "fee": 100}
    reference = f"sub {CARD}"
    calls(world, "start_payment", pay | {"sub_order_reference": reference}, function="pay_vendor", path=PATH)
    path = PATH | {"payment_id": vendor_payment_id(vendor_key(ORDER_KEY, reference))}
    calls(world, "capture_payment", {}, path=path)
    calls(world, "refund_payment", {"amount": 500, "reason": SAID}, path=path)
    invoke("sweep_due", {})


def invoiced(world: World) -> None:
    body = sample("create_invoice")["body"]
    calls(world, "create_invoice", json.loads(body) | {"description": SAID, "order_reference": f"A {CARD}"})


KINDS: dict[str, Callable[[World], None]] = {
    "single": single,
    "of one vendor": of_one_vendor,
    "of vendors": of_vendors,
    "an invoice": invoiced,
}


def where(world: World) -> list[str]:
    found = [item for table in TABLES for item in world.everything(table)]
    return [f"{item['pk']['S']} {item['sk']['S']}" for item in found if CARD in json.dumps(item)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_value_is_nowhere(shop: World, kind: str) -> None:
    KINDS[kind](shop)
    assert where(shop)
    answer = invoke("admin", sample("admin_redact") | PATH)
    assert "error" not in answer, answer
    assert where(shop) == []


def test_a_repeated_call_is_answered_without_it(shop: World) -> None:
    body = {"amount": 4999, "currency": "EUR", "multi_vendor": True} | TEXTS
    first = shop.call("create_order", body, key="k1")
    invoke("admin", sample("admin_redact") | PATH)
    again = shop.call("create_order", body, key="k1")
    assert (again.status, again.headers["idempotent-replayed"]) == (201, "true")
    assert CARD not in again.text
    assert again.json["order_key"] == first.json["order_key"]


def test_answers_about_what_is_no_order_are_in_no_list(shop: World) -> None:
    """They cost a place in the index, and nothing looks for them."""
    shop.call("create_shopper", key="k1")
    (kept,) = (item for item in shop.everything() if item["sk"]["S"] == "IDEMPOTENCY")
    assert "list_key" not in kept
