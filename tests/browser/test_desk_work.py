"""The work list with each kind of trouble that can be made here, emptied at the desk; pictures for the docs (ONE-9)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.shopper import SCREENSHOTS, accessible
from tests.browser.test_desk import desk
from tests.conftest import ROOT, Stack
from tests.flows.client import JSON, Merchant, authorized_order, eventually, new_reference
from tests.flows.conftest import aws, operators
from tests.flows.inside import Client
from tests.flows.operators import Operators
from tillgate.domain.operators.work_list import LONG
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Contradiction, Operation, OperationStatus
from tillgate.domain.payments.payment import Payment
from tillgate.store.orders.mapping import order_from_json, order_to_json
from tillgate.store.shared.packing import packed, text_of, unpacked

pytestmark = pytest.mark.flow
__all__ = ["aws", "desk", "operators"]  # fixtures
WORK, TODAY, ORDERS = "#widget-1", "#widget-3", "#widget-0"
TALLEST = 760.0  # pixels of a picture
LONG_AGO = "2026-01-01T00:00:00.000000Z"  # ours are the oldest, whatever else is on the list
NEVER = datetime(2099, 1, 1, tzinfo=UTC)
type Patch = Callable[[JSON, Callable[[Order], Order]], None]


@pytest.fixture
def troubled(aws: Client, resources: dict[str, str]) -> Patch:
    """Brings an order into a state that takes hours, or a PSP in error, to come about by itself."""

    def patch(order: JSON, change: Callable[[Order], Order]) -> None:
        dynamodb, table = aws("dynamodb"), resources["OrdersTable"]
        key = {"pk": {"S": order["order_key"]}, "sk": {"S": "ORDER"}}
        item = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
        changed = order_to_json(change(order_from_json(text_of(item, "order"))))
        kept = {name: value for name, value in unpacked(item).items() if name not in ("due_shard", "due_at")}
        dynamodb.put_item(TableName=table, Item=packed(kept | {"order": {"S": changed}}))
        waits(aws, resources, order)

    return patch


def waits(aws: Client, resources: dict[str, str], order: JSON) -> None:
    """It is on the work list, as the oldest."""
    item = {"pk": f"WORK#{order['order_key']}", "sk": "WORK", "due_shard": "WORK", "due_at": LONG_AGO}
    aws("dynamodb").put_item(
        TableName=resources["OrdersTable"], Item={name: {"S": value} for name, value in item.items()}
    )


def of_payment(change: Callable[[Payment], Payment]) -> Callable[[Order], Order]:
    return lambda order: replace(order, payments=(change(order.payments[0]), *order.payments[1:]))


def of_operation(change: Callable[[Operation], Operation]) -> Callable[[Order], Order]:
    return of_payment(
        lambda payment: replace(payment, operations=(change(payment.operations[0]), *payment.operations[1:]))
    )


def row(desk: Page, *texts: str) -> Locator:
    found = desk.locator(f"{WORK} tbody tr")
    for text in texts:
        found = found.filter(has_text=text)
    return found


def decide(desk: Page, line: Locator, label: str) -> None:
    """Presses a button of the line, says who and why, and waits for what came of it."""
    line.get_by_role("button", name=label).click()
    work = desk.locator(WORK)
    work.get_by_text("Is this right?").wait_for()
    work.get_by_label("Your name (stays in the history)").fill("ada")
    work.get_by_label("Reason").fill("seen in the back office")
    work.get_by_role("button", name="Do it").click()
    expect(work.get_by_text("Nothing was done")).to_have_count(0)
    work.get_by_role("button", name="Back to the order").wait_for()
    refresh(desk)


def refresh(desk: Page) -> None:
    desk.reload()
    desk.wait_for_selector("main:not([aria-busy])")


def trouble_of(order: JSON, payment: JSON, number: int = 1) -> str:
    return f"{payment['payment_id']}_{number}"


def test_a_work_list_with_each_kind_of_trouble_is_emptied(
    desk: Page, merchant: Merchant, operators: Operators, troubled: Patch, aws: Client, resources: dict[str, str]
) -> None:
    desk.on("dialog", lambda dialog: dialog.accept())

    unknown = merchant.order()
    lost = merchant.start(unknown, "tok_error")
    troubled(unknown, of_operation(lambda each: replace(each, checks=LONG, next_check_at=NEVER)))

    stuck = merchant.order()
    refusing = merchant.start(stuck, "tok_cancel_fails")
    merchant.cancelled(stuck, "MANUAL_INTERVENTION_NEEDED")
    waits(aws, resources, stuck)

    shop = operators.merchant("Work", methods={"bank_transfer": "offline"})
    twice = shop.order()
    transfer = shop.start(twice, None, method="bank_transfer")
    booking = {"reference": transfer["instructions"]["reference"], "amount": 4999, "currency": "EUR", "by": "ada"}
    for _ in range(2):
        operators.call("report_money", **booking, booking_id=uuid.uuid4().hex)
    waits(aws, resources, twice)
    surplus = next(each for each in shop.read(twice)["payments"] if each["pending"])

    late = merchant.order()
    reversed_later = merchant.start(late, "tok_capture_fails_late")
    merchant.done(reversed_later, "capture")
    eventually(lambda: merchant.payment(reversed_later)["amounts"]["captured"] == 0, within=40)
    waits(aws, resources, late)

    differs, settled = authorized_order(merchant)
    troubled(differs, of_payment(lambda each: replace(each, difference="49.00 instead of 49.99")))

    impossible, said = authorized_order(merchant)
    contradiction = Contradiction(OperationStatus.FAILED, 4999, None)
    troubled(impossible, of_operation(lambda each: replace(each, contradictions=(contradiction,))))

    payer = operators.payer("Second person at the desk", approval_above=1000)
    body = {"payout_reference": new_reference(), "amount": 2000, "currency": "EUR", "instrument": {"token": "tok_visa"}}
    payout = payer.call("POST", "/payouts", body).expect(201)

    refresh(desk)
    work = desk.locator(WORK)
    expect(row(desk, trouble_of(unknown, lost), "has no outcome")).to_contain_text("49.99 EUR")
    expect(row(desk, refusing["payment_id"], "CANCEL_FAILED")).to_contain_text("give-back-refused")
    expect(row(desk, surplus["payment_id"], "for you")).to_contain_text("bank-refund")
    expect(row(desk, reversed_later["payment_id"])).to_contain_text("failed after it had succeeded")
    work.screenshot(path=SCREENSHOTS / "desk-work.png")
    accessible(desk)

    decide(desk, row(desk, trouble_of(unknown, lost), "has no outcome"), "It has FAILED")
    decide(desk, row(desk, refusing["payment_id"], "CANCEL_FAILED"), "It has SUCCEEDED")
    ended = row(desk, stuck["order_reference"])
    if ended.count():
        decide(desk, ended, "End as CANCELLED")
    decide(desk, row(desk, surplus["payment_id"], "for you"), "It was transferred")
    decide(desk, row(desk, reversed_later["payment_id"]), "Set aside")
    decide(desk, row(desk, settled["payment_id"]), "Set aside")
    decide(desk, row(desk, said["payment_id"]), "Set aside")
    if row(desk, payout["payout_reference"]).count():  # may be behind older work of others
        expect(row(desk, payout["payout_reference"])).to_contain_text("Approve or refuse")
    operators.call("approve_payout", payout_id=payout["payout_id"], by="grace", reason="the claim was shown")

    refresh(desk)
    ours = [each["order_reference"] for each in (unknown, stuck, twice, late, differs, impossible)]
    left = work.inner_text()
    assert [each for each in [*ours, payout["payout_reference"]] if each in left] == []
    assert (merchant.read(stuck)["status"], shop.read(twice)["status"]) == ("CANCELLED", "PAID")


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


def test_pictures_of_the_desk_for_the_docs(
    small: Page, merchant: Merchant, operators: Operators, aws: Client, resources: dict[str, str], troubled: Patch
) -> None:
    """Taken anew by each run; copied into the docs where there is none, so that runs leave the work tree alone."""
    order, payment = authorized_order(merchant)
    merchant.done(payment, "capture")
    troubled(order, of_payment(lambda each: replace(each, difference="49.00 instead of 49.99")))
    refresh(small)
    orders = small.locator(ORDERS)
    orders.get_by_label("What the customer or the statement says").fill(order["order_reference"])
    orders.get_by_role("button", name="Find", exact=True).click()
    orders.get_by_role("button", name="Open").click()
    orders.get_by_text("History, newest first").wait_for()
    for widget, name in ((ORDERS, "desk-order"), (WORK, "desk-work"), (TODAY, "desk-today")):
        _kept(small, widget, name)
    operation_id = trouble_of(order, payment)
    who: dict[str, Any] = {"by": "ada", "reason": "a picture was taken"}
    operators.call("resolve", order_key=order["order_key"], set_aside=operation_id, **who)


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
