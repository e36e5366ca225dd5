"""Payment windows in the real state machine (EV-6, TH-3, EV-8): a clock in the past shortens the instants alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.flows.books import Books
from tests.flows.client import JSON, Merchant, eventually, sums
from tests.flows.inside import NOW, Inside, due_in
from tests.flows.psp_pages import Page, Psp

pytestmark = pytest.mark.flow

PAYMENT_WINDOW = timedelta(minutes=30)
ORDER_WINDOW = timedelta(minutes=120)


class Windows:
    """The executions of the payment window's state machine."""

    def __init__(self, inside: Inside) -> None:
        self._states = inside.aws("stepfunctions")
        self._prefix = inside.resources["PaymentWindow"].replace(":stateMachine:", ":execution:")

    def of(self, order: JSON) -> list[JSON]:
        """All that belong to an order: their names begin with its key, so an operator finds them in the console."""
        machine = self._prefix.replace(":execution:", ":stateMachine:")
        pages = self._states.get_paginator("list_executions").paginate(stateMachineArn=machine)
        every: list[JSON] = [execution for page in pages for execution in page["executions"]]
        return [execution for execution in every if execution["name"].startswith(order["order_key"])]

    def status(self, name: str) -> str:
        execution: Any = self._states.describe_execution(executionArn=f"{self._prefix}:{name}")
        return str(execution["status"])

    def ended(self, name: str) -> bool:
        """Whether it ran to its end; one that failed fails the test."""
        status = self.status(name)
        assert status in ("RUNNING", "SUCCEEDED")
        return status == "SUCCEEDED"


@pytest.fixture(scope="module")
def windows(inside: Inside) -> Windows:
    return Windows(inside)


def an_order_about_to_expire(inside: Inside, seconds: float = 3) -> JSON:
    return inside.back(due_in(seconds, ORDER_WINDOW)).create()


def the_only(windows: Windows, order: JSON) -> str:
    """The name of the one execution that the stream has started."""
    found = eventually(lambda: windows.of(order))
    assert len(found) == 1
    return str(found[0]["name"])


def test_a_payment_nobody_comes_back_from_expires(
    merchant: Merchant, inside: Inside, psp: Psp, books: Books, windows: Windows
) -> None:
    """EV-6: after 30 minutes; closed at the PSP, and the order stays open for another try."""
    order = merchant.order()
    payment = inside.back(due_in(3, PAYMENT_WINDOW)).start(order, "tok_visa_3ds")
    assert merchant.payment(payment)["status"] == "CREATED"
    name = f"{order['order_key']}-payment-1"
    eventually(lambda: name in [execution["name"] for execution in windows.of(order)])

    after = eventually(lambda: (now := merchant.payment(payment))["status"] == "EXPIRED" and now)
    assert isinstance(after, dict)
    assert (after["final"], after["reason_code"], sums(after)) == (True, None, (0, 0, 0, 0))
    assert psp.payment(payment["payment_id"])["status"] == "closed"
    assert Page(payment["redirect"]["url"]).buttons == {}
    now = merchant.read(order)
    assert (now["status"], "start" in now["allowed_operations"]) == ("UNPAID", True)
    eventually(lambda: windows.ended(name))
    eventually(lambda: merchant.told(order))
    assert merchant.start(order)["status"] == "AUTHORIZED"
    books.agree(order)


def test_an_order_not_covered_expires_and_releases_what_is_held(
    merchant: Merchant, inside: Inside, psp: Psp, books: Books, windows: Windows
) -> None:
    """TH-3: after 120 minutes, by itself."""
    order = an_order_about_to_expire(inside)
    gift = merchant.start(order, "gc_1000")
    assert merchant.read(order)["status"] == "PARTIALLY_PAID"
    name = the_only(windows, order)

    ended = merchant.becomes(order, "EXPIRED")
    assert (ended["amounts"]["open"], ended["allowed_operations"]) == (0, [])
    released = ended["payments"][0]
    assert (released["status"], sums(released)) == ("CANCELLED", (1000, 0, 1000, 0))
    assert psp.payment(gift["payment_id"])["amounts"]["cancelled"] == 1000
    eventually(lambda: windows.ended(name))
    eventually(lambda: merchant.told(order))
    merchant.try_start(order).refused(409, "operation_not_allowed")
    assert merchant.history(order)[-1]["actor"] == "psp"
    books.agree(order)


