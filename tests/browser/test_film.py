"""README's moving picture: one order in the shop, on the menu, at the bank, paid, and at the operators' desk."""

from __future__ import annotations

import re
from pathlib import Path
from shutil import copyfile

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Open
from tests.browser.film import SHARPNESS, SHEET, STILL, Still, framed, save
from tests.browser.shopper import SCREENSHOTS
from tests.conftest import ROOT, Stack

pytestmark = pytest.mark.flow

SHOTS = 6
MOST_BYTES = 600_000


def found_at_the_desk(page: Page, stack: Stack, reference: str) -> None:
    page.goto(stack["desk_url"])
    orders = page.locator("#widget-0")
    orders.get_by_label("What the customer or the statement says").fill(reference)
    orders.get_by_role("button", name="Find", exact=True).click()
    orders.get_by_role("button", name="Open").click()
    orders.get_by_text("History, newest first").wait_for()
    orders.scroll_into_view_if_needed()


def test_a_moving_picture_for_the_readme(shoppers: Open, chromium: Browser, stack: Stack) -> None:
    """Taken anew by each run; copied into the docs where there is none, so that runs leave the work tree alone."""
    shopper = shoppers(viewport=STILL, color_scheme="light", device_scale_factor=SHARPNESS)
    page = shopper.page
    stills: list[Still] = []

    def take(says: str) -> None:
        stills.append(Still(says, page.screenshot()))

    page.goto(stack["shop_url"])
    take("A shop sells something")
    page.get_by_role("button", name="To the cart").click()
    page.get_by_role("button", name="Check out").click()
    page.get_by_text("Sourdough loaf").wait_for()  # the page's script has run: there is room for it
    take("Tillgate's menu takes the payment")
    shopper.choose("card")
    page.get_by_role("button", name="Approve").wait_for()
    take("The PSP asks for the card: Tillgate never sees it")
    shopper.press("Approve")
    page.get_by_role("heading", name="Thank you!").wait_for()
    take("Back in the shop: paid, and safe to ship")
    (reference,) = set(re.findall(r"shop-\w+", page.inner_text("main")))
    page.get_by_role("link", name="Behind the counter").click()
    page.get_by_role("region", name="Visa").evaluate("each => each.scrollIntoView({ block: 'center' })")
    take("The shop captures, refunds or cancels")
    desk = chromium.new_page(viewport=STILL, device_scale_factor=SHARPNESS)  # type: ignore[arg-type]
    found_at_the_desk(desk, stack, reference)
    stills.append(Still("Operators see how it stands, and why", desk.screenshot()))
    desk.close()

    taken = SCREENSHOTS / "film.webp"
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    save(framed(chromium, stills), taken)
    kept = ROOT / "docs" / "images" / "film.webp"
    if not kept.exists():
        copyfile(taken, kept)
    for path in (taken, kept):
        is_small_and_moves(path)


def is_small_and_moves(path: Path) -> None:
    assert 50_000 < path.stat().st_size < MOST_BYTES
    with Image.open(path) as film:
        assert film.size == tuple(round(SHARPNESS * side) for side in SHEET.values())
        assert (film.n_frames, film.info["loop"]) == (SHOTS, 0)  # type: ignore[attr-defined]
