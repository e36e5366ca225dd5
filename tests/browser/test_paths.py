"""Every way through the menu: what the shopper sees, where they end, what the order is then.

CM-2, CM-3, TH-1, TH-2, TH-12, IS-4.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.shopper import Shopper
from tests.flows.client import JSON, Merchant

pytestmark = pytest.mark.flow


def test_a_card_pays_and_the_shopper_is_back_in_the_shop(shopper: Shopper, merchant: Merchant, order: JSON) -> None:
    shopper.open(order)
    shopper.picture("menu")
    shopper.choose("card")
    shopper.picture("psp-card")
    shopper.press("Approve")
    shopper.is_back("success", order)
    expect(shopper.page.locator("h1")).to_have_text("Thank you!")
    shopper.picture("shop-thanks")
    assert merchant.read(order)["status"] == "AUTHORIZED"


@pytest.mark.parametrize(("button", "status"), [("Approve", "AUTHORIZED"), ("Decline", "UNPAID"), ("Cancel", "UNPAID")])
def test_the_cards_bank_asks(shopper: Shopper, merchant: Merchant, order: JSON, button: str, status: str) -> None:
    """3-D Secure: approved, declined and cancelled."""
    shopper.open(order)
    shopper.choose("card")
    shopper.press("Approve", "tok_visa_3ds")
    expect(shopper.page.locator("h1")).to_have_text("Confirm your payment")
    shopper.picture("psp-3ds")
    shopper.press(button)
    if button == "Approve":
        shopper.is_back("success", order)
    elif button == "Cancel":
        shopper.is_back("aborted", order)
        expect(shopper.page.locator("h1")).to_have_text("You have not paid")
    else:
        shopper.is_on_menu(order)
    assert merchant.read(order)["status"] == status


def test_a_refusal_is_told_and_another_try_pays(shopper: Shopper, merchant: Merchant, order: JSON) -> None:
    shopper.open(order)
    shopper.choose("card")
    shopper.press("Decline")
    shopper.is_on_menu(order)
    expect(shopper.page.get_by_role("alert")).to_contain_text("declined")
    shopper.picture("menu-refused")
    shopper.choose("card")
    shopper.press("Approve", "tok_insufficient")
    expect(shopper.page.get_by_role("alert")).to_contain_text("not enough money")
    shopper.choose("card")
    shopper.press("Approve", "tok_mastercard")
    shopper.is_back("success", order)
    payments = merchant.read(order)["payments"]
    assert [payment["status"] for payment in payments] == ["FAILED", "FAILED", "AUTHORIZED"]


def test_a_gift_card_and_a_card_share_an_order(shopper: Shopper, merchant: Merchant, order: JSON) -> None:
    shopper.open(order)
    shopper.redeem("gc_empty")
    expect(shopper.page.locator("#code-trouble")).to_contain_text("not enough money")
    shopper.redeem("gc_1000")
    expect(shopper.page.locator("h1")).to_contain_text("€39.99")
    shopper.picture("menu-gift-card")
    shopper.choose("card")
    shopper.press("Approve")
    shopper.is_back("success", order)
    after = merchant.read(order)
    assert (after["status"], after["amounts"]["authorized"]) == ("AUTHORIZED", 4999)


def test_a_gift_card_nobody_knows(shopper: Shopper, order: JSON) -> None:
    shopper.open(order)
    shopper.redeem("no such card")
    expect(shopper.page.locator("#code-trouble")).to_contain_text("cannot be used")


def test_a_bank_chosen_on_the_menu_confirms(shopper: Shopper, merchant: Merchant, order: JSON) -> None:
    shopper.open(order)
    shopper.page.check("#m-bank_redirect")
    shopper.picture("menu-bank")
    shopper.choose("bank_redirect", "bank_meridian")
    expect(shopper.page.locator("input[value=bank_meridian]")).to_be_checked()
    shopper.picture("psp-bank")
    shopper.press("Approve")
    shopper.is_back("success", order)
    after = merchant.read(order)
    payment = after["payments"][0]
    assert (after["status"], payment["status"]) == ("PAID", "AUTHORIZED")
    assert not {"capture", "cancel"} & set(payment["allowed_operations"])
    assert payment["authorization_expires_at"] is None
    assert "considered_safe" not in after
    expect(shopper.page.locator("h1")).to_have_text("Almost there")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_page_moves_on_when_a_slow_bank_confirms(
    shoppers: Open, merchant: Merchant, order: JSON, scripts: bool
) -> None:
    shopper = shoppers(java_script_enabled=scripts)
    shopper.open(order)
    shopper.choose("bank_redirect")
    shopper.press("Approve", "bank_slow")
    shopper.page.wait_for_url(order["menu_url"].replace("?", "/wait?"))
    shopper.is_back("success", order)
    merchant.becomes(order, "PAID")


def test_a_bank_that_confirms_and_fails_later(shopper: Shopper, merchant: Merchant, order: JSON) -> None:
    """EV-9: the shopper may pay again."""
    shopper.open(order)
    shopper.choose("bank_redirect", "bank_fickle")
    shopper.press("Approve")
    shopper.is_back("success", order)
    merchant.becomes(order, "UNPAID")
    shopper.open(order)
    expect(shopper.page.get_by_role("alert")).to_contain_text("rejected")
    shopper.choose("card")
    shopper.press("Approve")
    shopper.is_back("success", order)


def test_cancel_on_the_menu_ends_the_order(shopper: Shopper, merchant: Merchant, order: JSON) -> None:
    shopper.open(order)
    shopper.redeem("gc_1000")
    shopper.page.get_by_role("button", name="Cancel and return").click()
    shopper.is_back("aborted", order)
    after = merchant.becomes(order, "CANCELLED")
    assert after["payments"][0]["status"] == "CANCELLED"
    shopper.open(order)
    expect(shopper.page.locator("h1")).to_have_text("This order is cancelled")
    shopper.picture("closed")
    shopper.page.get_by_role("link", name="Back to the shop").click()
    shopper.is_back("aborted", order)


def test_opening_the_menu_is_seen(shopper: Shopper, merchant: Merchant, order: JSON) -> None:
    """EV-3; and a payment that was begun can be gone on with."""
    merchant.start(order, "tok_visa_3ds")
    assert merchant.read(order)["payments"][0]["status"] == "CREATED"
    shopper.open(order)
    assert merchant.read(order)["payments"][0]["status"] == "SEEN"
    shopper.picture("menu-unfinished")
    shopper.page.get_by_role("link", name="Continue").click()
    expect(shopper.page.locator("h1")).to_have_text("Confirm your payment")


def test_a_payment_started_by_api_and_refused_leads_to_aborted(
    shopper: Shopper, merchant: Merchant, order: JSON
) -> None:
    payment = merchant.start(order, "tok_visa_3ds")
    shopper.page.goto(payment["redirect"]["url"])
    shopper.press("Decline")
    shopper.is_back("aborted", order)


def test_only_what_the_order_allows_is_offered(shopper: Shopper, merchant: Merchant) -> None:
    """IS-5."""
    shopper.open(merchant.order(methods=["card"]))
    assert shopper.page.locator("input[name=method]").count() == 1
    assert shopper.page.locator(".gift").count() == 0
    shopper.open(merchant.order(methods=["invoice"]))
    expect(shopper.page.locator("main")).to_contain_text("No payment method fits")
    shopper.is_accessible()
