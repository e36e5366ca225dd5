"""Each state of the menu as a shopper meets it: what it says, its title, where the focus is, what it leads to."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from local import aws
from local.place import Place
from local.time_machine import pass_time
from tests.browser.conftest import Open
from tests.browser.shopper import Shopper
from tests.conftest import Stack
from tests.flows.client import JSON, Merchant, eventually
from tests.flows.operators import Operators

pytestmark = pytest.mark.flow

METHODS = {
    "card": "sandbox",
    "bank_redirect": "sandbox",
    "bank_transfer": "offline",
    "invoice": "offline",
    "cash_on_delivery": "offline",
    "gift_card": "sandbox",
}
LINKS = {name: f"https://shop.example.com/{name}" for name in ("terms", "privacy", "contact")}
PHONE = {"width": 320, "height": 700}


@pytest.fixture(scope="session")
def operators(stack: Stack, place: Place, resources: dict[str, str]) -> Operators:
    return Operators(lambda service: aws.client(place, service), resources["AdminFunction"], stack)


@pytest.fixture(scope="module")
def bookshop(operators: Operators) -> Merchant:
    """A merchant with all methods, and pages of its own."""
    merchant = operators.merchant("Quiet Books", methods=METHODS)
    merchant.call("PUT", "/account/links", LINKS).expect(200)
    return merchant


@pytest.fixture
def bought(bookshop: Merchant) -> JSON:
    items = [
        {"name": "A field guide to moths", "amount": 3200},
        {"name": "Linen bookmark", "quantity": 2, "amount": 1799},
    ]
    return bookshop.order(description="Two things from Quiet Books", items=items)


def title(page: Page, pattern: str) -> None:
    expect(page).to_have_title(re.compile(pattern))


def test_a_button_says_what_its_method_does(shopper: Shopper, bought: JSON) -> None:
    page = shopper.open(bought)
    button = page.locator("button.pay")
    title(page, "^Pay €49.99 · Quiet Books$")
    for method, does in (
        ("card", "Pay €49.99"),
        ("bank_redirect", "Pay €49.99"),
        ("bank_transfer", "Transfer €49.99"),
        ("invoice", "Order and pay €49.99 later"),
        ("cash_on_delivery", "Order and pay €49.99 later"),
    ):
        page.check(f"#m-{method}")
        expect(button).to_have_accessible_name(does)
    shopper.picture("state-open")
    for name, url in LINKS.items():
        expect(page.get_by_role("link", name=name.capitalize())).to_have_attribute("href", url)
    expect(page.locator("main")).not_to_contain_text("min left")


@pytest.mark.parametrize(("scheme", "scripts"), [("light", True), ("dark", True), ("light", False)])
def test_a_transfer_has_a_page_that_keeps_the_order(
    shoppers: Open, bookshop: Merchant, bought: JSON, scheme: str, scripts: bool
) -> None:
    shopper = shoppers(viewport=PHONE, color_scheme=scheme, java_script_enabled=scripts)
    page = shopper.open(bought)
    shopper.choose("bank_transfer")
    expect(page.locator("h1")).to_contain_text("€49.99")
    title(page, "^Transfer €49.99")
    told = bookshop.read(bought)["payments"][0]["instructions"]
    expect(page.locator(".account")).to_contain_text(re.sub(r"(.{4})(?=.)", r"\1 ", told["iban"]))
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    if scripts:
        shopper.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy IBAN").click()
        expect(page.locator("[data-copied]")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == told["iban"]
        shopper.picture(f"state-transfer-{scheme}")
    page.get_by_role("link", name="Back to the shop").click()
    shopper.is_back("success", bought)
    after = bookshop.read(bought)
    assert (after["status"], after["payments"][0]["status"]) == ("UNPAID", "SEEN")


def test_another_way_than_the_transfer_that_was_chosen(shopper: Shopper, bookshop: Merchant, bought: JSON) -> None:
    page = shopper.open(bought)
    shopper.choose("bank_transfer")
    page.get_by_role("link", name="Pay another way").click()
    expect(page.locator("main")).to_contain_text("You have chosen to transfer €49.99")
    shopper.picture("state-transfer-else")
    page.get_by_role("link", name="Show the account").click()
    expect(page.locator(".account")).to_be_visible()
    page.get_by_role("link", name="Pay another way").click()
    shopper.choose("card")
    shopper.press("Approve")
    shopper.is_back("success", bought)
    assert [each["status"] for each in bookshop.read(bought)["payments"]] == ["WITHDRAWN", "AUTHORIZED"]


@pytest.mark.parametrize(("method", "says"), [("invoice", "by invoice"), ("cash_on_delivery", "at the door")])
def test_what_is_paid_later_is_ordered_and_not_paid(
    shopper: Shopper, bookshop: Merchant, bought: JSON, method: str, says: str
) -> None:
    shopper.open(bought)
    shopper.choose(method)
    shopper.is_back("success", bought)
    page = shopper.open(bought)
    title(page, "^Thank you for your order")
    expect(page.locator("main")).to_contain_text(says)
    expect(page.locator("main")).not_to_contain_text("paid")
    shopper.picture(f"state-ordered-{method}")
    payment = bookshop.read(bought)["payments"][0]
    bookshop.call("POST", f"/orders/{bought['order_key']}/payments/{payment['payment_id']}/capture", {}).expect(200)
    page.reload()
    title(page, "^This order is paid")


def test_what_was_refunded_is_not_called_paid(shopper: Shopper, bookshop: Merchant) -> None:
    order = bookshop.order(capture="auto")
    bookshop.start(order, "tok_visa")
    page = shopper.open(order)
    expect(page.locator("h1")).to_have_text("This order is paid")
    expect(page.locator("main")).to_contain_text("Visa")
    bookshop.call("POST", f"/orders/{order['order_key']}/refund", {"amount": 1000}).expect(200)
    page.reload()
    expect(page.locator("main")).to_contain_text(re.compile(r"Refunded\s+€10.00"))
    shopper.picture("state-refunded-in-part")
    bookshop.call("POST", f"/orders/{order['order_key']}/refund", {}).expect(200)
    page.reload()
    title(page, "^This order was refunded")
    expect(page.locator("main")).not_to_contain_text("is paid")
    shopper.picture("state-refunded")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_mistyped_gift_card_is_told_beside_its_field(shoppers: Open, bought: JSON, scripts: bool) -> None:
    shopper = shoppers(java_script_enabled=scripts, viewport=PHONE)
    page = shopper.open(bought)
    shopper.redeem("gc_1O00")
    code = page.locator("#code")
    expect(code).to_have_value("gc_1O00")
    expect(code).to_be_focused()
    expect(code).to_have_attribute("aria-invalid", "true")
    expect(code).to_have_accessible_description(re.compile("gift card|payment"))
    title(page, "^Not paid: Pay €49.99")
    assert "gc_1O00" not in page.url
    shopper.picture(f"state-gift-card-wrong-{scripts}") if scripts else None
    code.fill("gc_1000")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("€39.99")


@pytest.mark.parametrize("capture", ["manual", "auto"])
def test_a_gift_card_is_above_the_methods_and_can_be_taken_back(
    shoppers: Open, bookshop: Merchant, capture: str
) -> None:
    """In one column; where there are two, it stands in the first."""
    shopper = shoppers(viewport={"width": 800, "height": 900})
    order = bookshop.order(capture=capture)
    page = shopper.open(order)
    gift, methods = (page.locator(each).bounding_box() for each in (".gift", "fieldset"))
    assert gift is not None
    assert methods is not None
    assert gift["y"] < methods["y"]
    shopper.redeem("gc_1000")
    expect(page.locator("h1")).to_contain_text("€39.99")
    shopper.picture("state-gift-card")
    page.get_by_role("button", name="Remove Gift card €10.00").click()
    expect(page.locator("h1")).to_contain_text("€49.99")
    ended = {"manual": "CANCELLED", "auto": "REFUNDED"}[capture]
    assert eventually(lambda: bookshop.read(order)["payments"][0]["status"] == ended)
    shopper.choose("card")
    shopper.press("Approve")
    shopper.is_back("success", order)


@pytest.mark.parametrize(("width", "beside"), [(1280, True), (959, False), (320, False)])
def test_the_order_stands_beside_the_methods_where_there_is_room(
    shoppers: Open, bought: JSON, width: int, beside: bool
) -> None:
    """ADR 168: what is bought is open there, and the button is above the fold of a laptop."""
    page = shoppers(viewport={"width": width, "height": 800}).open(bought)
    order, ways = (page.locator(each).bounding_box() for each in (".sum", ".ways"))
    assert order is not None
    assert ways is not None
    assert (ways["y"] == order["y"], ways["x"] > order["x"] + order["width"]) == (beside, beside)
    expect(page.get_by_text("Linen bookmark")).to_be_visible(visible=beside)
    if beside:
        expect(page.locator("button.pay")).to_be_in_viewport(ratio=1)


def test_a_refusal_has_the_focus_and_the_title(shopper: Shopper, bought: JSON) -> None:
    page = shopper.open(bought)
    shopper.choose("card")
    shopper.press("Decline")
    shopper.is_on_menu(bought)
    expect(page.get_by_role("alert")).to_be_focused()
    title(page, "^Not paid: Pay €49.99")
    shopper.picture("state-refused")


def test_the_language_is_switched_and_stays(shoppers: Open, bought: JSON) -> None:
    shopper = shoppers(viewport=PHONE, color_scheme="dark")
    page = shopper.open(bought)
    assert shopper.context.cookies() == []
    page.get_by_role("link", name="Deutsch").click()
    expect(page.locator("legend")).to_have_text("Wie möchten Sie bezahlen?")
    expect(page.locator("[aria-current=true]")).to_have_text("Deutsch")
    shopper.picture("state-german-dark")
    shopper.choose("card")
    shopper.press("Decline")
    shopper.is_on_menu(bought)
    expect(page.get_by_role("alert")).to_contain_text("abgelehnt")


@pytest.mark.parametrize("language", ["en", "de", "fr", "nl", "es"])
def test_every_page_in_every_language(shoppers: Open, bookshop: Merchant, language: str) -> None:
    """On the smallest screen, in the dark: nothing is wider than it, and axe finds nothing."""
    shopper = shoppers(viewport=PHONE, color_scheme="dark")

    def order(**fields: Any) -> JSON:
        return bookshop.order(locale=language, amount=123450, **fields)

    transferred = order()
    shopper.open(transferred)
    shopper.page.check("#m-invoice")
    shopper.picture(f"all-{language}-open")
    shopper.choose("bank_transfer")
    shopper.picture(f"all-{language}-transfer")
    bookshop.start(ordered := order(), None, method="invoice")
    shopper.open(ordered)
    shopper.picture(f"all-{language}-ordered")
    shopper.open(wrong := order())
    shopper.redeem("gc_empty")
    expect(shopper.page.locator("#code")).to_have_value("gc_empty")
    shopper.picture(f"all-{language}-code")
    bookshop.call("POST", f"/orders/{wrong['order_key']}/cancel", {}).expect(200)
    shopper.open(wrong)
    shopper.picture(f"all-{language}-cancelled")
    shopper.page.route("**/status?*", lambda _: None)  # it waits as long as it is looked at
    bookshop.start(pending := order(), "tok_pending")
    shopper.page.goto(pending["menu_url"].replace("?", "/wait?"))
    shopper.picture(f"all-{language}-wait")


def test_while_a_psp_works_the_page_says_what_happens(shopper: Shopper, order: JSON) -> None:
    page = shopper.open(order)
    page.evaluate("document.querySelector('.pays').dispatchEvent(new Event('submit', { bubbles: true }))")
    expect(page.locator("[data-working]")).to_have_text("One moment: we are asking the payment provider.")
    expect(page.locator("button.pay")).to_have_attribute("aria-disabled", "true")
    shopper.picture("state-working")


def test_no_two_states_share_a_title(shopper: Shopper, bookshop: Merchant, place: Place) -> None:
    def titled(order: JSON) -> str:
        return shopper.open(order).title()

    orders = {
        name: bookshop.order(capture="auto") for name in ("open", "paid", "refunded", "ordered", "transfer", "failed")
    }
    for name, token in (("paid", "tok_visa"), ("refunded", "tok_visa"), ("failed", "tok_declined")):
        bookshop.start(orders[name], token)
    bookshop.call("POST", f"/orders/{orders['refunded']['order_key']}/refund", {}).expect(200)
    bookshop.start(orders["ordered"], None, method="invoice")
    bookshop.start(orders["transfer"], None, method="bank_transfer")
    orders["free"] = bookshop.order(amount=0)
    for verb in ("withdraw", "cancel"):
        orders[verb] = bookshop.order()
        if verb == "cancel":
            bookshop.start(orders[verb], "tok_visa")
        bookshop.call("POST", f"/orders/{orders[verb]['order_key']}/{verb}", {}).expect(200)
    orders["expired"] = bookshop.order()
    pass_time(place, orders["expired"]["order_key"], timedelta(minutes=121))
    titles = {name: titled(order) for name, order in orders.items()}
    assert len(set(titles.values())) == len(titles), titles
    for name in ("free", "withdraw", "cancel", "expired"):
        shopper.open(orders[name])
        shopper.picture(f"state-{name}")
