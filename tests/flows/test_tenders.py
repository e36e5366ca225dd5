"""Several tenders of one order on the deployed system (CM-2, IS-6, IS-9)."""

from __future__ import annotations

import pytest

from tests.flows.client import Merchant

pytestmark = pytest.mark.flow


def test_gift_cards_first_and_a_card_for_the_rest(merchant: Merchant) -> None:
    order = merchant.order(amount=4999)
    first = merchant.start(order, "gc_1000", amount=1500)
    assert (first["status"], first["amount"]) == ("AUTHORIZED", 1000)
    merchant.start(order, "gc_1000")
    assert merchant.read(order)["amounts"]["open"] == 2999
    rest = merchant.start(order)
    assert (rest["amount"], merchant.read(order)["status"]) == (2999, "AUTHORIZED")


def test_a_later_tender_that_fails_unwinds_the_order_where_it_says_so(merchant: Merchant) -> None:
    order = merchant.order(on_failed_tender="unwind")
    gift = merchant.start(order, "gc_1000")
    refused = merchant.start(order, "tok_insufficient")
    assert (refused["status"], refused["reason_code"]) == ("FAILED", "INSUFFICIENT_AMOUNT")
    now = merchant.becomes(order, "CANCELLED")
    assert merchant.payment(gift)["status"] == "CANCELLED"
    assert now["allowed_operations"] == []


def test_else_the_tenders_stay_and_the_shopper_tries_again(merchant: Merchant) -> None:
    order = merchant.order()
    merchant.start(order, "gc_1000")
    merchant.start(order, "tok_declined")
    assert merchant.read(order)["status"] == "PARTIALLY_PAID"
    assert merchant.start(order)["amount"] == 3999
