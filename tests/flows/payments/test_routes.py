"""Routes and failover through the deployed system: one PSP turns us away, the other one takes the payment (GO-5)."""

from __future__ import annotations

import pytest

from tests.flows.client import JSON, Merchant, eventually, send
from tests.flows.inside import Client, is_seen
from tests.flows.operators import Operators
from tests.flows.psp_pages import Page

pytestmark = pytest.mark.flow

WRONG = {"secret_key": "sk_of_nobody", "publishable_key": "pk_of_nobody", "webhook_secret": "whsec_of_nobody"}
ROUTES = [{"connector": "stripe", "when": {"currencies": ["EUR"]}}, {"connector": "sandbox"}]


@pytest.fixture(scope="module")
def shop(operators: Operators, aws: Client, resources: dict[str, str]) -> Merchant:
    """Stripe does not accept its key any more: a 401, so it has certainly begun nothing."""
    merchant = operators.payer("Two PSPs")
    body = {"mode": "test", "credentials": WRONG, "check": False}
    merchant.call("PUT", "/account/connectors/stripe", body).expect(200)
    rule = {"connector": "stripe", "routes": ROUTES, "failover": True}
    assert merchant.call("PUT", "/account/methods/card", rule).expect(200)["failover"] is True
    eventually(lambda: is_seen(aws("dynamodb"), resources["MerchantsTable"], merchant.account["merchant_id"]))
    return merchant


def attempts(payments: list[JSON]) -> list[tuple[str, str, str | None]]:
    return [(each["connector"], each["status"], each["reason_code"]) for each in payments]


def test_what_one_psp_has_not_begun_is_paid_with_the_next(shop: Merchant) -> None:
    order = shop.order()
    path = f"/orders/{order['order_key']}/payments"
    answer = shop.call("POST", path, {"method": "card"}, key=f"start-{order['order_key']}")
    payment = answer.expect(201)
    assert (payment["connector"], payment["status"]) == ("sandbox", "CREATED")
    again = shop.call("POST", path, {"method": "card"}, key=f"start-{order['order_key']}")
    assert (again.expect(201), again.headers["idempotent-replayed"]) == (payment, "true")
    Page(payment["redirect"]["url"]).press("Approve")
    now = shop.becomes(order, "AUTHORIZED")
    assert attempts(now["payments"]) == [("stripe", "FAILED", "TRY_AGAIN_LATER"), ("sandbox", "AUTHORIZED", None)]
    assert "failover" in [each["cause"] for each in shop.history(order)]


def test_a_psps_token_is_not_tried_elsewhere(shop: Merchant) -> None:
    order = shop.order()
    assert shop.start(order)["reason_code"] == "TRY_AGAIN_LATER"
    assert attempts(shop.read(order)["payments"]) == [("stripe", "FAILED", "TRY_AGAIN_LATER")]


def test_a_route_that_does_not_apply_is_passed_over(shop: Merchant) -> None:
    assert shop.start(shop.order(currency="USD"))["connector"] == "sandbox"


def test_the_menu_follows(shop: Merchant) -> None:
    order = shop.order(currency="USD")
    assert send("GET", order["menu_url"]).status == 200
    items = shop.call("GET", f"/orders/{order['order_key']}/methods").expect(200)["items"]
    assert {each["method"]: each["connector"] for each in items}["card"] == "sandbox"
