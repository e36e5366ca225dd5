"""Real browser, real pages: Chromium against the deployed template. Pictures of every page go to .local/screenshots."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.shopper import Shopper
from tests.conftest import ROOT, Stack
from tests.flows.client import Merchant

# Nothing of the browser's own leaves the machine; a container has no user namespaces for its sandbox.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 20_000  # milliseconds: a function that has slept wakes up slowly on a busy machine

Open = Callable[..., Shopper]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = subprocess.run([str(ROOT / "local" / "chromium")], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        pytest.fail(found.stderr)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def merchant(stack: Stack) -> Merchant:
    """The first demo merchant, whose shop is the demo shop."""
    return Merchant(stack, stack["merchants"][0])


@pytest.fixture
def shoppers(chromium: Browser, merchant: Merchant, stack: Stack) -> Iterator[Open]:
    """Opens windows with settings of the test's choice, and holds each to it that nothing went wrong in it."""
    hosts = {urlsplit(stack[name]).netloc for name in ("api_url", "psp_url", "shop_url")}
    opened: list[Shopper] = []

    def open_window(beside: Iterable[str] = (), **settings: Any) -> Shopper:
        """`beside`: further hosts that its pages may ask."""
        defaults: dict[str, Any] = {"locale": "en-GB", "viewport": {"width": 1100, "height": 900}}
        context = chromium.new_context(**defaults | settings)
        context.set_default_timeout(PATIENCE)
        opened.append(Shopper(context, merchant, hosts | set(beside)))
        return opened[-1]

    yield open_window
    troubles = [trouble for shopper in opened for trouble in shopper.troubles]
    for shopper in opened:
        shopper.context.close()
    assert troubles == []


@pytest.fixture
def shopper(shoppers: Open) -> Shopper:
    return shoppers()


@pytest.fixture
def order(merchant: Merchant) -> dict[str, Any]:
    """An order with something to look at."""
    items = [
        {"name": "Sourdough loaf", "quantity": 2, "amount": 1398},
        {"name": "Jar of honey", "quantity": 1, "amount": 3601},
    ]
    return merchant.order(description="Your order at the Corner Shop", items=items)
