"""The menu for everyone (GO-9): languages, small screens, darkness, keyboards, no scripts; and what no page may do."""

from __future__ import annotations

import re
from pathlib import Path
from shutil import copyfile
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.conftest import ROOT, Stack
from tests.flows.client import JSON, Merchant, send
from tests.menu_forms import Forms

pytestmark = pytest.mark.flow

AMOUNTS = {"en": "€1,234.50", "de": "1.234,50 €", "fr": "1 234,50 €", "nl": "€ 1.234,50", "es": "1.234,50 €"}
LONG = "A very long name of an article that nobody would ever read aloud, in eleven colours"


@pytest.mark.parametrize("language", AMOUNTS)
def test_each_language(shoppers: Open, merchant: Merchant, language: str) -> None:
    items = [{"name": LONG, "quantity": 3, "amount": 123450}]
    order = merchant.order(amount=123450, locale=f"{language}-XX", description=LONG, items=items)
    shopper = shoppers(viewport={"width": 320, "height": 700}, locale="pt-BR")
    shopper.open(order)
    assert shopper.page.locator("html").get_attribute("lang") == language
    written = re.sub(r"\s", " ", shopper.page.inner_text("h1 strong"))
    assert written == AMOUNTS[language]
    shopper.page.click("summary")
    shopper.picture(f"menu-{language}")
    shopper.choose("card")
    shopper.press("Decline")
    shopper.is_on_menu(order)
    shopper.is_accessible()


def test_the_browsers_language_counts_where_the_merchant_named_none(shoppers: Open, order: JSON) -> None:
    shopper = shoppers(locale="nl-NL")
    shopper.open(order)
    expect(shopper.page.locator("legend")).to_have_text("Hoe wilt u betalen?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_small_and_dark(shoppers: Open, order: JSON, scheme: str) -> None:
    shopper = shoppers(viewport={"width": 390, "height": 844}, color_scheme=scheme, device_scale_factor=2)
    shopper.open(order)
    shopper.picture(f"phone-{scheme}")
    shopper.page.check("#m-bank_redirect")
    shopper.is_accessible()
    shopper.choose("card")
    shopper.picture(f"phone-psp-{scheme}")
    shopper.press("Decline")
    shopper.is_on_menu(order)
    shopper.picture(f"phone-refused-{scheme}")


def test_written_from_right_to_left(shoppers: Open, order: JSON) -> None:
    """No such language yet; the style sheet is ready for one."""
    shopper = shoppers(viewport={"width": 390, "height": 844})
    shopper.open(order)
    shopper.page.evaluate("document.documentElement.dir = 'rtl'")
    radio, mark = (shopper.page.locator(each).first.bounding_box() for each in ("input[type=radio]", ".method .mark"))
    assert radio is not None
    assert mark is not None
    assert radio["x"] > mark["x"]
    shopper.picture("rtl")


def test_the_keyboard_is_enough(shoppers: Open, merchant: Merchant, order: JSON) -> None:
    shopper = shoppers(viewport={"width": 800, "height": 900})
    shopper.open(order)
    keys = shopper.page.keyboard
    shopper.page.focus("summary")
    keys.press("Enter")
    expect(shopper.page.get_by_text("Jar of honey")).to_be_visible()
    keys.press("Tab")
    expect(shopper.page.locator(".gift summary")).to_be_focused()
    keys.press("Tab")
    expect(shopper.page.locator("#m-card")).to_be_focused()
    shopper.picture("focus")
    keys.press("ArrowDown")
    expect(shopper.page.locator("#m-bank_redirect")).to_be_checked()
    keys.press("ArrowUp")
    keys.press("Tab")
    expect(shopper.page.locator("button.pay")).to_be_focused()
    keys.press("Enter")
    expect(shopper.page.locator("h1")).to_have_text("Pay by card")
    shopper.page.get_by_role("button", name="Approve").press("Enter")
    shopper.is_back("success", order)


def test_without_scripts(shoppers: Open, merchant: Merchant, order: JSON) -> None:
    shopper = shoppers(java_script_enabled=False)
    shopper.open(order)
    shopper.redeem("gc_1000")
    expect(shopper.page.locator("h1")).to_contain_text("€39.99")
    shopper.choose("bank_redirect")
    shopper.press("Decline")
    expect(shopper.page.get_by_role("alert")).to_contain_text("declined")
    shopper.choose("card")
    shopper.press("Approve")
    shopper.is_back("success", order)
    assert merchant.read(order)["status"] == "AUTHORIZED"


def test_a_page_weighs_little(shoppers: Open, order: JSON) -> None:
    """Under 60 kB with all it fetches, uncompressed (IS-17)."""
    shopper = shoppers()
    sizes: dict[str, int] = {}
    shopper.page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    shopper.open(order)
    shopper.page.wait_for_load_state("networkidle")
    assert len(sizes) >= 3
    assert sum(sizes.values()) < 60_000, sizes


def test_the_policy_is_strict(merchant: Merchant, order: JSON) -> None:
    answer = send("GET", order["menu_url"])
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"<script(?![^>]* src=)|\sstyle=|\son\w+=|javascript:", answer.text)


def test_no_other_site_can_pay_or_cancel(merchant: Merchant, order: JSON) -> None:
    for path in ("", "/cancel"):
        for marked in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
            headers = {"Content-Type": "application/x-www-form-urlencoded"} | marked
            answer = send("POST", order["menu_url"].replace("?", f"{path}?"), "method=card", headers)
            assert answer.status == 403
    assert merchant.read(order)["payments"] == []


@pytest.mark.parametrize("query", ["&next=https://elsewhere.example", "&notice=https://elsewhere.example", "&url=//x"])
def test_nobody_is_sent_elsewhere(merchant: Merchant, order: JSON, query: str) -> None:
    answer = send("GET", order["menu_url"] + query)
    assert answer.status == 200
    assert "elsewhere" not in answer.text
    form = urlencode(Forms(answer.text).cancel.fields)
    address = order["menu_url"].replace("?", "/cancel?") + query
    back = send("POST", address, form, {"Content-Type": "application/x-www-form-urlencoded"})
    assert back.headers["location"].startswith(f"{merchant.shop_url}/return/aborted?order_key=")


def test_what_a_merchant_writes_is_only_text(shoppers: Open, merchant: Merchant) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    order = merchant.order(description=attack, items=[{"name": attack}])
    shopper = shoppers()
    shopper.open(order)
    expect(shopper.page.locator(".sum > p").first).to_have_text(attack)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_merchants_logo_and_colour(shoppers: Open, stack: Stack, scheme: str) -> None:
    order = Merchant(stack, stack["merchants"][1]).order(description="A bunch of flowers", amount=2495)
    shopper = shoppers(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    shopper.open(order)
    colour = "getComputedStyle(document.querySelector('.pay')).backgroundColor"
    assert shopper.page.evaluate(colour) == "rgb(109, 40, 217)"
    shopper.page.wait_for_function("document.querySelector('.shop img').naturalWidth > 0")
    shopper.picture(f"dressed-{scheme}")


def test_a_picture_for_the_readme(shoppers: Open, order: JSON) -> None:
    """Taken anew by each run; copied into the docs where there is none, so that runs leave the work tree alone."""
    shopper = shoppers(viewport={"width": 420, "height": 640})
    shopper.open(order)
    taken = shopper.picture("readme")
    kept = ROOT / "docs" / "images" / "menu.png"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        copyfile(taken, kept)
    assert 5_000 < Path(kept).stat().st_size < 90_000
