"""Capture, cancel and refund, in part and in several steps (TH-6, TH-7, TH-8, RG-2, RG-3, RG-8, IS-10)."""

from __future__ import annotations

import pytest

from tests.flows.books import Books
from tests.flows.client import Merchant, authorized_order, sums

pytestmark = pytest.mark.flow


def test_capture_and_refund_of_everything(merchant: Merchant, books: Books) -> None:
    order, payment = authorized_order(merchant)
    captured = merchant.done(payment, "capture")
    assert (captured["status"], sums(captured)) == ("CAPTURED", (4999, 4999, 0, 0))
    assert captured["allowed_operations"] == ["refund"]
    assert captured["authorization_expires_at"] is None
    assert merchant.read(order)["considered_safe"]["level"] == "CAPTURED"

    refunded = merchant.done(payment, "refund", reason="came back")
    assert (refunded["status"], refunded["final"], sums(refunded)) == ("REFUNDED", True, (4999, 4999, 0, 4999))
    assert refunded["operations"][-1]["reason"] == "came back"
    now = merchant.read(order)
    assert (now["status"], now["amounts"]["open"], "considered_safe" in now) == ("REFUNDED", 0, False)
    books.agree(order)


def test_capture_in_several_steps(merchant: Merchant, books: Books) -> None:
    """TH-6: each part leaves the rest held; the last takes it all."""
    order, payment = authorized_order(merchant)
    first = merchant.done(payment, "capture", amount=1000)
    assert (first["status"], sums(first)) == ("PARTIALLY_CAPTURED", (4999, 1000, 0, 0))
    assert first["allowed_operations"] == ["capture", "cancel", "refund"]
    assert (merchant.read(order)["status"]) == "AUTHORIZED"
    second = merchant.done(payment, "capture", amount=1, fee=1)
    assert (sums(second), second["operations"][-1]["fee"]) == ((4999, 1001, 0, 0), 1)
    last = merchant.done(payment, "capture")
    assert (last["status"], sums(last)) == ("CAPTURED", (4999, 4999, 0, 0))
    assert [operation["amount"] for operation in last["operations"]] == [4999, 1000, 1, 3998]
    assert merchant.read(order)["status"] == "PAID"
    books.agree(order)


def test_a_final_capture_of_a_part_releases_the_rest(merchant: Merchant, books: Books) -> None:
    order, payment = authorized_order(merchant)
    after = merchant.done(payment, "capture", amount=3000, final=True)
    assert (after["status"], sums(after)) == ("CAPTURED", (4999, 3000, 1999, 0))
    now = merchant.read(order)
    assert (now["status"], now["amounts"]["open"], now["considered_safe"]["level"]) == ("PAID", 0, "CAPTURED")
    merchant.try_start(order).refused(409, "operation_not_allowed")
    books.agree(order)


def test_cancel_in_parts_and_all_the_rest(merchant: Merchant, books: Books) -> None:
    """TH-7: once all was covered, what the merchant cancels does not open again."""
    order, payment = authorized_order(merchant)
    part = merchant.done(payment, "cancel", amount=1999)
    assert (part["status"], sums(part)) == ("AUTHORIZED", (4999, 0, 1999, 0))
    assert merchant.read(order)["amounts"]["open"] == 0
    rest = merchant.done(payment, "cancel")
    assert (rest["status"], rest["final"], sums(rest)) == ("CANCELLED", True, (4999, 0, 4999, 0))
    now = merchant.read(order)
    assert (now["status"], "considered_safe" in now) == ("CANCELLED", False)
    books.agree(order)


def test_capture_a_part_and_cancel_the_rest(merchant: Merchant, books: Books) -> None:
    order, payment = authorized_order(merchant)
    merchant.done(payment, "capture", amount=2000)
    after = merchant.done(payment, "cancel")
    assert (after["status"], sums(after)) == ("CAPTURED", (4999, 2000, 2999, 0))
    assert merchant.read(order)["status"] == "PAID"
    books.agree(order)


def test_refund_in_several_steps_keeps_it_safe_until_all_is_back(merchant: Merchant, books: Books) -> None:
    """TH-8, CM-8: a partial refund keeps considered_safe, a full one takes it away."""
    order, payment = authorized_order(merchant)
    merchant.done(payment, "capture")
    since = merchant.read(order)["considered_safe"]
    part = merchant.done(payment, "refund", amount=999)
    assert (part["status"], sums(part)) == ("PARTIALLY_REFUNDED", (4999, 4999, 0, 999))
    assert merchant.read(order)["considered_safe"] == since
    rest = merchant.done(payment, "refund")
    assert (rest["status"], sums(rest)) == ("REFUNDED", (4999, 4999, 0, 4999))
    assert "considered_safe" not in merchant.read(order)
    books.agree(order)


def test_refund_of_what_was_captured_while_the_rest_is_held(merchant: Merchant, books: Books) -> None:
    order, payment = authorized_order(merchant)
    merchant.done(payment, "capture", amount=2000)
    after = merchant.done(payment, "refund", amount=500)
    assert (after["status"], sums(after)) == ("PARTIALLY_CAPTURED", (4999, 2000, 0, 500))
    last = merchant.done(payment, "capture")
    assert (last["status"], sums(last)) == ("PARTIALLY_REFUNDED", (4999, 4999, 0, 500))
    books.agree(order)


@pytest.mark.parametrize("verb", ["capture", "cancel", "refund"])
def test_an_operation_the_psp_refuses_leaves_the_status_as_it_was(verb: str, merchant: Merchant, books: Books) -> None:
    order = merchant.order()
    payment = merchant.start(order, f"tok_{verb}_fails")
    before = merchant.done(payment, "capture") if verb == "refund" else payment
    after = merchant.done(payment, verb)
    assert (after["status"], sums(after), after["pending"]) == (before["status"], sums(before), False)
    operation = after["operations"][-1]
    assert (operation["type"], operation["status"], operation["reason_code"]) == (verb, "FAILED", "REFUSED")
    assert operation["amount"] == 4999
    books.agree(order)


def test_refund_of_an_order_takes_the_last_captured_payment_first(merchant: Merchant, books: Books) -> None:
    """EV-12: over the order's payments."""
    order = merchant.order()
    card = merchant.start(order, amount=3999)
    gift = merchant.start(order, "gc_1000")
    merchant.done(gift, "capture")
    merchant.done(card, "capture")

    now = merchant.on_order(order, "refund", amount=4499).expect(200)
    assert [sums(payment)[3] for payment in now["payments"]] == [3999, 500]
    assert now["amounts"]["refunded"] == 4499
    merchant.on_order(order, "refund", amount=501).refused(422, "amount_exceeds_available")
    rest = merchant.on_order(order, "refund").expect(200)
    assert (rest["status"], rest["amounts"]["refunded"]) == ("REFUNDED", 4999)
    merchant.on_order(order, "refund").refused(409, "operation_not_allowed")
    books.agree(order)
