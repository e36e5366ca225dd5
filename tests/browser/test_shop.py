"""The demo shop: the whole story, clicked through."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.shopper import Shopper
from tests.conftest import ROOT, Stack
from tests.flows.client import eventually, send

pytestmark = pytest.mark.flow


def to_cart(page: Page, stack: Stack) -> None:
    page.goto(stack["shop_url"])
    page.get_by_role("button", name="To the cart").click()


def check_out(page: Page, stack: Stack) -> None:
    to_cart(page, stack)
    page.get_by_role("button", name="Check out").click()


def pay_directly(page: Page, stack: Stack, card: str) -> None:
    to_cart(page, stack)
    page.get_by_text("Pay here instead").click()
    page.get_by_label("Card", exact=True).select_option(card)
    page.get_by_role("button", name="Pay directly").click()


def behind_the_counter(page: Page) -> None:
    page.get_by_role("link", name="Behind the counter").click()


def test_sold_captured_and_refunded(shopper: Shopper, stack: Stack) -> None:
    page = shopper.page
    page.goto(stack["shop_url"])
    shopper.picture("shop-shelf")
    page.get_by_label("How many of Mountain cheese").fill("2")
    page.get_by_role("button", name="To the cart").click()
    expect(page.locator(".total")).to_contain_text("€57.09")
    shopper.picture("shop-cart")
    page.get_by_role("button", name="Check out").click()
    shopper.choose("card")
    shopper.press("Approve")
    expect(page.locator("h1")).to_have_text("Thank you!")
    expect(page.locator("main")).not_to_contain_text("AUTHORIZED")
    expect(page.locator("main")).to_contain_text("2 \u00d7 Mountain cheese")
    shopper.picture("shop-thanks")
    behind_the_counter(page)
    expect(page.locator(".state")).to_contain_text("Safe to ship (AUTHORIZED)")
    shopper.picture("shop-order")
    page.get_by_label("Capture amount in euros").fill("20.00")
    page.get_by_role("button", name="Capture").click()
    payment = page.get_by_role("region", name="Visa")
    expect(payment).to_contain_text(re.compile(r"Reserved\s*€37.09\s*Taken\s*€20.00"))
    page.get_by_role("button", name="Capture").click()
    expect(page.locator(".state")).to_contain_text("All is paid")
    page.get_by_label("Refund amount in euros").fill("7,09")
    payment.get_by_role("button", name="Refund").click()
    expect(payment).to_contain_text(re.compile(r"Given back\s*€7.09"))
    expect(page.get_by_role("region", name="History")).to_contain_text("Refund requested: €7.09")
    shopper.picture("shop-order-refunded")
    page.get_by_role("button", name="Refund the whole order").click()
    expect(page.locator(".state")).to_contain_text("All of it was given back")
    page.get_by_role("link", name="Orders").click()
    expect(page.locator("tbody tr").first).to_contain_text("REFUNDED")
    shopper.picture("shop-orders")


@pytest.mark.parametrize("typed", ["57,1", "-1", "1e2", "", "9999999999"])
def test_what_is_no_amount_is_said_in_plain_words(shopper: Shopper, stack: Stack, typed: str) -> None:
    page = shopper.page
    pay_directly(page, stack, "tok_visa")
    behind_the_counter(page)
    page.get_by_label("Capture amount in euros").fill(typed)
    page.get_by_role("button", name="Capture").click()
    expect(page.locator(".lead")).to_have_text("An amount is written like 12.50")


def test_more_than_is_held_is_refused_in_plain_words(shopper: Shopper, stack: Stack) -> None:
    page = shopper.page
    pay_directly(page, stack, "tok_visa")
    behind_the_counter(page)
    page.get_by_label("Capture amount in euros").fill("1000.00")
    page.get_by_role("button", name="Capture").click()
    expect(page.locator("h1")).to_have_text("That was refused")
    expect(page.locator(".lead")).to_have_text("That is more than is left of this payment.")
    shopper.picture("shop-refused")


def test_the_inbox_shows_what_was_verified_and_keeps_pings_apart(shopper: Shopper, stack: Stack) -> None:
    page = shopper.page
    pay_directly(page, stack, "tok_visa")
    reference = re.search(r"shop-\w+", page.inner_text("main"))
    assert reference is not None
    assert eventually(lambda: reference[0] in send("GET", f"{stack['shop_url']}/inbox").text)
    forged = '{"type": "order.updated", "data": {"order_reference": "forged"}}'
    assert send("POST", f"{stack['shop_url']}/notifications", forged, {"webhook-id": "x"}).status == 200
    page.get_by_role("link", name="Inbox").click()
    event = page.locator(".event").filter(has_text=reference[0]).first
    expect(event.locator(".status")).to_have_text("genuine")
    expect(page.locator(".event").filter(has_text="forged").first.locator(".status")).to_have_text("not genuine")
    event.locator("summary").click()
    expect(event.locator("pre").first).to_contain_text("webhook-signature: v1,")
    expect(event.locator("pre").last).to_contain_text('"order_key": "ord_')
    expect(page.locator(".event").filter(has_text="/update?id=")).to_have_count(0)
    page.get_by_text(re.compile(r"\d+ pings")).click()
    expect(page.get_by_role("region", name="Pings")).to_contain_text("GET /update?id=")
    shopper.picture("shop-inbox")


@pytest.mark.parametrize(
    ("card", "how", "says"),
    [
        ("tok_visa", "success", "Thank you!"),
        ("tok_declined", "aborted", "You have not paid"),
        ("tok_insufficient", "aborted", "You have not paid"),
        ("tok_pending", "success", "Almost there"),
    ],
)
def test_a_direct_payment_leads_to_the_page_of_its_outcome(
    shopper: Shopper, stack: Stack, card: str, how: str, says: str
) -> None:
    page = shopper.page
    pay_directly(page, stack, card)
    page.wait_for_url(f"**/return/{how}?order_key=*")
    expect(page.locator("h1")).to_have_text(says)
    if how == "aborted":
        shopper.picture(f"shop-{card}")
        expect(page.get_by_role("link", name="Try again")).to_be_visible()


def test_paid_directly(shopper: Shopper, stack: Stack) -> None:
    page = shopper.page
    pay_directly(page, stack, "tok_visa_3ds")
    shopper.press("Approve")
    expect(page.locator("h1")).to_have_text("Thank you!")


@pytest.mark.parametrize("how", ["Check out", "Pay directly"])
def test_a_gift_code_in_the_cart_pays_first(shopper: Shopper, stack: Stack, how: str) -> None:
    page = shopper.page
    to_cart(page, stack)
    page.get_by_label("Gift card").fill("gc_empty")
    page.get_by_role("button", name="Check out").click()
    code = page.get_by_label("Gift card")
    expect(code).to_have_value("gc_empty")
    expect(code).to_be_focused()
    expect(code).to_have_accessible_description(re.compile("not enough money"))
    shopper.picture("shop-gift-card")
    code.fill("gc_1000")
    if how == "Check out":
        page.get_by_role("button", name=how).click()
        expect(page.locator("h1")).to_contain_text("€19.49")
        shopper.choose("card")
        shopper.press("Approve")
    else:
        page.get_by_text("Pay here instead").click()
        page.get_by_role("button", name=how).click()
    expect(page.locator("h1")).to_have_text("Thank you!")
    expect(page.locator("main")).to_contain_text(re.compile(r"Gift card\s*€10.00\s*Visa\s*€19.49"))


def test_a_gift_card_that_covers_all_needs_nothing_else(shopper: Shopper, stack: Stack) -> None:
    page = shopper.page
    page.goto(stack["shop_url"])
    page.get_by_label("How many of Jar of honey").fill("0")
    page.get_by_role("button", name="To the cart").click()
    page.get_by_label("Gift card").fill("gc_1000")
    page.get_by_role("button", name="Check out").click()
    page.wait_for_url("**/return/success?order_key=*")
    expect(page.locator("h1")).to_have_text("Thank you!")


def test_the_return_page_asks_before_it_thanks(shopper: Shopper, stack: Stack) -> None:
    page = shopper.page
    check_out(page, stack)
    page.wait_for_url("**/pay/ord_*")
    key = urlsplit(page.url).path.rpartition("/")[2]
    page.goto(f"{stack['shop_url']}/return/success?order_key={key}")
    expect(page.locator("h1")).to_have_text("You have not paid")
    shopper.picture("shop-unpaid")
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("button.pay")).to_be_visible()


def test_two_hours_pass_at_the_press_of_a_button(shopper: Shopper, stack: Stack) -> None:
    """ONE-6, TH-3: the page is closed, and nobody has to wait."""
    page = shopper.page
    check_out(page, stack)
    shopper.choose("card")
    expect(page.locator("h1")).to_have_text("Pay by card")
    page.goto(f"{stack['shop_url']}/orders")
    page.locator("tbody a").first.click()
    page.get_by_role("button", name="2 hours").click()
    expect(page.locator(".state")).to_contain_text("EXPIRED")
    shopper.picture("shop-expired")
    page.get_by_role("link", name="What the shopper sees").click()
    expect(page.locator("h1")).to_have_text("This order has ended")


def test_nothing_in_the_cart_and_no_such_order(shopper: Shopper, stack: Stack) -> None:
    page = shopper.page
    page.goto(stack["shop_url"])
    for field in page.locator("input[type=number]").all():
        field.fill("0")
    page.get_by_role("button", name="To the cart").click()
    expect(page.get_by_role("alert")).to_have_text("There is nothing in your cart.")
    shopper.picture("shop-empty")
    page.goto(f"{stack['shop_url']}/return/success?order_key=ord_00000000000000000000000000")
    expect(page.locator("h1")).to_have_text("Welcome back")
    shopper.picture("shop-unknown")


def test_cancelled_behind_the_counter(shopper: Shopper, stack: Stack) -> None:
    page = shopper.page
    pay_directly(page, stack, "tok_visa")
    behind_the_counter(page)
    page.get_by_role("button", name="Cancel the whole order").click()
    expect(page.locator(".state")).to_contain_text("CANCELLED")


def test_links_to_docs_desk_and_source(shopper: Shopper, stack: Stack) -> None:
    for name, url in (("docs", stack["docs_url"]), ("desk", stack["desk_url"])):
        assert send("GET", f"{stack['shop_url']}/{name}").headers["location"] == url
    page = shopper.page
    page.goto(f"{stack['shop_url']}/source")
    expect(page.get_by_role("heading", name="shop.py")).to_be_visible()
    expect(page.locator("pre").filter(has_text="from tillgate_sdk import")).to_be_visible()
    shopper.picture("shop-source")
    for name in ("terms", "privacy", "contact", "methods"):
        page.goto(f"{stack['shop_url']}/{name}")
        shopper.picture(f"shop-{name}")


def test_what_is_to_copy_is_short() -> None:
    assert len((ROOT / "local" / "shop" / "shop.py").read_text().splitlines()) < 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_small_screen(shoppers: Open, stack: Stack, scheme: str) -> None:
    shopper = shoppers(viewport={"width": 320, "height": 700}, color_scheme=scheme)
    page = shopper.page
    page.goto(stack["shop_url"])
    shopper.picture(f"shop-small-shelf-{scheme}")
    page.get_by_role("button", name="To the cart").click()
    page.get_by_text("Pay here instead").click()
    shopper.picture(f"shop-small-cart-{scheme}")
    page.get_by_role("button", name="Pay directly").click()
    shopper.picture(f"shop-small-thanks-{scheme}")
    behind_the_counter(page)
    shopper.picture(f"shop-small-order-{scheme}")
    page.get_by_role("link", name="Inbox").click()
    shopper.picture(f"shop-small-inbox-{scheme}")
