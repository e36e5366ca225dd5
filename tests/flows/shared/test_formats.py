"""Forms in, XML out (RG-10), tokens (RG-9), lists (EV-1) and history (IS-15)."""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree

import pytest

from tests.flows.client import FORM, Merchant, authorized_order, new_reference, send

pytestmark = pytest.mark.flow


def test_a_token_is_asked_for_by_basic_or_in_the_form(merchant: Merchant) -> None:
    """RFC 6749, 4.4: both ways."""
    by_basic = merchant.ask_token().expect(200)
    assert (by_basic["token_type"], by_basic["expires_in"] > 0) == ("Bearer", True)
    account = merchant.account
    form = f"grant_type=client_credentials&client_id={account['client_id']}&client_secret={account['client_secret']}"
    answer = send("POST", f"{merchant.api_url}/auth/token", form, {"Content-Type": FORM})
    assert set(answer.expect(200)) == {"access_token", "token_type", "expires_in"}
    assert answer.headers["cache-control"] == "no-store"


def test_wrong_credentials_are_refused(merchant: Merchant, other_merchant: Merchant) -> None:
    merchant.ask_token(secret="wrong").refused(401, "unauthorized")
    merchant.ask_token(client_id="cli_nobody").refused(401, "unauthorized")
    merchant.ask_token(secret=str(other_merchant.account["client_secret"])).refused(401, "unauthorized")
    url = f"{merchant.api_url}/auth/token"
    send("POST", url, "grant_type=client_credentials", {"Content-Type": FORM}).refused(401, "unauthorized")
    wrong = send("POST", url, "grant_type=password", {"Content-Type": FORM})
    assert wrong.status == 400


def test_a_form_does_what_json_does(merchant: Merchant) -> None:
    """Brackets nest; numbers are text there."""
    reference = new_reference()
    form = {
        "order_reference": reference,
        "amount": 4999,
        "currency": "EUR",
        "methods[]": "card",
        "return_urls[success]": f"{merchant.shop_url}/return/success",
        "items[0][name]": "Bread",
        "items[0][quantity]": 2,
        "metadata[basket][id]": "b-1",
    }
    order = merchant.call("POST", "/orders", form=form).expect(201)
    assert (order["order_reference"], order["amount"], order["methods"]) == (reference, 4999, ["card"])
    assert (order["items"], order["metadata"]) == ([{"name": "Bread", "quantity": 2}], {"basket": {"id": "b-1"}})

    path = f"/orders/{order['order_key']}/payments"
    payment = merchant.call("POST", path, form={"method": "card", "instrument[token]": "tok_visa"}).expect(201)
    path = f"{path}/{payment['payment_id']}/capture"
    captured = merchant.call("POST", path, form={"amount": 1000, "final": "true"}).expect(200)
    assert (captured["status"], captured["amounts"]["cancelled"]) == ("CAPTURED", 3999)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"amount": "49.99"}, 422),
        ({"amount": "-1"}, 422),
        ({"amount": ""}, 422),
        ({"colour": "red"}, 422),
        ({"metadata": "x", "metadata[a]": "y"}, 400),
    ],
)
def test_a_form_that_is_wrong_is_refused(form: dict[str, object], status: int, merchant: Merchant) -> None:
    fields = {"order_reference": new_reference(), "amount": 1, "currency": "EUR"} | form
    merchant.call("POST", "/orders", form=fields).refused(status, "invalid_request")


def test_xml_comes_where_it_is_preferred(merchant: Merchant) -> None:
    order, payment = authorized_order(merchant, metadata={"a <b> & 'c'": "5 < 6"})
    answer = merchant.call("GET", f"/orders/{order['order_key']}", Accept="application/xml")
    assert answer.headers["content-type"].startswith("application/xml")
    root = ElementTree.fromstring(answer.text)  # noqa: S314 - our own answer
    assert (root.tag, root.findtext("order_key"), root.findtext("amount")) == ("order", order["order_key"], "4999")
    assert root.findtext("considered_safe/level") == "AUTHORIZED"
    assert [item.findtext("payment_id") for item in root.findall("payments/item")] == [payment["payment_id"]]
    assert root.findtext("metadata/entry") == "5 < 6"
    both = merchant.call("GET", f"/orders/{order['order_key']}", Accept="application/xml;q=0.5, application/json")
    assert both.headers["content-type"].startswith("application/json")


