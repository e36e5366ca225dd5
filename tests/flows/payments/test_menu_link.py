"""The menu's link on the deployed system: nothing else opens the menu, and only the merchant is told it (ADR 137)."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import pytest

from tests.flows.client import JSON, Merchant, send
from tests.flows.psp_pages import Page
from tests.menu_forms import Forms

pytestmark = pytest.mark.flow

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def press(order: JSON, **fields: str) -> str:
    page = Forms(send("GET", order["menu_url"]).text)
    answer = send("POST", order["menu_url"], urlencode(page.pay.fields | {"method": "card"} | fields), FORM)
    assert answer.status == 303
    return answer.headers["location"]


def test_an_order_key_opens_nothing(merchant: Merchant) -> None:
    order, other = merchant.order(), merchant.order()
    menu, _, query = order["menu_url"].partition("?")
    for key in ("", "key=", f"key={order['order_key']}", urlsplit(other["menu_url"]).query, query[:-1], query.upper()):
        for path in ("", "/wait", "/status"):
            assert send("GET", f"{menu}{path}?{key}").status == 404
        for path in ("", "/cancel"):
            assert send("POST", f"{menu}{path}?{key}", "method=card", FORM).status == 404
    assert merchant.read(order)["version"] == 1


def test_a_declined_payment_leads_back_to_the_menu_and_its_id_does_not(merchant: Merchant) -> None:
    order = merchant.order()
    page = Page(press(order))
    payment_id = merchant.read(order)["payments"][0]["payment_id"]
    back = page.press("Decline").headers["location"]
    assert "mk_" not in back
    assert send("GET", back).headers["location"] == order["menu_url"]
    plain = send("GET", f"{merchant.api_url}/psp/sandbox/return/{payment_id}")
    assert "/pay/" not in plain.headers["location"]
    assert plain.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in plain.headers["content-security-policy"]


def test_a_new_link_ends_the_old_one_at_once(merchant: Merchant) -> None:
    order = merchant.order()
    made = merchant.call("POST", f"/orders/{order['order_key']}/menu-link").expect(200)
    assert made["menu_url"] != order["menu_url"]
    assert send("GET", order["menu_url"]).status == 404
    page = Page(press(made))
    again = merchant.call("POST", f"/orders/{order['order_key']}/menu-link").expect(200)
    back = page.press("Decline").headers["location"]
    assert "/pay/" not in send("GET", back).headers["location"], "it was begun by a link that has ended"
    assert send("GET", made["menu_url"]).status == 404
    assert send("GET", again["menu_url"]).status == 200
    assert [each["type"] for each in merchant.history(order)].count("menu_link_renewed") == 2
    assert "mk_" not in str(merchant.history(order))
