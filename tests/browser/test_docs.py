"""The docs page in a browser, against the deployed system (ADR 158)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from functions.docs.describe_api import app as describe_api
from local.system import greeting
from tests.browser.shopper import SCREENSHOTS, accessible
from tests.conftest import Stack
from tests.flows.client import Merchant, new_reference

pytestmark = pytest.mark.flow

PATIENCE = 120_000  # milliseconds: the reference draws all calls, on a machine that is busy


@pytest.fixture
def troubles() -> list[str]:
    """What the console complained of. A test that wants a complaint takes it out."""
    return []


@pytest.fixture
def page(chromium: Browser, troubles: list[str]) -> Iterator[Page]:
    """As wide as where path lists once overlapped; fails if a script or a policy complains."""
    context = chromium.new_context(viewport={"width": 1100, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
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


def tried(page: Page, status: int, code: str = "") -> None:
    reference = page.locator("rapi-doc")
    reference.get_by_role("button", name="TRY").first.click()
    expect(reference.get_by_text(re.compile(f"Response Status: .*{status}")).first).to_be_visible()
    expect(reference.locator("json-tree, .response-panel, pre").filter(has_text=code).first).to_be_visible()


def test_the_link_of_make_run_leads_to_a_first_order(
    page: Page, stack: Stack, merchant: Merchant, troubles: list[str]
) -> None:
    """GO-12: its fragment has the demo merchant's client, which leaves the address at once; a second try is another."""
    (link,) = re.findall(r"Docs +(\S+)", greeting(stack))
    page.goto(link)
    said = page.locator("#try-out output")
    expect(said).to_contain_text("Calls are sent as this client until")
    assert page.url == stack["docs_url"]
    chosen(page, "post-/orders")
    body = page.locator("rapi-doc").get_by_role("textbox", name="Body")
    assert '"description": "Two tickets"' in body.input_value()  # the document's example, which would be taken
    for reference in (first := new_reference(), second := new_reference()):
        body.fill(re.sub("2026-1001|test-\\w+", reference, body.input_value()))
        tried(page, 201, reference)
    looks_good(page, "tried")
    tried(page, 409, "duplicate_reference")
    assert "status of 409" in troubles.pop()
    for reference in (first, second):
        (order,) = merchant.call("GET", f"/orders?order_reference={reference}").expect(200)["items"]
        assert order["amount"] == 4999


def test_a_wrong_secret_gets_no_token(page: Page, stack: Stack, troubles: list[str]) -> None:
    opened(page, stack)
    page.get_by_label("Client id").fill(stack["merchants"][0]["client_id"])
    page.get_by_label("Client secret").fill("wrong")
    page.get_by_role("button", name="Get a token").click()
    expect(page.locator("#try-out output")).to_have_text("No token: the client id or secret is wrong")
    (heard,) = troubles
    assert "status of 401" in heard
    troubles.clear()


def test_the_page_on_aws_reads_the_document_and_can_call_nothing_else(
    page: Page, stack: Stack, troubles: list[str]
) -> None:
    """ADR 167: the page as AWS serves it, in place of the local system's."""
    api_url = str(stack["api_url"])
    served = describe_api.page(api_url, tries=False), describe_api.page_headers(api_url, tries=False)
    page.route(str(stack["docs_url"]), lambda route: route.fulfill(body=served[0], headers=served[1]))
    opened(page, stack)
    chosen(page, "post-/orders")
    expect(page.locator("rapi-doc").get_by_role("button", name="TRY")).to_have_count(0)
    expect(page.locator("form, input[type=password], [name=client_id]")).to_have_count(0)
    looks_good(page, "aws")
    for target in (f"{api_url}/auth/token", f"{api_url}/orders", "https://elsewhere.example"):
        assert page.evaluate("url => fetch(url).then(() => 'reached', () => 'blocked')", target) == "blocked"
    assert len(troubles) >= 3
    assert all("Content Security Policy" in each for each in troubles)
    troubles.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_on_a_small_screen(page: Page, stack: Stack, scheme: Literal["light", "dark"]) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.emulate_media(color_scheme=scheme)
    opened(page, stack)
    chosen(page, "post-/orders")
    looks_good(page, f"small-{scheme}")
    page.locator("rapi-doc").get_by_role("button", name="TRY").first.scroll_into_view_if_needed()
    looks_good(page, f"small-try-{scheme}")
    page.goto(f"{stack['docs_url']}#test-instruments")
    looks_good(page, f"small-instruments-{scheme}")


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