def test_a_problem_comes_as_xml_too(merchant: Merchant) -> None:
    answer = merchant.call("GET", "/orders/ord_nobody", Accept="application/xml")
    assert answer.headers["content-type"].startswith("application/problem+xml")
    assert ElementTree.fromstring(answer.text).findtext("code") == "not_found"  # noqa: S314


def test_lists_give_the_newest_first_page_by_page(merchant: Merchant) -> None:
    orders = [merchant.order() for _ in range(5)]
    first, last = orders[0]["created_at"], orders[-1]["created_at"]
    found, cursor, pages = [], "", 0
    while pages == 0 or cursor:
        query = f"created_from={first}&created_to={last}&limit=2" + (f"&cursor={cursor}" if cursor else "")
        page = merchant.call("GET", f"/orders?{query}").expect(200)
        found += page["items"]
        cursor, pages = page["next_cursor"] or "", pages + 1
    assert [order["order_key"] for order in found] == [order["order_key"] for order in reversed(orders)]
    assert pages == 3
    assert cursor == ""


def test_lists_are_filtered(merchant: Merchant, other_merchant: Merchant) -> None:
    order, _ = authorized_order(merchant)
    withdrawn = merchant.order()
    merchant.on_order(withdrawn, "withdraw").expect(200)

    def keys(who: Merchant, query: str) -> list[str]:
        return [item["order_key"] for item in who.call("GET", f"/orders?{query}").expect(200)["items"]]

    assert keys(merchant, f"order_reference={order['order_reference']}") == [order["order_key"]]
    assert keys(merchant, f"order_reference={order['order_reference']}&status=PAID") == []
    assert keys(other_merchant, f"order_reference={order['order_reference']}") == []
    span = f"created_from={order['created_at']}"
    assert withdrawn["order_key"] in keys(merchant, f"{span}&status=WITHDRAWN")
    assert order["order_key"] not in keys(merchant, f"{span}&status=WITHDRAWN")
    assert order["order_key"] not in keys(merchant, "created_from=2999-01-01T00:00:00Z")
    assert order["order_key"] not in keys(other_merchant, span)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "status=LOST",
        "cursor=%21",
        "cursor=AAAA",
        "created_from=yesterday",
        "colour=1",
    ],
)
def test_a_list_is_not_guessed_at(query: str, merchant: Merchant) -> None:
    merchant.call("GET", f"/orders?{query}").refused(422, "invalid_request")


def test_history_tells_every_event_oldest_first(merchant: Merchant) -> None:
    """IS-15: who, why, when, and what was before and after."""
    order, payment = authorized_order(merchant)
    merchant.done(payment, "capture", amount=1000)
    entries = merchant.history(order)
    assert [entry["type"] for entry in entries] == [
        "order_created",
        "payment_started",
        "operation_requested",
        "outcome_learned",
        "operation_requested",
        "outcome_learned",
    ]
    assert [entry["version"] for entry in entries] == [1, 2, 2, 3, 4, 5]
    times = [datetime.fromisoformat(entry["at"]) for entry in entries]
    assert times == sorted(times)
    last = entries[-1]
    assert (last["actor"], last["payment_id"]) == ("psp", payment["payment_id"])
    assert last["payment_status"] == {"before": "AUTHORIZED", "after": "PARTIALLY_CAPTURED"}
    assert (last["amounts"]["before"]["captured"], last["amounts"]["after"]["captured"]) == (0, 1000)
    assert entries[3]["order_status"] == {"before": "UNPAID", "after": "AUTHORIZED"}
    assert {entry["actor"] for entry in entries} == {"merchant", "psp"}
