"""Cards that a shopper has saved, on the menu: to save one, and to pay with it the next time (RG-5, GO-9)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.shopper import Shopper
from tests.flows.client import JSON, Merchant, send
from tests.menu_forms import Forms

pytestmark = pytest.mark.flow

New = Callable[..., JSON]
SAVED = "input[value^='card:ins_']"


@pytest.fixture
def shopper_key(merchant: Merchant) -> str:
    return str(merchant.call("POST", "/shoppers", {}).expect(201)["shopper_key"])


@pytest.fixture
def new_order(merchant: Merchant, shopper_key: str) -> New:
    return lambda **fields: merchant.order(shopper_key=shopper_key, saved_instruments=True, **fields)


def saved(merchant: Merchant, shopper_key: str, token: str = "tok_visa") -> str:  # noqa: S107 - no password
    body = {"shopper_key": shopper_key, "method": "card", "instrument": {"token": token}}
    return str(merchant.call("POST", "/tokens", body).expect(201)["token"])


@pytest.mark.parametrize("scripts", [True, False])
def test_a_card_is_saved_and_pays_the_next_time(
    shoppers: Open, merchant: Merchant, new_order: New, scripts: bool
) -> None:
    shopper = shoppers(java_script_enabled=scripts)
    order = new_order()
    shopper.open(order)
    expect(shopper.page.locator(SAVED)).to_have_count(0)
    shopper.page.get_by_label("Save this card for next time").check()
    shopper.choose("card")
    shopper.press("Approve", "tok_mastercard")
    shopper.is_back("success", order)
    order = new_order()
    shopper.open(order)
    card = shopper.page.get_by_label("Mastercard ending in 4 4 4 4")
    expect(card).to_be_checked()
    if scripts:
        shopper.picture("menu-saved-card")
    shopper.page.click("button.pay")
    expect(shopper.page.locator("h1")).to_have_text("Confirm your payment")
    shopper.press("Approve")
    shopper.is_back("success", order)
    payment = merchant.read(order)["payments"][0]
    assert (payment["status"], payment["brand"], payment["instrument"]["last4"]) == ("AUTHORIZED", "mastercard", "4444")


def test_a_saved_card_whose_bank_asks(shopper: Shopper, merchant: Merchant, shopper_key: str, new_order: New) -> None:
    saved(merchant, shopper_key, "tok_visa_3ds")
    order = new_order()
    shopper.open(order)
    shopper.page.click("button.pay")
    expect(shopper.page.locator("h1")).to_have_text("Confirm your payment")
    shopper.press("Approve")
    shopper.is_back("success", order)


def test_a_shopper_whom_the_shop_has_authenticated_pays_at_once(
    shopper: Shopper, merchant: Merchant, shopper_key: str, new_order: New
) -> None:
    saved(merchant, shopper_key)
    order = new_order(shopper_authenticated=True)
    shopper.open(order)
    shopper.page.click("button.pay")
    shopper.is_back("success", order)
    assert merchant.read(order)["payments"][0]["brand"] == "visa"


def test_an_order_that_does_not_opt_in_shows_and_takes_no_saved_card(
    shopper: Shopper, merchant: Merchant, shopper_key: str
) -> None:
    token = saved(merchant, shopper_key)
    order = merchant.order(shopper_key=shopper_key)
    shopper.open(order)
    expect(shopper.page.locator("button.pay")).to_be_visible()
    assert "4242" not in shopper.page.content()
    expect(shopper.page.get_by_label("Save this card for next time")).to_have_count(0)
    forms = Forms(send("GET", order["menu_url"]).text)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for asked in ({"method": f"card:{token}"}, {"method": "card", "instrument[token]": token}, {"save": "card"}):
        answer = send("POST", order["menu_url"], urlencode(forms.pay.fields | {"method": "card"} | asked), form)
        assert answer.headers["location"].endswith("&notice=unavailable")
    assert merchant.read(order)["payments"] == []


def test_another_card_or_bank_is_a_press_away(
    shopper: Shopper, merchant: Merchant, shopper_key: str, new_order: New
) -> None:
    """A tick that was set for a card does not hold for a bank."""
    saved(merchant, shopper_key)
    order = new_order()
    shopper.open(order)
    shopper.page.check("#m-card")
    shopper.page.get_by_label("Save this card for next time").check()
    shopper.choose("bank_redirect", "bank_aurora")
    shopper.press("Approve")
    shopper.is_back("success", order)
    assert merchant.read(order)["payments"][0]["method"] == "bank_redirect"


def test_a_card_that_was_deleted_meanwhile(
    shopper: Shopper, merchant: Merchant, shopper_key: str, new_order: New
) -> None:
    token = saved(merchant, shopper_key)
    order = new_order()
    shopper.open(order)
    assert merchant.call("DELETE", f"/tokens/{token}").status == 204
    shopper.page.click("button.pay")
    shopper.is_on_menu(order)
    expect(shopper.page.get_by_role("alert")).to_contain_text("changed")
    expect(shopper.page.locator(SAVED)).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "de", "fr", "nl", "es"])
def test_each_language_on_a_phone(
    shoppers: Open, merchant: Merchant, shopper_key: str, new_order: New, language: str
) -> None:
    for token in ("tok_visa", "tok_amex"):
        saved(merchant, shopper_key, token)
    order = new_order(locale=language)
    shopper = shoppers(viewport={"width": 320, "height": 700}, color_scheme="dark" if language == "de" else "light")
    sizes: dict[str, int] = {}
    shopper.page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    shopper.open(order)
    shopper.page.wait_for_load_state("networkidle")
    assert sum(sizes.values()) < 60_000, sizes
    expect(shopper.page.locator(SAVED)).to_have_count(2)
    shopper.picture(f"menu-saved-{language}")
    shopper.page.check("#m-card")
    shopper.is_accessible()


def test_nobody_pays_with_another_shoppers_card(merchant: Merchant, shopper_key: str) -> None:
    token = saved(merchant, shopper_key)
    stranger = str(merchant.call("POST", "/shoppers", {}).expect(201)["shopper_key"])
    for order in (merchant.order(saved_instruments=True), merchant.order(shopper_key=stranger, saved_instruments=True)):
        page = send("GET", order["menu_url"]).text
        assert token not in page
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        send("POST", order["menu_url"], urlencode(Forms(page).pay.fields | {"method": f"card:{token}"}), form)
        assert merchant.read(order)["payments"] == []
