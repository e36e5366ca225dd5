"""The operators' desk in a real browser, on the deployed local cloud: the functions answer, a page plays the console
(ONE-9)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Dialog, Page

from tests.browser.shopper import SCREENSHOTS, accessible
from tests.conftest import Stack
from tests.flows.client import Merchant, authorized_order

pytestmark = pytest.mark.flow


@pytest.fixture
def desk(chromium: Browser, stack: Stack) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1300, "height": 1000})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.goto(stack["desk_url"])
    page.wait_for_selector("main:not([aria-busy])")
    yield page
    page.close()
    assert troubles == []


def test_from_a_reference_to_a_refund_and_a_notification_sent_again(desk: Page, merchant: Merchant) -> None:
    order, payment = authorized_order(merchant)
    merchant.done(payment, "capture")
    asked: list[str] = []

    def yes(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    desk.on("dialog", yes)
    orders = desk.locator("#widget-0")
    orders.get_by_label("What the customer or the statement says").fill(order["order_reference"])
    orders.get_by_role("button", name="Find", exact=True).click()
    orders.get_by_role("button", name="Open").click()
    orders.get_by_text("History, newest first").wait_for()
    orders.get_by_label("Your name (stays in the history)").fill("ada")
    orders.get_by_label("Reason").fill("one ticket was wrong")
    orders.get_by_label("Amount", exact=True).fill("9.99")
    orders.get_by_role("button", name="Refund ...").click()
    orders.get_by_role("button", name="Do it").click()
    orders.get_by_text("The last operation, refund, is SUCCEEDED.").wait_for()
    assert asked == [f"9.99 EUR will be refunded of {payment['payment_id']}."]
    orders.get_by_role("button", name="Back to the order").click()
    orders.get_by_text("ada: one ticket was wrong").first.wait_for()
    orders.get_by_role("button", name="Send again").first.click()
    orders.get_by_text("Is this right?").wait_for()
    orders.get_by_label("Your name (stays in the history)").fill("ada")
    orders.get_by_label("Reason").fill("their server was down")
    orders.get_by_role("button", name="Do it").click()
    orders.get_by_text("is on its way again").wait_for()
    assert merchant.read(order)["amounts"]["refunded"] == 999


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1300, 360])
def test_the_desk_can_be_read_by_everybody(desk: Page, merchant: Merchant, theme: str, width: int) -> None:
    order, payment = authorized_order(merchant)
    merchant.done(payment, "capture")
    desk.set_viewport_size({"width": width, "height": 900})
    if theme == "dark":
        desk.get_by_role("button", name="Dark").click()
        desk.wait_for_selector("main:not([aria-busy])")
    orders = desk.locator("#widget-0")
    orders.get_by_label("What the customer or the statement says").fill(order["order_reference"])
    orders.get_by_role("button", name="Find", exact=True).click()
    orders.get_by_role("button", name="Open").click()
    orders.get_by_text("History, newest first").wait_for()
    desk.screenshot(path=SCREENSHOTS / f"desk-{theme}-{width}.png", full_page=True)
    accessible(desk)


def test_accounts_and_personal_data_can_be_read_by_everybody(desk: Page, merchant: Merchant) -> None:
    email = f"g{uuid4().hex}@navy.example"
    order = merchant.order(customer={"name": "Grace Hopper", "email": email})
    orders = desk.locator("#widget-0")
    orders.get_by_label("What the customer or the statement says").fill(email)
    orders.get_by_role("button", name="Find", exact=True).click()
    orders.get_by_text(order["order_reference"]).first.wait_for()
    orders.get_by_role("button", name="Open").click()
    orders.get_by_text("g*** @ ***.example").wait_for()
    orders.get_by_role("button", name="Show personal data").click()
    orders.get_by_text("Grace Hopper").wait_for()
    merchants = desk.locator("#widget-2")
    merchants.get_by_role("button", name="Open").first.click()
    merchants.get_by_text("History of the account, newest first").wait_for()
    accessible(desk)
    merchants.get_by_role("button", name="New signing secret ...", exact=True).click()
    merchants.get_by_text("Is this right?").wait_for()
    accessible(desk)
