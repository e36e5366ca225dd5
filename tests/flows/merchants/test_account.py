"""The account by API, and the notifications that follow from it, end to end (IS-5, IS-16, RG-12, GO-2)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.flows.client import JSON, Merchant, eventually, send
from tests.flows.operators import Operators

pytestmark = pytest.mark.flow


@pytest.fixture(scope="module")
def own(operators: Operators) -> Merchant:
    """A merchant whose account the tests change."""
    return operators.merchant("Account of tests")


def inbox(merchant: Merchant, mark: str) -> list[JSON]:
    items = send("GET", f"{merchant.shop_url}/inbox").expect(200)["items"]
    return [item for item in items if item["kind"] == "notification" and mark in item["body"]]


def log(merchant: Merchant, order: JSON) -> list[JSON]:
    found: list[JSON] = merchant.call("GET", f"/notifications?order_key={order['order_key']}").expect(200)["items"]
    return found


def set_endpoints(merchant: Merchant, *endpoints: JSON, **more: Any) -> JSON:
    body = {"endpoints": list(endpoints)} | more
    answer: JSON = merchant.call("PUT", "/account/notifications", body).expect(200)
    return answer


def test_the_account_tells_what_was_set(own: Merchant) -> None:
    url = f"{own.shop_url}/notifications"
    told = set_endpoints(own, {"url": url, "events": ["order.paid"]})
    assert told["endpoints"] == [{"url": url, "events": ["order.paid"], "status": "active"}]
    account = own.call("GET", "/account").expect(200)
    assert account["merchant_id"] == own.account["merchant_id"]
    assert (account["endpoints"], account["update_url"]) == (told["endpoints"], None)
    own.call("PUT", "/account/notifications", {"update_url": f"{own.shop_url}/update"}).expect(200)
    account = own.call("GET", "/account").expect(200)
    assert (account["endpoints"], account["update_url"]) == (told["endpoints"], f"{own.shop_url}/update")


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example.com/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:1/",
    ],
)
def test_a_bad_url_is_refused_wherever_it_is_set(own: Merchant, url: str) -> None:
    problem = own.call("POST", "/orders", own.terms(notification_url=url)).refused(422, "invalid_request")
    assert problem["errors"][0]["pointer"] == "/notification_url"
    for body, pointer in (({"update_url": url}, "/update_url"), ({"endpoints": [{"url": url}]}, "/endpoints/0/url")):
        problem = own.call("PUT", "/account/notifications", body).refused(422, "invalid_request")
        assert problem["errors"][0]["pointer"] == pointer


def test_events_come_signed_to_the_orders_url_and_to_the_endpoints_that_asked(operators: Operators) -> None:
    merchant = operators.merchant("Told")
    base = f"{merchant.shop_url}/notifications"
    told = set_endpoints(
        merchant,
        {"url": f"{base}?all", "events": ["order.updated"]},
        {"url": f"{base}?paid", "events": ["order.paid"]},
        rotate_secret=True,
    )
    order = merchant.order(notification_url=f"{base}?own")
    payment = merchant.try_start(order).expect(201)
    path = f"/orders/{order['order_key']}/payments/{payment['payment_id']}"
    merchant.call("POST", f"{path}/capture", {}).expect(200)

    def all_delivered() -> list[JSON]:
        found = log(merchant, order)
        paid = [each for each in found if each["url"].endswith("?paid")]
        return found if paid and {each["status"] for each in found} == {"delivered"} else []

    entries = eventually(all_delivered)
    assert len([each for each in entries if each["url"].endswith("?paid")]) == 1
    versions = {end: {each["version"] for each in entries if each["url"].endswith(end)} for end in ("?all", "?own")}
    assert versions["?all"] == versions["?own"]
    assert len(versions["?all"]) >= 2
    events = inbox(merchant, order["order_key"])
    for secret in (merchant.account["signing_secret"], told["signing_secret"]):  # both sign while it is rotated
        for event in events:
            body = Webhook(secret).verify(event["body"], event["headers"])
            assert (body["type"], body["data"]["order_key"]) == ("order.updated", order["order_key"])
    last = max((Webhook(secret).verify(e["body"], e["headers"]) for e in events), key=lambda e: e["data"]["version"])
    assert last["data"] == merchant.read(order)


def test_what_is_not_taken_is_tried_again_and_410_stops(own: Merchant) -> None:
    gone = own.order(notification_url=f"{own.shop_url}/notifications?answer=410")
    busy = own.order(notification_url=f"{own.shop_url}/notifications?answer=503")
    for order in (gone, busy):
        own.try_start(order).expect(201)
    stopped = eventually(lambda: [each for each in log(own, gone) if each["status"] == "stopped"])
    assert {each["url"] for each in stopped} == {f"{own.shop_url}/notifications?answer=410"}

    def tried_twice() -> list[JSON]:
        return [each for each in log(own, busy) if len(each["attempts"]) >= 2]

    tried = eventually(tried_twice, within=90)[0]
    assert tried["status"] == "pending"
    assert tried["next_attempt_at"]
    assert {attempt["status"] for attempt in tried["attempts"]} == {503}
    assert sum(len(each["attempts"]) for each in log(own, gone) if each["kind"] == "event") == 1
    resent = own.call("POST", f"/notifications/{tried['id']}/resend", key="again").expect(202)
    assert (resent["id"], resent["status"]) == (tried["id"], "pending")
    again = own.call("POST", f"/notifications/{tried['id']}/resend", key="again")
    assert (again.status, again.headers["idempotent-replayed"]) == (202, "true")
    eventually(lambda: next(e for e in log(own, busy) if e["id"] == tried["id"])["attempts"][len(tried["attempts"]) :])


def test_methods_of_the_account_and_of_an_order(operators: Operators) -> None:
    merchant = operators.merchant("Methods")
    merchant.call("PUT", "/account/methods/card", {"position": 2, "max_amount": 5000}).expect(200)
    merchant.call("PUT", "/account/methods/gift_card", {"position": 1, "currencies": ["SEK"]}).expect(200)
    listed = merchant.call("GET", "/account/methods").expect(200)["items"]
    assert [each["method"] for each in listed][:2] == ["gift_card", "card"]
    assert len(listed) == 8
    order = merchant.order(amount=6000)
    path = f"/orders/{order['order_key']}"
    offers = {each["method"]: each for each in merchant.call("GET", f"{path}/methods").expect(200)["items"]}
    assert offers["card"]["reasons"] == ["the account offers it up to 5000"]
    assert offers["gift_card"]["reasons"] == ["the account does not offer it in EUR"]
    assert offers["invoice"]["reasons"] == ["this account does not offer it"]
    problem = merchant.try_start(order).refused(422, "method_not_applicable")
    assert problem["detail"] == "the account offers it up to 5000"
    merchant.call("PUT", "/account/methods/card", {"enabled": False}).expect(200)
    assert "card" not in merchant.call("GET", "/account").expect(200)["methods"]
    merchant.call("PUT", "/account/methods/cheque", {}).refused(404, "not_found")
    merchant.call("PUT", "/account/methods/cash_on_delivery", {"connector": "nobody"}).refused(422, "invalid_request")


def test_payments_are_listed_newest_first_in_pages(operators: Operators) -> None:
    merchant = operators.merchant("Lists")
    made = []
    for _ in range(3):
        order = merchant.order()
        merchant.try_start(order, "tok_declined").expect(201)
        made.append(merchant.try_start(order).expect(201))
    seen: list[JSON] = []
    cursor = ""
    while True:
        page = merchant.call("GET", f"/payments?limit=2{cursor}").expect(200)
        assert len(page["items"]) <= 2
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    times = [payment["created_at"] for payment in seen]
    assert (len(seen), times) == (6, sorted(times, reverse=True))
    authorized = merchant.call("GET", "/payments?status=AUTHORIZED&method=card").expect(200)["items"]
    assert [each["payment_id"] for each in authorized] == [each["payment_id"] for each in reversed(made)]


def test_the_description_is_served(own: Merchant) -> None:
    described = send("GET", f"{own.api_url}/openapi.json").expect(200)
    assert described["openapi"] == "3.1.0"
    assert described["servers"][0]["url"] == own.api_url
    page = send("GET", f"{own.api_url}/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert f"{own.api_url}/openapi.json" in page.text
    scripts = re.findall(r'<script[^>]*src="([^"]+)"', page.text)
    assert page.text.count("<script") == len(scripts) == 3  # one tries calls, on a developer's machine alone
    assert all(each.startswith(f"{own.api_url}/docs?asset=") for each in scripts)
    assert all(send("GET", each).headers["content-type"].startswith("text/javascript") for each in scripts)
