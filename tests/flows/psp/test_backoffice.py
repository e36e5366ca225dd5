"""What a PSP does without being asked reaches us: amounts, status, history and books follow (GO-13)."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO

import pytest

from tests.flows.books import Books
from tests.flows.client import JSON, Merchant, authorized_order, eventually, sums
from tests.flows.psp_pages import Psp

pytestmark = pytest.mark.flow
Act = Callable[..., JSON]


@pytest.fixture
def unasked(merchant: Merchant, psp: Psp) -> Act:
    """Has the PSP do it; the payment as soon as that has reached us."""

    def act(payment: JSON, do: str, amount: int | None = None) -> JSON:
        before = merchant.payment(payment)
        psp.backoffice(payment, do, amount).expect(202)

        def heard() -> JSON | None:
            now = merchant.payment(payment)
            return now if now["operations"] != before["operations"] else None

        found = eventually(heard)
        assert found is not None
        return found

    return act


def captured_order(merchant: Merchant, amount: int = 4999) -> tuple[JSON, JSON]:
    """An order of 49.99 of which so much is captured."""
    order, payment = authorized_order(merchant)
    return order, merchant.done(payment, "capture", amount=amount)


def last(payment: JSON) -> tuple[str, int, str, str]:
    operation = payment["operations"][-1]
    return operation["type"], operation["amount"], operation["status"], operation["origin"]


def told_of_it(merchant: Merchant, order: JSON, before: int) -> None:
    assert eventually(lambda: len(merchant.told(order)) > before), "the merchant is told"


def test_a_refund_in_the_back_office(merchant: Merchant, unasked: Act, books: Books) -> None:
    order, payment = captured_order(merchant)
    before = len(merchant.told(order))
    after = unasked(payment, "refund", 1000)
    assert (after["status"], sums(after)) == ("PARTIALLY_REFUNDED", (4999, 4999, 0, 1000))
    assert last(after) == ("refund", 1000, "SUCCEEDED", "psp")
    told_of_it(merchant, order, before)
    assert merchant.read(order)["considered_safe"]["level"] == "CAPTURED"
    (refund,) = merchant.call("GET", f"/orders/{order['order_key']}/refunds").expect(200)["items"]
    assert (refund["refund_id"], refund["origin"]) == (after["operations"][-1]["operation_id"], "psp")
    assert merchant.done(payment, "refund")["status"] == "REFUNDED"
    books.agree(order)


def test_a_refund_of_the_amount_of_an_earlier_one_is_a_second(merchant: Merchant, unasked: Act, books: Books) -> None:
    order, payment = captured_order(merchant)
    merchant.done(payment, "refund", amount=1000)
    after = unasked(payment, "refund", 1000)
    assert (after["status"], sums(after)) == ("PARTIALLY_REFUNDED", (4999, 4999, 0, 2000))
    ours, theirs = after["operations"][-2:]
    assert (ours["origin"], theirs["origin"]) == ("merchant", "psp")
    assert len({ours["psp_reference"], theirs["psp_reference"], after["psp_reference"]}) == 3
    books.agree(order)


def test_the_rest_of_a_hold_runs_out_at_the_psp(merchant: Merchant, unasked: Act, books: Books) -> None:
    order, payment = captured_order(merchant, 3000)
    assert payment["status"] == "PARTIALLY_CAPTURED"
    before = len(merchant.told(order))
    after = unasked(payment, "expire_rest")
    assert (after["status"], sums(after)) == ("CAPTURED", (4999, 3000, 1999, 0))
    assert last(after) == ("cancel", 1999, "SUCCEEDED", "psp")
    assert after["authorization_expires_at"] is None
    told_of_it(merchant, order, before)
    assert merchant.read(order)["status"] == "PAID"
    books.agree(order)


def test_a_hold_that_runs_out_untouched_ends_the_order(merchant: Merchant, unasked: Act, books: Books) -> None:
    order, payment = authorized_order(merchant)
    after = unasked(payment, "expire_rest")
    assert (after["status"], sums(after), last(after)[3]) == ("EXPIRED", (4999, 0, 4999, 0), "psp")
    now = merchant.read(order)
    assert (now["status"], "considered_safe" in now) == ("EXPIRED", False)
    books.agree(order)


def test_a_bank_takes_a_part_back(merchant: Merchant, unasked: Act, books: Books) -> None:
    order, payment = captured_order(merchant)
    before = len(merchant.told(order))
    after = unasked(payment, "reverse", 2000)
    assert (after["status"], sums(after)) == ("CAPTURED", (2999, 2999, 0, 0))
    assert last(after) == ("reversal", 2000, "SUCCEEDED", "psp")
    told_of_it(merchant, order, before)
    now = merchant.read(order)
    assert (now["status"], now["amounts"]["open"], "considered_safe" in now) == ("PARTIALLY_PAID", 2000, False)
    books.agree(order)


def test_a_capture_fails_later_and_is_tried_again(merchant: Merchant, unasked: Act, books: Books) -> None:
    order, payment = captured_order(merchant)
    before = len(merchant.told(order))
    after = unasked(payment, "fail_capture")
    assert (after["status"], sums(after)) == ("AUTHORIZED", (4999, 0, 0, 0))
    assert last(after) == ("capture", 4999, "REVERSED", "merchant")
    told_of_it(merchant, order, before)
    assert merchant.read(order)["status"] == "AUTHORIZED"
    assert merchant.done(payment, "capture")["status"] == "CAPTURED"
    assert merchant.read(order)["status"] == "PAID"
    books.agree(order)


@pytest.mark.parametrize("by", ["merchant", "psp"])
def test_a_refund_fails_later_and_is_tried_again(merchant: Merchant, unasked: Act, books: Books, by: str) -> None:
    order, payment = captured_order(merchant)
    merchant.done(payment, "refund", amount=1000) if by == "merchant" else unasked(payment, "refund", 1000)
    before = len(merchant.told(order))
    after = unasked(payment, "fail_refund")
    assert (after["status"], sums(after)) == ("CAPTURED", (4999, 4999, 0, 0))
    assert last(after) == ("refund", 1000, "REVERSED", by)
    told_of_it(merchant, order, before)
    assert sums(merchant.done(payment, "refund", amount=1000)) == (4999, 4999, 0, 1000)
    books.agree(order)


def test_a_vendors_ledger_follows(merchant: Merchant, unasked: Act) -> None:
    """What the PSP gave back of a vendor's capture is debited, as if it had been asked for."""
    order = merchant.order(amount=9000, multi_vendor=True)
    technical = merchant.start(order)
    body = {
        "technical_payment_id": technical["payment_id"],
        "vendor_id": merchant.account["vendors"][2],
        "amount": 9000,
        "sub_order_reference": f"backoffice-{order['order_reference']}",
        "fee": 900,
    }
    part = merchant.call("POST", f"/orders/{order['order_key']}/vendor-payments", body).expect(201)
    merchant.done(part, "capture")
    after = unasked(part, "refund", 3000)
    assert (after["status"], last(after)[3]) == ("PARTIALLY_REFUNDED", "psp")
    unasked(part, "fail_refund")
    unasked(part, "reverse", 1000)
    text = merchant.call("GET", f"/vendors/{part['vendor_id']}/statement?currency=EUR").text
    rows = [row for row in csv.DictReader(StringIO(text)) if row["reference"] == part["sub_order_reference"]]
    assert [row["gross"] for row in rows] == ["90.00", "-30.00", "30.00", "-10.00"]
