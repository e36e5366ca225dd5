"""The demo shop: the whole story, clicked through."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.shopper import Shopper
from tests.conftest import Stack

pytestmark = pytest.mark.flow


def behind_the_counter(page: Page) -> None:
    page.get_by_role("link", name="Behind the counter").click()


def test_sold_captured_and_refunded(shopper: Shopper, stack: Stack) -> None:
    page = shopper.page
    page.goto(stack["shop_url"])
    shopper.picture("shop-cart")
    page.get_by_role("button", name="Check out").click()
    shopper.choose("card")
    shopper.press("Approve")
    expect(page.locator("h1")).to_have_text("Thank you!")
    behind_the_counter(page)
    expect(page.locator(".box")).to_contain_text("Safe to ship: AUTHORIZED")
    shopper.picture("shop-order")
    page.get_by_role("button", name="Capture").click()
    expect(page.locator(".box")).to_contain_text("PAID")
    page.get_by_role("button", name="Refund").last.click()
    expect(page.locator(".box")).to_contain_text("REFUNDED")
    page.get_by_role("link", name="Inbox").click()
    expect(page.locator("tbody")).to_contain_text("update")
    expect(page.locator("tbody")).to_contain_text("genuine")
    shopper.picture("shop-inbox")
    page.get_by_role("link", name="Orders").click()
    expect(page.locator("tbody tr").first).to_contain_text("REFUNDED")
    shopper.picture("shop-orders")


def test_paid_directly(shopper: Shopper, stack: Stack) -> None:
    page = shopper.page
    page.goto(stack["shop_url"])
    page.click("summary")
    page.get_by_label("Card").select_option("tok_visa_3ds")
    page.get_by_role("button", name="Pay directly").click()
    shopper.press("Approve")
    expect(page.locator("h1")).to_have_text("Thank you!")


def test_the_return_page_asks_before_it_thanks(shopper: Shopper, stack: Stack) -> None:
    page = shopper.page
    page.goto(stack["shop_url"])
    page.get_by_role("button", name="Check out").click()
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
    page.goto(stack["shop_url"])
    page.get_by_role("button", name="Check out").click()
    shopper.choose("card")
    expect(page.locator("h1")).to_have_text("Pay by card")
    page.goto(f"{stack['shop_url']}/orders")
    page.locator("tbody a").first.click()
    page.get_by_role("button", name="2 hours").click()
    expect(page.locator(".box")).to_contain_text("EXPIRED")
    shopper.picture("shop-expired")


def test_nothing_in_the_cart_and_no_such_order(shopper: Shopper, stack: Stack) -> None:
    page = shopper.page
    page.goto(stack["shop_url"])
    for field in page.locator("input[type=number]").all():
        field.fill("0")
    page.get_by_role("button", name="Check out").click()
    expect(page.get_by_role("alert")).to_have_text("There is nothing in your cart.")
    shopper.picture("shop-empty")
    page.goto(f"{stack['shop_url']}/return/success?order_key=ord_00000000000000000000000000")
    expect(page.locator("h1")).to_have_text("Welcome back")
    shopper.picture("shop-unknown")


def test_refused_directly_then_paid_and_cancelled(shopper: Shopper, stack: Stack) -> None:
    page = shopper.page
    for card, said in (("tok_declined", "You have not paid"), ("tok_visa", "Thank you!")):
        page.goto(stack["shop_url"])
        page.click("summary")
        page.get_by_label("Card").select_option(card)
        page.get_by_role("button", name="Pay directly").click()
        expect(page.locator("h1")).to_have_text(said)
    behind_the_counter(page)
    page.get_by_role("button", name="Cancel").last.click()
    expect(page.locator(".box")).to_contain_text("CANCELLED")
