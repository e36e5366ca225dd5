"""What shoppers do that nobody planned: double clicks, the back button, two tabs, closed pages, old links."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from local.place import Place
from local.time_machine import pass_time
from tests.browser.conftest import Open
from tests.browser.shopper import Shopper
from tests.conftest import Stack
from tests.flows.client import JSON, Merchant, eventually

pytestmark = pytest.mark.flow


@pytest.mark.parametrize("scripts", [True, False])
def test_a_double_click_pays_once(shoppers: Open, merchant: Merchant, order: JSON, scripts: bool) -> None:
    shopper = shoppers(java_script_enabled=scripts)
    shopper.open(order)
    shopper.page.dblclick("button.pay")
    expect(shopper.page.locator("h1")).to_have_text("Pay by card")
    shopper.press("Approve")
    shopper.is_back("success", order)
    after = merchant.read(order)
    assert [payment["status"] for payment in after["payments"]] == ["AUTHORIZED"]


def test_back_after_paying_shows_that_it_is_paid(shopper: Shopper, merchant: Merchant, order: JSON) -> None:
    shopper.open(order)
    shopper.choose("card")
    shopper.press("Approve")
    shopper.is_back("success", order)
    for _ in range(2):
        shopper.page.go_back()
    expect(shopper.page.locator("h1")).to_have_text("This order is paid")
    shopper.picture("paid")
    shopper.page.get_by_role("link", name="Back to the shop").click()
    shopper.is_back("success", order)
    assert len(merchant.read(order)["payments"]) == 1


def test_two_tabs_pay_once(shopper: Shopper, merchant: Merchant, order: JSON) -> None:
    """The page that is out of date starts nothing; it shows how things stand."""
    shopper.open(order)
    second = shopper.open(order, shopper.context.new_page())
    shopper.choose("card")
    shopper.press("Approve")
    shopper.is_back("success", order)
    second.click("button.pay")
    expect(second.locator("h1")).to_have_text("This order is paid")
    assert len(merchant.read(order)["payments"]) == 1


def test_a_second_tab_is_told_what_changed(shopper: Shopper, merchant: Merchant, order: JSON) -> None:
    shopper.open(order)
    second = shopper.open(order, shopper.context.new_page())
    shopper.redeem("gc_1000")
    second.click("button.pay")
    expect(second.get_by_role("alert")).to_contain_text("changed from €49.99 to €39.99")
    expect(second.locator("h1")).to_contain_text("€39.99")
    shopper.is_accessible(second)
    assert len(merchant.read(order)["payments"]) == 1


def test_a_page_that_was_closed(shopper: Shopper, merchant: Merchant, order: JSON, place: Place) -> None:
    """TH-3, ONE-6: the order cancels itself, what a gift card held is free, the merchant is told."""
    shopper.open(order)
    shopper.redeem("gc_1000")
    shopper.choose("card")
    expect(shopper.page.locator("h1")).to_have_text("Pay by card")
    psp_page = shopper.page.url
    shopper.page.close()
    told = len(merchant.told(order))

    pass_time(place, order["order_key"], timedelta(minutes=121))

    after = merchant.becomes(order, "EXPIRED")
    assert [payment["status"] for payment in after["payments"]] == ["CANCELLED", "EXPIRED"]
    assert eventually(lambda: len(merchant.told(order)) > told)
    shopper.page = shopper.context.new_page()
    shopper.page.goto(psp_page)
    expect(shopper.page.locator("h1")).to_have_text("This payment is closed")
    shopper.picture("psp-closed")
    shopper.open(order)
    expect(shopper.page.locator("h1")).to_have_text("This order has expired")
    shopper.picture("expired")
    shopper.page.get_by_role("link", name="Back to the shop").click()
    shopper.is_back("aborted", order)


def test_a_payment_nobody_took_up_ends_and_the_menu_goes_on(
    shopper: Shopper, merchant: Merchant, order: JSON, place: Place
) -> None:
    """EV-6: after 30 minutes the payment has expired, the order has not."""
    shopper.open(order)
    shopper.choose("card")
    expect(shopper.page.locator("h1")).to_have_text("Pay by card")
    pass_time(place, order["order_key"], timedelta(minutes=31))
    eventually(lambda: merchant.read(order)["payments"][0]["status"] == "EXPIRED")
    shopper.open(order)
    expect(shopper.page.get_by_role("alert")).to_contain_text("not finished in time")
    shopper.choose("card")
    shopper.press("Approve")
    shopper.is_back("success", order)


@pytest.mark.parametrize("path", ["pay/ord_00000000000000000000000000", "pay/nonsense", "pay/ord_1/wait"])
def test_an_order_nobody_knows(shopper: Shopper, stack: Stack, path: str) -> None:
    answer = shopper.page.goto(f"{stack['api_url']}/{path}")
    assert answer is not None
    assert answer.status == 404
    expect(shopper.page.locator("h1")).to_have_text("We cannot find this order")
    shopper.picture("unknown")
