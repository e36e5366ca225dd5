"""Stripe's own card fields on the menu, run in Chromium: our script as it is served, with a stand-in of Stripe.js.

The merchant's cards go to the stand-in of Stripe that runs beside the local system (IS-4).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local.place import Place
from tests.browser.conftest import Open
from tests.browser.shopper import Shopper
from tests.browser.stripe_stand_in import HOSTS, WRONG, StripeJs
from tests.flows.client import JSON, Merchant
from tests.flows.conftest import aws, operators
from tests.flows.operators import Operators
from tests.flows.psp.test_stripe import opened

pytestmark = pytest.mark.flow

Window = Callable[..., tuple[Shopper, StripeJs]]
__all__ = ["aws", "operators"]  # fixtures


@pytest.fixture(scope="module")
def shop(operators: Operators, place: Place) -> Merchant:
    return opened(operators, place)


@pytest.fixture
def order(shop: Merchant) -> JSON:
    return shop.order(description="Your order", locale="en")


@pytest.fixture
def window(shoppers: Open, place: Place, shop: Merchant) -> Window:
    """A browser that reaches nothing of Stripe's but its stand-ins."""

    def open_window(*, loads: bool = True, **settings: object) -> tuple[Shopper, StripeJs]:
        stripe = place.stripe_url.removeprefix("http://")
        shopper = shoppers(beside={*HOSTS, stripe}, **settings)
        shopper.merchant = shop
        return shopper, StripeJs(shopper.context, loads=loads)

    return open_window


def types(page: Page, number: str) -> None:
    page.frame_locator("iframe").get_by_label("Card number").fill(number)


def pays_on_stripes_page(shopper: Shopper, order: JSON) -> None:
    shopper.choose("card")
    shopper.page.wait_for_url("**/checkout/cs_*")
    shopper.page.get_by_role("button", name="Approve").click()
    shopper.is_back("success", order)


def test_the_field_mounts_and_its_token_pays(window: Window, shop: Merchant, order: JSON) -> None:
    shopper, stripe = window()
    shopper.open(order)
    expect(shopper.page.locator("[data-fields=stripe] iframe")).to_be_visible()
    shopper.picture("menu-stripe-fields")
    types(shopper.page, "4242")
    shopper.page.dblclick("button.pay")
    shopper.is_back("success", order)
    (payment,) = shop.read(order)["payments"]
    assert (payment["status"], payment["connector"], payment["brand"]) == ("AUTHORIZED", "stripe", "visa")
    assert payment["psp_reference"].startswith("pi_")
    assert stripe.asked == ["card%5Bnumber%5D=4242"], "one PaymentMethod, and the number went there alone"


def test_what_is_wrong_is_said_at_the_field_which_has_the_focus(window: Window, shop: Merchant, order: JSON) -> None:
    shopper, stripe = window(viewport={"width": 320, "height": 700})
    shopper.open(order)
    types(shopper.page, "42")
    shopper.page.click("button.pay")
    said = shopper.page.locator("[data-fields=stripe]").get_by_role("alert")
    expect(said).to_have_text(WRONG)
    expect(shopper.page.locator("iframe")).to_be_focused()
    expect(shopper.page.locator("button.pay")).not_to_have_attribute("aria-disabled", "true")
    shopper.picture("menu-stripe-wrong")
    assert (stripe.asked, shop.read(order)["payments"]) == ([], [])
    types(shopper.page, "9999")
    shopper.page.click("button.pay")
    expect(said).to_have_text("No such card.")
    shopper.troubles.clear()  # Chromium reports the 402
    types(shopper.page, "4242")
    shopper.page.click("button.pay")
    shopper.is_back("success", order)


def test_a_declined_card_leads_back_to_a_field_that_takes_another(window: Window, shop: Merchant, order: JSON) -> None:
    shopper, stripe = window()
    shopper.open(order)
    types(shopper.page, "4341")
    shopper.page.click("button.pay")
    expect(shopper.page.get_by_role("alert").first).to_contain_text("declined")
    types(shopper.page, "4242")
    shopper.page.click("button.pay")
    shopper.is_back("success", order)
    assert [each["status"] for each in shop.read(order)["payments"]] == ["FAILED", "AUTHORIZED"]
    assert len(stripe.asked) == 2


@pytest.mark.parametrize("settings", [{"loads": False}, {"java_script_enabled": False}])
def test_without_stripes_script_its_page_is_used(window: Window, order: JSON, settings: dict[str, bool]) -> None:
    shopper, stripe = window(**settings)
    shopper.open(order)
    expect(shopper.page.locator("[data-fields=stripe]")).to_be_hidden()
    shopper.troubles.clear()  # Chromium reports the script that did not load
    pays_on_stripes_page(shopper, order)
    assert stripe.asked == []


def test_a_field_that_does_not_load_gives_way_to_stripes_page(window: Window, order: JSON) -> None:
    shopper, stripe = window()
    shopper.open(order)
    shopper.page.evaluate("stripeStandIn.fail()")
    expect(shopper.page.locator("[data-fields=stripe]")).to_be_hidden()
    pays_on_stripes_page(shopper, order)
    assert stripe.asked == []


def test_the_policy_lets_the_page_reach_what_the_manifest_names_and_nothing_else(window: Window, order: JSON) -> None:
    shopper, _ = window()
    shopper.open(order)
    expect(shopper.page.locator("iframe")).to_be_visible()
    assert shopper.troubles == []
    for reach in (
        "fetch('https://elsewhere.example/').then(() => 'reached', () => 'refused')",
        "new Promise((tell) => document.head.append(Object.assign(document.createElement('script'), {"
        "src: 'https://api.stripe.com/v1/script.js', onload: () => tell('reached'), onerror: () => tell('refused')})))",
    ):
        assert shopper.page.evaluate(reach) == "refused"
    assert shopper.troubles, "Chromium says what it has refused"
    assert [each for each in shopper.troubles if "request to" in each] == []
    shopper.troubles.clear()