def test_an_order_that_expires_gives_back_what_was_captured(merchant: Merchant, inside: Inside, books: Books) -> None:
    order = an_order_about_to_expire(inside)
    gift = merchant.start(order, "gc_1000")
    merchant.done(gift, "capture")
    assert sums(merchant.becomes(order, "EXPIRED")["payments"][0]) == (1000, 1000, 0, 1000)
    books.agree(order)


def test_an_order_paid_meanwhile_is_not_touched(
    merchant: Merchant, inside: Inside, books: Books, windows: Windows
) -> None:
    order = an_order_about_to_expire(inside)
    assert merchant.start(order)["status"] == "AUTHORIZED"
    before = merchant.read(order)
    name = the_only(windows, order)
    eventually(lambda: windows.status(name) in ("SUCCEEDED", "ABORTED"))  # payment stops it, if it comes in time
    assert merchant.read(order) == before
    assert before["considered_safe"]["level"] == "AUTHORIZED"
    books.agree(order)


def test_a_payment_that_awaits_the_shopper_ends_with_its_order(
    merchant: Merchant, inside: Inside, psp: Psp, books: Books
) -> None:
    order = an_order_about_to_expire(inside)
    payment = merchant.start(order, "tok_visa_3ds")
    page = Page(payment["redirect"]["url"])
    ended = merchant.becomes(order, "EXPIRED")
    assert ended["payments"][0]["status"] == "EXPIRED"
    page.press("Approve")  # too late: nothing is authorized any more
    assert psp.payment(payment["payment_id"])["status"] == "closed"
    books.agree(order)


def test_money_found_when_a_payment_is_closed_counts(
    merchant: Merchant, inside: Inside, psp: Psp, books: Books
) -> None:
    """The shopper approved and nobody told us: before anything is ended the PSP is asked."""
    order = merchant.order()
    payment = inside.back(due_in(3, PAYMENT_WINDOW), deaf=True).start(order, "tok_visa_3ds")
    assert Page(payment["redirect"]["url"]).press("Approve").status == 303
    assert merchant.payment(payment)["status"] == "CREATED"
    now = merchant.becomes(order, "AUTHORIZED")
    assert (now["payments"][0]["status"], now["considered_safe"]["level"]) == ("AUTHORIZED", "AUTHORIZED")
    assert psp.payment(payment["payment_id"])["status"] == "authorized"
    books.agree(order)


def test_money_found_when_an_order_is_closed_keeps_it_alive(merchant: Merchant, inside: Inside, books: Books) -> None:
    """The ending is called off: the order was paid after all, within its window."""
    order = an_order_about_to_expire(inside)
    payment = inside.back(NOW, deaf=True).start(order, "tok_visa_3ds")
    Page(payment["redirect"]["url"]).press("Approve")
    assert merchant.becomes(order, "AUTHORIZED")["payments"][0]["status"] == "AUTHORIZED"
    types = [entry["type"] for entry in merchant.history(order)]
    assert "ending_called_off" in types
    books.agree(order)


def test_an_order_that_nobody_has_paid_minutes_later_gets_an_execution_which_payment_stops(
    merchant: Merchant, books: Books, windows: Windows
) -> None:
    """Here a few seconds stand for the fifteen minutes of AWS. What is paid before that never has one."""
    order, paid = merchant.order(), merchant.order()
    assert merchant.start(paid)["status"] == "AUTHORIZED"
    assert windows.of(order) == []
    name = the_only(windows, order)
    assert windows.status(name) == "RUNNING"
    assert windows.of(paid) == []
    assert merchant.start(order)["status"] == "AUTHORIZED"
    eventually(lambda: windows.status(name) == "ABORTED")
    books.agree(order)


def test_the_lapse_of_a_raise_undoes_only_the_raise(
    merchant: Merchant, inside: Inside, books: Books, windows: Windows
) -> None:
    """EV-8: what was paid towards it goes back, what was paid before stays."""
    order = an_order_about_to_expire(inside, 2)
    card = inside.back(due_in(2.5, ORDER_WINDOW)).start(order)
    inside.back(due_in(3, ORDER_WINDOW)).raise_to(order, 8000)
    gift = merchant.start(order, "gc_1000")
    assert merchant.read(order)["amounts"]["open"] == 2001

    now = eventually(lambda: (read := merchant.read(order))["amount"] == 4999 and read)
    assert isinstance(now, dict)
    assert merchant.becomes(order, "AUTHORIZED")["considered_safe"]["level"] == "AUTHORIZED"
    assert sums(merchant.payment(gift)) == (1000, 0, 1000, 0)
    assert sums(merchant.payment(card)) == (4999, 0, 0, 0)
    assert len(windows.of(order)) == 2  # the order's own and the raise's
    books.agree(order)
