"""The docs page in a browser, against the deployed system (ADR 158)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.shopper import SCREENSHOTS, accessible
from tests.conftest import Stack
from tests.flows.client import Merchant

pytestmark = pytest.mark.flow

PATIENCE = 120_000  # milliseconds: the reference draws all calls, on a machine that is busy


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """As wide as where path lists once overlapped; fails if a script or a policy complains."""
    context = chromium.new_context(viewport={"width": 1100, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    expect.set_options(timeout=5_000)
    context.close()
    assert [each for each in troubles if "favicon" not in each] == []


def opened(page: Page, stack: Stack, fragment: str = "") -> None:
    page.goto(f"{stack['docs_url']}{fragment}")
    expect(page.locator("rapi-doc").get_by_text("Create an order").first).to_be_visible()
    expect(page.locator('rapi-doc nav[aria-label="Calls"]')).to_be_visible()


def chosen(page: Page, call: str) -> None:
    """Its line in the list of calls; the text in it takes no clicks."""
    page.locator(f'rapi-doc [id="link-{call}"]').dispatch_event("click")
    expect(page.locator(f'rapi-doc [id="{call}"]').first).to_be_visible()


def looks_good(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"docs-{name}.png", timeout=PATIENCE)
    accessible(page)


def test_it_asks_nobody_else_and_is_accessible(page: Page, stack: Stack) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, stack)
    looks_good(page, "overview")
    assert all(url.startswith((str(stack["api_url"]), "data:", "blob:")) for url in asked), asked


def test_a_call_has_samples_in_three_languages(page: Page, stack: Stack) -> None:
    opened(page, stack)
    chosen(page, "post-/orders")
    for name in ("curl", "Python", "TypeScript"):
        expect(page.locator("rapi-doc").get_by_role("button", name=name, exact=True).first).to_be_visible()
    looks_good(page, "call")


def test_calls_are_found_by_words(page: Page, stack: Stack) -> None:
    opened(page, stack)
    page.locator("rapi-doc input[id=nav-bar-search]").fill("dispute")
    page.locator("rapi-doc input[id=nav-bar-search]").press("Enter")
    expect(page.locator("rapi-doc").get_by_text("Accept a dispute").first).to_be_visible()
    expect(page.locator("rapi-doc nav").get_by_text("Create an order")).to_have_count(0)


def test_a_call_is_tried_against_the_system(page: Page, stack: Stack, merchant: Merchant) -> None:
    opened(page, stack)
    chosen(page, "get-/.well-known/jwks.json")
    page.locator("rapi-doc").get_by_role("button", name="TRY").first.click()
    expect(page.locator("rapi-doc").get_by_text(re.compile("Response Status: .*200")).first).to_be_visible()


def test_the_type_of_a_problem_leads_to_its_code(page: Page, stack: Stack, merchant: Merchant) -> None:
    problem = merchant.call("GET", "/orders/A-1").refused(404, "not_found")
    assert problem["type"] == f"{stack['api_url']}/docs#error-not_found"
    page.goto(str(problem["type"]))
    section = page.locator("#error-not_found")
    expect(section).to_be_in_viewport()
    expect(section).to_contain_text("GET /orders?order_reference=")
    expect(page.locator("rapi-doc").get_by_text("Create an order").first).to_be_attached()
    expect(section).to_be_in_viewport()  # still, once the reference is there
    looks_good(page, "errors")
