"""Cards with Stripe through the deployed system; its stand-in runs beside it (docs/connectors/stripe.md)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from local.place import Place
from local.psps import connect, stripe_account
from local.stripe.events import signature
from tests.flows.client import FORM, JSON, Answer, Merchant, authorized_order, eventually, send, sums
from tests.flows.operators import Operators
from tests.flows.psp_pages import Page
from tests.menu_forms import Forms

pytestmark = pytest.mark.flow
Act = Callable[..., JSON]


def opened(operators: Operators, place: Place) -> Merchant:
    """A merchant with an account of its own at Stripe, to which its cards go."""
    merchant = operators.payer(f"Stripe shop {uuid.uuid4().hex[:6]}")
    connect(place, merchant.api_url, merchant.account)
    merchant.call("PUT", "/account/methods/card", {"connector": "stripe"}).expect(200)
    return merchant


@pytest.fixture(scope="module")
def shop(operators: Operators, place: Place) -> Merchant:
    return opened(operators, place)


@pytest.fixture(scope="module")
def neighbour(operators: Operators, place: Place) -> Merchant:
    return opened(operators, place)


def tell(to: Merchant, event: JSON, *, signed_by: Merchant) -> Answer:
    """Sends an event to a merchant's notification URL, as that merchant's endpoint at Stripe is told."""
    body = json.dumps(event).encode()
    secret = stripe_account(signed_by.account["merchant_id"])["webhook_secret"]
    url = f"{to.api_url}/psp/stripe/notifications/{to.account['merchant_id']}"
    return send("POST", url, body, {"Content-Type": "application/json", "Stripe-Signature": signature(body, secret)})


def about(payment: JSON) -> JSON:
    """An event that names one of our payments."""
    intent = {"id": payment["psp_reference"], "object": "payment_intent"}
    intent |= {"metadata": {"tillgate_case": payment["payment_id"]}}
    return {"id": "evt_test", "object": "event", "type": "payment_intent.succeeded", "data": {"object": intent}}


@pytest.fixture
def dashboard(place: Place) -> Act:
    """Somebody works there, or a bank does something, without our asking."""

    def act(do: str, thing: str, **form: int) -> JSON:
        url = f"{place.stripe_url}/_backoffice/{do}/{thing}"
        done: JSON = send("POST", url, urlencode({"by": "a test"} | form), {"Content-Type": FORM}).expect(200)
        return done

    return act


def back(answer: Answer) -> str:
    """The path in the shop where the browser ends; the demo shop does not know this merchant's orders."""
    while answer.status == 303:
        place = urlsplit(answer.headers["location"])
        if place.path.startswith("/return/"):
            return place.path
        answer = send("GET", answer.headers["location"])
    raise AssertionError(answer)


def test_a_card_is_held_captured_in_part_and_refunded(shop: Merchant) -> None:
    order, payment = authorized_order(shop)
    assert (payment["connector"], payment["brand"]) == ("stripe", "visa")
    assert payment["psp_reference"].startswith("pi_")
    after = shop.done(payment, "capture", amount=3000, final=True)
    assert (after["status"], sums(after)) == ("CAPTURED", (4999, 3000, 1999, 0))
    after = shop.done(payment, "refund", amount=1000)
    assert (after["status"], sums(after)) == ("PARTIALLY_REFUNDED", (4999, 3000, 1999, 1000))
    references = {each["type"]: each["psp_reference"] for each in after["operations"]}
    assert references["refund"].startswith("re_")
    assert shop.becomes(order, "PAID")["amounts"]["refunded"] == 1000


def test_a_card_is_captured_at_once_or_cancelled(shop: Merchant) -> None:
    taken = shop.start(shop.order(capture="auto"))
    assert (taken["status"], sums(taken)) == ("CAPTURED", (4999, 4999, 0, 0))
    _, held = authorized_order(shop)
    after = shop.done(held, "cancel")
    assert (after["status"], sums(after)) == ("CANCELLED", (4999, 0, 4999, 0))


@pytest.mark.parametrize(
    ("token", "reason"), [("tok_declined", "REFUSED"), ("tok_insufficient", "INSUFFICIENT_AMOUNT")]
)
def test_a_decline_tells_why(shop: Merchant, token: str, reason: str) -> None:
    payment = shop.start(shop.order(), token)
    assert (payment["status"], payment["reason_code"]) == ("FAILED", reason)


@pytest.mark.parametrize(
    ("label", "ends_at", "status", "reason"),
    [("Approve", "/return/success", "AUTHORIZED", None), ("Decline", "/return/aborted", "FAILED", "REFUSED")],
)
def test_3d_secure_is_decided_at_the_bank(
    shop: Merchant, label: str, ends_at: str, status: str, reason: str | None
) -> None:
    payment = shop.start(shop.order(), "tok_visa_3ds")
    assert payment["status"] == "CREATED"
    path = back(Page(payment["redirect"]["url"]).press(label))
    after = shop.payment(payment)
    assert (path, after["status"], after["reason_code"]) == (ends_at, status, reason)


def test_an_event_tells_what_a_shopper_who_never_comes_back_has_done(shop: Merchant) -> None:
    order = shop.order(capture="auto")
    payment = shop.start(order, "tok_visa_3ds")
    assert Page(payment["redirect"]["url"]).press("Approve").status == 303  # and the browser is closed
    assert shop.becomes(order, "PAID")["payments"][0]["status"] == "CAPTURED"
    assert "notification" in [each["cause"] for each in shop.history(order)]


