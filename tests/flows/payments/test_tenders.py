"""Several tenders of one order on the deployed system (CM-2, IS-6, IS-7, IS-8, IS-9)."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.flows.client import FORM, JSON, Answer, Merchant, send
from tests.flows.operators import Operators
from tests.flows.psp_pages import Page
from tests.menu_forms import Forms

pytestmark = pytest.mark.flow


def test_gift_cards_first_and_a_card_for_the_rest(merchant: Merchant) -> None:
    order = merchant.order(amount=4999)
    first = merchant.start(order, "gc_1000", amount=1500)
    assert (first["status"], first["amount"]) == ("AUTHORIZED", 1000)
    merchant.start(order, "gc_1000")
    assert merchant.read(order)["amounts"]["open"] == 2999
    rest = merchant.start(order)
    assert (rest["amount"], merchant.read(order)["status"]) == (2999, "AUTHORIZED")


def test_a_later_tender_that_fails_unwinds_the_order_where_it_says_so(merchant: Merchant) -> None:
    order = merchant.order(on_failed_tender="unwind")
    gift = merchant.start(order, "gc_1000")
    refused = merchant.start(order, "tok_insufficient")
    assert (refused["status"], refused["reason_code"]) == ("FAILED", "INSUFFICIENT_AMOUNT")
    now = merchant.becomes(order, "CANCELLED")
    assert merchant.payment(gift)["status"] == "CANCELLED"
    assert now["allowed_operations"] == []


def test_else_the_tenders_stay_and_the_shopper_tries_again(merchant: Merchant) -> None:
    order = merchant.order()
    merchant.start(order, "gc_1000")
    merchant.start(order, "tok_declined")
    assert merchant.read(order)["status"] == "PARTIALLY_PAID"
    assert merchant.start(order)["amount"] == 3999


@pytest.fixture(scope="module")
def open_first(operators: Operators) -> Merchant:
    """A merchant whose gift cards cannot be given back: the open tender is authorized first."""
    shop = operators.merchant("Open first")
    operators.call("update_merchant", merchant_id=shop.account["merchant_id"], authorization_sequence="open_first")
    assert shop.call("GET", "/account").expect(200)["authorization_sequence"] == "open_first"
    return shop


def on_menu(order: JSON, method: str, token: str = "") -> str:
    """What the menu's form sends; answers where the shopper is sent."""
    answer = post(order, method, token)
    assert answer.status == 303, answer.text
    return answer.headers["location"]


def post(order: JSON, method: str, token: str) -> Answer:
    page = Forms(send("GET", order["menu_url"]).text)
    fields = (page.gift_card if method == "gift_card" else page.pay).fields
    form = urlencode(fields | {"method": method, "instrument[token]": token})
    return send("POST", order["menu_url"], form, {"Content-Type": FORM, "Accept-Language": "en"})


def tenders(merchant: Merchant, order: JSON) -> list[tuple[str, int, str]]:
    return [(each["method"], each["amount"], each["status"]) for each in merchant.read(order)["payments"]]


def test_the_sequence_is_the_accounts_setting_and_limited_first_by_default(merchant: Merchant) -> None:
    """IS-8: a redeemed gift card is authorized at once."""
    assert merchant.call("GET", "/account").expect(200)["authorization_sequence"] == "limited_first"
    order = merchant.order()
    assert on_menu(order, "gift_card", "gc_1000") == order["menu_url"]
    assert tenders(merchant, order) == [("gift_card", 1000, "AUTHORIZED")]


def test_open_first_authorizes_the_card_for_the_rest_and_then_the_gift_cards(open_first: Merchant) -> None:
    """IS-7, IS-8: two gift cards are named, the card pays 34.99 on the PSP's page, then they are authorized."""
    order = open_first.order()
    assert on_menu(order, "gift_card", "gc_1000") == order["menu_url"]
    refused = post(order, "gift_card", "gc_empty")
    assert (refused.status, "This gift card cannot be used" in refused.text) == (422, True)
    on_menu(order, "gift_card", "gc_500")
    assert open_first.read(order)["payments"] == []
    assert "34.99" in send("GET", order["menu_url"], headers={"Accept-Language": "en"}).text
    Page(on_menu(order, "card")).press("Approve")
    open_first.becomes(order, "AUTHORIZED")
    assert tenders(open_first, order) == [
        ("card", 3499, "AUTHORIZED"),
        ("gift_card", 1000, "AUTHORIZED"),
        ("gift_card", 500, "AUTHORIZED"),
    ]
    assert "gc_1000" not in str(open_first.history(order))


@pytest.mark.parametrize(
    ("policy", "ends", "card"), [("keep", "PARTIALLY_PAID", "AUTHORIZED"), ("unwind", "CANCELLED", "CANCELLED")]
)
def test_open_first_with_a_gift_card_that_was_spent_in_between(
    open_first: Merchant, policy: str, ends: str, card: str
) -> None:
    """IS-9: its balance was told, its authorization is refused after the card's."""
    order = open_first.order(on_failed_tender=policy)
    on_menu(order, "gift_card", "gc_spent")
    Page(on_menu(order, "card")).press("Approve")
    open_first.becomes(order, ends)
    assert tenders(open_first, order) == [("card", 3999, card), ("gift_card", 1000, "FAILED")]


def test_open_first_where_gift_cards_pay_all(open_first: Merchant) -> None:
    """Two cards for 15.00 pay 12.00: the second one what is left."""
    order = open_first.order(amount=1200)
    on_menu(order, "gift_card", "gc_1000")
    on_menu(order, "gift_card", "gc_500")
    open_first.becomes(order, "AUTHORIZED")
    assert tenders(open_first, order) == [("gift_card", 1000, "AUTHORIZED"), ("gift_card", 200, "AUTHORIZED")]
