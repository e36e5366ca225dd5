"""Saved instruments on the deployed system: alone and with a payment, recurring, deleted (RG-4, RG-5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows.books import Books
from tests.flows.client import JSON, Merchant, eventually
from tests.flows.psp_pages import Page

pytestmark = pytest.mark.flow


@pytest.fixture
def shopper(merchant: Merchant) -> str:
    return str(merchant.call("POST", "/shoppers", {}).expect(201)["shopper_key"])


def listed(merchant: Merchant, shopper: str) -> list[JSON]:
    items: list[JSON] = merchant.call("GET", f"/shoppers/{shopper}/tokens").expect(200)["items"]
    return items


def pay(merchant: Merchant, order: JSON, token: str, **fields: Any) -> JSON:
    body = {"method": "card", "instrument": {"token": token}} | fields
    payment: JSON = merchant.call("POST", f"/orders/{order['order_key']}/payments", body).expect(201)
    return payment


def test_a_card_saved_alone_pays_recurs_and_is_deleted(merchant: Merchant, shopper: str, books: Books) -> None:
    """RG-4, RG-5: the shopper is asked, the repeated payment of the same card is not."""
    body = {"shopper_key": shopper, "method": "card", "instrument": {"token": "tok_visa_3ds"}}
    saved = merchant.call("POST", "/tokens", body, key="token-1" + shopper).expect(201)
    assert (saved["brand"], saved["last4"], saved["recurring"]) == ("visa", "4242", True)
    again = merchant.call("POST", "/tokens", body, key="token-1" + shopper)
    assert (again.expect(201), again.headers["idempotent-replayed"]) == (saved, "true")
    assert listed(merchant, shopper) == [saved]
    with_shopper, without = (merchant.order(shopper_key=shopper) for _ in range(2))
    assert pay(merchant, with_shopper, saved["token"])["status"] == "CREATED"
    repeated = pay(merchant, without, saved["token"], recurring=True)
    assert (repeated["status"], repeated["recurring"]) == ("AUTHORIZED", "REPEATED")
    books.agree(without)
    assert merchant.call("DELETE", f"/tokens/{saved['token']}").status == 204
    assert merchant.call("DELETE", f"/tokens/{saved['token']}").refused(404, "not_found")
    assert listed(merchant, shopper) == []
    gone = {"method": "card", "instrument": {"token": saved["token"]}}
    order = merchant.order(shopper_key=shopper)
    problem = merchant.call("POST", f"/orders/{order['order_key']}/payments", gone).refused(422, "invalid_request")
    assert problem["errors"][0]["pointer"] == "/instrument/token"


def test_a_card_is_saved_with_a_payment_by_whatever_comes_first(merchant: Merchant, shopper: str, books: Books) -> None:
    """RG-5: the shopper approves and never returns; the notification saves the card, once."""
    order = merchant.order(shopper_key=shopper)
    payment = pay(merchant, order, "tok_visa_3ds", save_instrument=True, recurring=True)
    assert (payment["status"], payment["recurring"], listed(merchant, shopper)) == ("CREATED", "INITIAL", [])
    assert Page(payment["redirect"]["url"]).press("Approve").status == 303
    (saved,) = eventually(lambda: listed(merchant, shopper), within=60)
    now = merchant.call("GET", f"/payments/{payment['payment_id']}").expect(200)
    assert now["instrument"] == {"token": saved["token"], "brand": "visa", "last4": "4242"}
    merchant.call("POST", f"/orders/{order['order_key']}/payments/{payment['payment_id']}/sync").expect(200)
    assert listed(merchant, shopper) == [saved]
    books.agree(order)