def test_only_the_merchants_own_secret_signs_for_its_address(shop: Merchant, neighbour: Merchant) -> None:
    payment = shop.start(shop.order(), "tok_visa_3ds")
    tell(shop, about(payment), signed_by=neighbour).refused(401, "unauthorized")
    assert tell(shop, about(payment), signed_by=shop).expect(200) == {"received": True}


def test_an_event_of_another_merchants_account_makes_nobody_look(
    operators: Operators, place: Place, neighbour: Merchant, dashboard: Act
) -> None:
    """It is authentic, and names a payment that is not that merchant's: what happened to that one stays unseen."""
    unheard = opened(operators, place)
    key = {"Authorization": f"Bearer {stripe_account(unheard.account['merchant_id'])['secret_key']}"}
    hook = urlencode({"url": "http://127.0.0.1:9/nobody", "secret": "whsec_of_nobody"})
    send("POST", f"{place.stripe_url}/_config/webhooks/tillgate", hook, key | {"Content-Type": FORM}).expect(200)
    payment = unheard.start(unheard.order(capture="auto"))
    dashboard("refund", payment["psp_reference"], amount=700)
    tell(neighbour, about(payment), signed_by=neighbour).expect(200)
    mine = neighbour.start(neighbour.order(capture="auto"), "tok_visa_3ds")
    Page(mine["redirect"]["url"]).press("Approve")
    assert eventually(lambda: neighbour.payment(mine)["status"] == "CAPTURED")  # what came later is through
    assert unheard.payment(payment)["amounts"]["refunded"] == 0
    tell(unheard, about(payment), signed_by=unheard).expect(200)
    assert eventually(lambda: unheard.payment(payment)["amounts"]["refunded"]) == 700


def test_a_refund_in_the_dashboard_is_taken_over(shop: Merchant, dashboard: Act) -> None:
    payment = shop.start(shop.order(capture="auto"))
    made = dashboard("refund", payment["psp_reference"], amount=700)
    assert eventually(lambda: shop.payment(payment)["amounts"]["refunded"])
    observed = shop.payment(payment)["operations"][-1]
    assert (observed["origin"], observed["psp_reference"], observed["amount"]) == ("psp", made["id"], 700)


def test_a_dispute_is_told_and_can_be_contested(shop: Merchant, dashboard: Act) -> None:
    payment = shop.start(shop.order(capture="auto"))
    dashboard("dispute", payment["psp_reference"])
    (dispute,) = eventually(lambda: shop.payment(payment)["disputes"])
    assert (dispute["status"], dispute["amount"]) == ("NEEDS_RESPONSE", 4999)
    path = f"/disputes/{dispute['dispute_id']}/evidence"
    shop.call("POST", path, {"text": "They have it."}).expect(200)
    assert eventually(lambda: shop.payment(payment)["disputes"][0]["status"] == "UNDER_REVIEW")


def test_what_stripe_pays_out_to_a_merchants_own_account_is_explained(
    operators: Operators, place: Place, aws: Callable[[str], Any], resources: dict[str, str]
) -> None:
    """Each capture and refund with its fee, in the payout that the merchant's bank has booked."""
    shop = opened(operators, place)
    order, payment = authorized_order(shop)
    shop.done(payment, "capture", amount=3000, final=True)
    shop.done(payment, "refund", amount=1000)
    taken = shop.start(shop.order(capture="auto"))
    merchant_id = shop.account["merchant_id"]
    key = {"Authorization": f"Bearer {stripe_account(merchant_id)['secret_key']}", "Content-Type": FORM}
    booked = send("POST", f"{place.stripe_url}/_backoffice/payout/all", "by=a+test", key).expect(200)
    hourly = b'{"detail-type": "Scheduled Event"}'
    asked = aws("lambda").invoke(FunctionName=resources["ReconcileFunction"], Payload=hourly)
    assert "FunctionError" not in asked, asked["Payload"].read()
    whose = {"connector": "stripe", "merchant_id": merchant_id, "mode": "test"}
    (credit,) = operators.call("explain_credit", **whose, amount=booked["amount"])["items"]
    assert (credit["payout"], credit["count"], credit["unexplained"]) == (booked["id"], 3, 0)
    assert {each["order_key"] for each in credit["lines"]} == {order["order_key"], taken["order_key"]}
    assert sorted((each["kind"], each["amount"]) for each in credit["lines"]) == [
        ("capture", 3000),
        ("capture", 4999),
        ("refund", 1000),
    ]
    assert sum(each["net"] for each in credit["lines"]) == booked["amount"] < 6999, "Stripe keeps its fee"
    assert shop.payment(taken)["status"] == "SETTLED"


def test_without_javascript_the_menu_leads_to_stripes_page(shop: Merchant) -> None:
    order = shop.order()
    form = Forms(send("GET", order["menu_url"]).text).pay.fields | {"method": "card"}
    answer = send("POST", order["menu_url"], urlencode(form), {"Content-Type": FORM})
    assert answer.status == 303
    page = Page(answer.headers["location"])
    assert "49.99 EUR" in page.answer.text
    assert "mk_" not in page.answer.text
    assert back(page.press("Approve")) == "/return/success"
    payment = shop.becomes(order, "AUTHORIZED")["payments"][0]
    after = shop.done(payment, "capture")
    assert after["status"] == "CAPTURED"
