"""START on the direct path (CM-4, RG-1, RG-13, RG-14, EV-4, GO-8): each sandbox instrument to its documented end."""

from __future__ import annotations

import time

import pytest

from tests.flows.books import Books
from tests.flows.client import JSON, Merchant, authorized_order, eventually, sums
from tests.flows.psp_pages import Psp

pytestmark = pytest.mark.flow

BRANDS = ("visa", "mastercard", "amex", "maestro", "jcb", "cup")


@pytest.mark.parametrize("brand", BRANDS)
def test_a_card_is_authorized_at_once(brand: str, merchant: Merchant, books: Books) -> None:
    order = merchant.order()
    payment = merchant.start(order, f"tok_{brand}")
    assert (payment["status"], payment["brand"], payment["pending"]) == ("AUTHORIZED", brand, False)
    assert sums(payment) == (4999, 0, 0, 0)
    assert payment["allowed_operations"] == ["capture", "cancel"]
    assert payment["authorization_expires_at"].endswith("Z")
    assert "redirect" not in payment
    books.agree(order)


def test_what_is_held_is_safe_to_ship(merchant: Merchant) -> None:
    """CM-7, CM-8: the status of the order tells it, with since when."""
    order, payment = authorized_order(merchant)
    now = merchant.read(order)
    assert (now["status"], now["amounts"]["open"]) == ("AUTHORIZED", 0)
    assert now["considered_safe"] == {"level": "AUTHORIZED", "since": payment["updated_at"]}
    assert now["payments"] == [merchant.payment(payment)]
    assert "start" not in now["allowed_operations"]
    same = merchant.call("GET", f"/orders/{order['order_key']}/payments/{payment['payment_id']}")
    assert same.expect(200) == now["payments"][0]


def test_capture_auto_takes_the_money_in_the_same_request(merchant: Merchant, books: Books) -> None:
    """RG-2: one operation, authorized and captured."""
    order = merchant.order(capture="auto")
    payment = merchant.start(order)
    assert (payment["status"], sums(payment)) == ("CAPTURED", (4999, 4999, 0, 0))
    assert [operation["type"] for operation in payment["operations"]] == ["authorize"]
    now = merchant.read(order)
    assert (now["status"], now["considered_safe"]["level"]) == ("PAID", "CAPTURED")
    books.agree(order)


def test_capture_auto_that_is_only_authorized_can_be_captured_later(merchant: Merchant) -> None:
    """A PSP may approve and not capture: the money is held, and the status says so."""
    order = merchant.order(capture="auto")
    assert merchant.start(order, "tok_capture_fails")["status"] == "AUTHORIZED"
    assert merchant.read(order)["status"] == "AUTHORIZED"


@pytest.mark.parametrize(
    ("token", "reason"),
    [("tok_declined", "REFUSED"), ("tok_insufficient", "INSUFFICIENT_AMOUNT"), ("gc_empty", "INSUFFICIENT_AMOUNT")],
)
def test_a_refusal_leaves_the_order_open(token: str, reason: str, merchant: Merchant, books: Books) -> None:
    order = merchant.order()
    payment = merchant.start(order, token)
    assert (payment["status"], payment["final"], payment["reason_code"]) == ("FAILED", True, reason)
    now = merchant.read(order)
    assert (now["status"], now["amounts"]["open"]) == ("UNPAID", 4999)
    assert "considered_safe" not in now
    assert merchant.start(order)["status"] == "AUTHORIZED"
    assert len(books.agree(order).payments) == 2


def test_an_error_of_the_psp_is_unknown_until_it_was_asked(merchant: Merchant, books: Books, psp: Psp) -> None:
    """IS-14: never taken for a failure by itself; while it is unknown no other payment can be started."""
    order = merchant.order()
    payment = merchant.start(order, "tok_error")
    assert (payment["status"], payment["pending"], payment["final"]) == ("PROCESSING", True, False)
    assert "start" not in merchant.read(order)["allowed_operations"]
    merchant.try_start(order).refused(409, "operation_not_allowed")
    merchant.on_order(order, "withdraw").refused(409, "operation_not_allowed")

    after = merchant.done(payment, "sync")
    assert (after["status"], after["reason_code"], after["pending"]) == ("FAILED", "PSP_ERROR", False)
    assert psp.payment(payment["payment_id"])["status"] == "closed"  # a late request under it can do nothing
    assert merchant.start(order)["status"] == "AUTHORIZED"
    books.agree(order)


def test_a_lost_answer_is_found_out_by_asking(merchant: Merchant, books: Books) -> None:
    """The merchant waits ten seconds at most; the PSP had authorized all the same."""
    order = merchant.order()
    began = time.monotonic()
    payment = merchant.start(order, "tok_timeout")
    assert time.monotonic() - began < 10
    assert (payment["status"], payment["pending"]) == ("PROCESSING", True)
    assert merchant.read(order)["status"] == "UNPAID"
    after = merchant.done(payment, "sync")
    assert (after["status"], after["pending"], sums(after)) == ("AUTHORIZED", False, (4999, 0, 0, 0))
    assert merchant.done(payment, "sync")["status"] == "AUTHORIZED"
    assert books.agree(order).status == "AUTHORIZED"


