"""The work list with each kind of trouble in it, emptied at the desk; pictures for the docs (ONE-9)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.shopper import SCREENSHOTS, accessible
from tests.browser.test_desk import desk
from tests.browser.troubles import Maker, Trouble, of_payment
from tests.conftest import ROOT, Stack
from tests.flows.client import JSON, Merchant, authorized_order, eventually
from tests.flows.conftest import aws, operators, psp
from tests.flows.inside import Client
from tests.flows.operators import Operators
from tests.flows.psp_pages import Psp
from tillgate.domain.operators.work_list import Kind

pytestmark = pytest.mark.flow
__all__ = ["aws", "desk", "operators", "psp"]  # fixtures
WORK, TODAY, ORDERS = "#widget-1", "#widget-3", "#widget-0"
TALLEST = 760.0  # pixels of a picture


@pytest.fixture
def maker(merchant: Merchant, operators: Operators, psp: Psp, aws: Client, resources: dict[str, str]) -> Maker:
    return Maker(merchant, operators, psp, aws, resources)


def row(desk: Page, *texts: str) -> Locator:
    found = desk.locator(f"{WORK} tbody tr")
    for text in texts:
        found = found.filter(has_text=text)
    return found


def settle(desk: Page, trouble: Trouble) -> None:
    """Presses the button of its line, says who and why, and waits for what came of it."""
    row(desk, *trouble.line).get_by_role("button", name=trouble.button).click()
    work = desk.locator(WORK)
    work.get_by_text("Is this right?").wait_for()
    work.get_by_label("Your name (stays in the history)").fill(trouble.by)
    work.get_by_label("Reason").fill("seen in the back office")
    work.get_by_role("button", name="Do it").click()
    work.get_by_role("button", name=re.compile("^Back")).wait_for()
    expect(work.get_by_text("Nothing was done")).to_have_count(0)
    refresh(desk)


def refresh(desk: Page) -> None:
    desk.reload()
    desk.wait_for_selector("main:not([aria-busy])")


def test_a_work_list_with_each_kind_of_trouble_is_emptied(desk: Page, maker: Maker) -> None:
    """A new kind of work that nothing here settles fails it."""
    desk.on("dialog", lambda dialog: dialog.accept())
    troubles = list(maker.all())
    assert {each.kind for each in troubles} == set(Kind)
    refresh(desk)
    for each in troubles:
        expect(row(desk, *each.line)).to_contain_text(f"{each.kind}")  # its runbook
    desk.locator(WORK).screenshot(path=SCREENSHOTS / "desk-work.png")
    accessible(desk)
    for each in troubles:
        settle(desk, each)
    eventually(lambda: not left(desk, troubles))


def left(desk: Page, troubles: list[Trouble]) -> list[Kind]:
    refresh(desk)
    return [each.kind for each in troubles if row(desk, *each.line).count()]


def test_dead_letters_are_seen_today_and_sent_back(desk: Page, aws: Client, resources: dict[str, str]) -> None:
    """A notification that says nothing: applied, it changes nothing."""
    told: JSON = {"connector": "sandbox", "merchant_id": None, "mode": None, "facts": "[]", "looks": []}
    dead = resources["PspNotificationsDeadQueue"]
    aws("sqs").send_message(QueueUrl=dead, MessageBody=json.dumps(told))
    desk.on("dialog", lambda dialog: dialog.accept())
    refresh(desk)
    today = desk.locator(TODAY)
    letters = today.locator("tr").filter(has=desk.get_by_role("button", name="Redrive"))
    expect(letters.filter(has_text="from PSPs")).to_contain_text("connector sandbox")
    today.screenshot(path=SCREENSHOTS / "desk-today.png")
    letters.filter(has_text="from PSPs").get_by_role("button", name="Redrive").click()
    today.get_by_label("Your name").fill("ada")
    today.get_by_label("Reason").fill("the tables answer again")
    today.get_by_role("button", name="Do it").click()
    today.get_by_text("dead letters were sent back").wait_for()
    today.get_by_role("button", name="Back to today").click()
    today.get_by_text("What is stuck").wait_for()
    expect(letters.filter(has_text="from PSPs")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1300, 360])
def test_today_can_be_read_by_everybody(desk: Page, theme: str, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 900})
    if theme == "dark":
        desk.get_by_role("button", name="Dark").click()
        desk.wait_for_selector("main:not([aria-busy])")
    desk.locator(TODAY).get_by_text("Are orders being paid").wait_for()
    desk.screenshot(path=SCREENSHOTS / f"desk-today-{theme}-{width}.png", full_page=True)
    accessible(desk)


@pytest.fixture
def small(chromium: Browser, stack: Stack) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 900, "height": 800})
    page.goto(stack["desk_url"])
    page.wait_for_selector("main:not([aria-busy])")
    yield page
    page.close()


def test_pictures_of_the_desk_for_the_docs(small: Page, merchant: Merchant, operators: Operators, maker: Maker) -> None:
    """Taken anew by each run; copied into the docs where there is none, so that runs leave the work tree alone."""
    order, payment = authorized_order(merchant)
    merchant.done(payment, "capture")
    maker.since = datetime.now(UTC) - timedelta(hours=3)
    maker.patch(order, of_payment(lambda each: replace(each, difference="49.00 instead of 49.99")))
    refresh(small)
    orders = small.locator(ORDERS)
    orders.get_by_label("What the customer or the statement says").fill(order["order_reference"])
    orders.get_by_role("button", name="Find", exact=True).click()
    orders.get_by_role("button", name="Open").click()
    orders.get_by_text("History, newest first").wait_for()
    for widget, name in ((ORDERS, "desk-order"), (WORK, "desk-work"), (TODAY, "desk-today")):
        _kept(small, widget, name)
    who = {"by": "ada", "reason": "a picture was taken"}
    operators.call("resolve", order_key=order["order_key"], set_aside=f"{payment['payment_id']}_1", **who)


def _kept(page: Page, widget: str, name: str) -> None:
    """The widget's beginning: how long it is depends on what other tests have left."""
    taken = SCREENSHOTS / f"{name}.png"
    box = page.locator(widget).bounding_box()
    assert box
    page.screenshot(path=taken, full_page=True, clip={**box, "height": min(box["height"], TALLEST)})
    kept = ROOT / "docs" / "images" / f"{name}.png"
    if not kept.exists():
        copyfile(taken, kept)
    assert 5_000 < Path(kept).stat().st_size < 150_000
