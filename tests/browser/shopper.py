"""A shopper in front of Chromium, and what is held of every page they see."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

from tests.conftest import ROOT
from tests.flows.client import JSON, Merchant

SCREENSHOTS = ROOT / ".local" / "screenshots"
AXE = ROOT / "tools" / "npm" / "node_modules" / "axe-core" / "axe.min.js"


class Shopper:
    """One browser window. `troubles` collects what no page may do: errors, broken policies, requests elsewhere."""

    def __init__(self, context: BrowserContext, merchant: Merchant, hosts: set[str]) -> None:
        self.context = context
        self.merchant = merchant
        self.troubles: list[str] = []
        self._hosts = hosts
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))
        context.on("request", self._asked)
        self.page = context.new_page()

    def open(self, order: JSON, page: Page | None = None) -> Page:
        page = page or self.page
        page.goto(order["menu_url"])
        return page

    def choose(self, method: str = "card", bank: str | None = None) -> None:
        """Picks a method on the menu and presses the pay button."""
        self.page.check(f"#m-{method}")
        if bank:
            self.page.select_option("#bank", bank)
        self.page.click("button.pay")

    def redeem(self, code: str) -> None:
        """Opens the gift card's field, if it is closed, and sends the code."""
        if not self.page.locator("#code").is_visible():
            self.page.click(".gift summary")
        self.page.fill("#code", code)
        self.page.click(".gift .row button")

    def press(self, button: str, choice: str | None = None) -> None:
        """Approve, Decline or Cancel on the PSP's page."""
        if choice:
            self.page.check(f"input[value={choice}]")
        self.page.get_by_role("button", name=button, exact=True).click()

    def is_back(self, how: str, order: JSON) -> None:
        """In the shop, at the URL for success, aborted or error, with key and reference in the query."""
        self.page.wait_for_url(f"{self.merchant.shop_url}/return/{how}?**")
        query = parse_qs(urlsplit(self.page.url).query)
        assert query["order_key"] == [order["order_key"]]
        assert query["order_reference"] == [order["order_reference"]]

    def is_on_menu(self, order: JSON) -> None:
        self.page.wait_for_url(f"{order['menu_url']}*")
        expect(self.page.locator("button.pay, .gift").first).to_be_visible()

    def picture(self, name: str, page: Page | None = None) -> Path:
        """Kept with the run; also holds the page to what everyone may expect of it."""
        page = page or self.page
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        self.is_accessible(page)
        return path

    def is_accessible(self, page: Page | None = None) -> None:
        accessible(page or self.page)

    def _heard(self, message: ConsoleMessage) -> None:
        # Chromium reports the status of the page itself here too: some pages are a 404, or a form that is told wrong.
        its_own = any(f"the server responded with a status of {status}" in message.text for status in (404, 422))
        if message.type in ("error", "warning") and not its_own:
            self.troubles.append(f"{message.type}: {message.text} {message.location}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).scheme != "data" and urlsplit(request.url).netloc not in self._hosts:
            self.troubles.append(f"request to {request.url}")


def accessible(page: Page) -> None:
    """axe-core finds nothing to complain of; nothing is wider than the window."""
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    said = [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]
    assert said == [], f"{page.url}: {said}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"