def test_what_the_psp_still_works_on_becomes_known_by_itself(merchant: Merchant, books: Books) -> None:
    """IS-11: pending beside the status; a notification ends it."""
    order = merchant.order()
    payment = merchant.start(order, "tok_pending")
    assert (payment["status"], payment["pending"]) == ("PROCESSING", True)
    merchant.try_start(order).refused(409, "operation_not_allowed")
    merchant.do(payment, "withdraw").refused(409, "operation_not_allowed")
    assert merchant.becomes(order, "AUTHORIZED")["considered_safe"]["level"] == "AUTHORIZED"
    assert books.agree(order).covered == 4999


def test_a_confirmed_payment_that_fails_later_opens_the_order_again(merchant: Merchant, books: Books) -> None:
    """EV-9: it is no longer safe to ship, and the shopper may pay again."""
    order = merchant.order()
    payment = merchant.start(order, "tok_late_failure")
    assert payment["status"] == "AUTHORIZED"
    assert "considered_safe" in merchant.read(order)

    now = merchant.becomes(order, "UNPAID")
    assert "considered_safe" not in now
    failed = now["payments"][0]
    assert (failed["status"], failed["final"], failed["reason_code"]) == ("FAILED", True, "REJECTED_BY_BANK")
    assert now["amounts"]["open"] == 4999
    assert merchant.start(order)["status"] == "AUTHORIZED"
    books.agree(order)


def test_a_gift_card_pays_what_it_has_and_a_card_the_rest(merchant: Merchant, books: Books) -> None:
    """TH-12: any number of limited tenders beside one open tender; each START finds a fresh 10.00."""
    order = merchant.order()
    first = merchant.start(order, "gc_1000")
    assert (first["status"], first["amount"], sums(first)) == ("AUTHORIZED", 1000, (1000, 0, 0, 0))
    now = merchant.read(order)
    assert (now["status"], now["amounts"]["open"]) == ("PARTIALLY_PAID", 3999)
    assert "considered_safe" not in now

    assert merchant.start(order, "gc_1000", amount=700)["amounts"]["authorized"] == 700
    assert merchant.start(order)["amount"] == 3299
    now = merchant.read(order)
    assert (now["status"], now["considered_safe"]["level"]) == ("AUTHORIZED", "AUTHORIZED")
    assert len(books.agree(order).payments) == 3


def test_a_second_open_tender_is_refused(merchant: Merchant) -> None:
    order = merchant.order()
    merchant.start(order, amount=2000)
    merchant.try_start(order).refused(409, "operation_not_allowed")
    assert merchant.start(order, "gc_1000")["status"] == "AUTHORIZED"


def test_a_start_without_an_instrument_goes_to_the_psps_page(merchant: Merchant) -> None:
    payment = merchant.start(merchant.order(), None)
    assert payment["status"] == "CREATED"
    assert payment["redirect"]["http_method"] == "GET"


def test_a_token_that_nobody_knows_is_a_failed_payment(merchant: Merchant) -> None:
    payment = merchant.start(merchant.order(), "tok_of_nobody")
    assert (payment["status"], payment["reason_code"]) == ("FAILED", "OTHER")


def test_a_vendors_order_is_paid_to_the_vendors_account(merchant: Merchant) -> None:
    order = merchant.order(vendor_id=merchant.account["vendors"][0])
    assert merchant.read(order)["vendor_id"] == merchant.account["vendors"][0]
    assert merchant.start(order)["status"] == "AUTHORIZED"


@pytest.mark.parametrize("token", ["tok_visa", "tok_visa_3ds", "tok_pending", "gc_1000", "tok_late_failure"])
def test_the_refusing_vendor_is_always_refused(token: str, merchant: Merchant) -> None:
    order = merchant.order(vendor_id=merchant.account["refusing_vendor"])
    payment = merchant.start(order, token)
    assert (payment["status"], payment["reason_code"]) == ("FAILED", "REFUSED")
    assert merchant.read(order)["status"] == "UNPAID"


def test_the_merchant_is_told_by_the_reference_alone(merchant: Merchant) -> None:
    """CM-6: GET update_url?id=REFERENCE and nothing else."""
    order, payment = authorized_order(merchant, order_reference=f"{merchant.terms()['order_reference']} ä&b=1")
    told: list[JSON] = eventually(lambda: merchant.told(order))
    assert {tuple(sorted(each)) for each in told} == {("id", "kind", "query", "received_at")}
    assert all(each["query"].startswith("id=") and "&" not in each["query"] for each in told)
    before = len(told)
    merchant.done(payment, "capture")
    eventually(lambda: len(merchant.told(order)) > before)
