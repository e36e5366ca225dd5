"""Disputes on the deployed system: opened and decided by the sandbox PSP, answered by the merchant (GO-6)."""

from __future__ import annotations

from base64 import b64encode

import pytest

from tests.flows.books import Books
from tests.flows.client import JSON, Merchant, eventually
from tests.flows.psp_pages import Psp

pytestmark = pytest.mark.flow


def captured(merchant: Merchant, instrument: str = "tok_visa") -> tuple[JSON, JSON]:
    order = merchant.order()
    return order, merchant.done(merchant.start(order, instrument), "capture")


def becomes(merchant: Merchant, payment: JSON, *statuses: str) -> JSON:
    """The payment's dispute as soon as it has one of these statuses."""

    def reached() -> JSON | None:
        found = merchant.payment(payment)["disputes"]
        return next((each for each in found if each["status"] in statuses), None)

    found = eventually(reached, within=40)
    assert found is not None
    return found


def is_safe(merchant: Merchant, order: JSON) -> bool:
    return "considered_safe" in merchant.read(order)


def answer(merchant: Merchant, dispute: JSON, verb: str, body: JSON | None = None, key: str | None = None) -> JSON:
    found: JSON = merchant.call("POST", f"/disputes/{dispute['dispute_id']}/{verb}", body or {}, key=key).expect(200)
    return found


def test_opened_under_review_and_won(merchant: Merchant, psp: Psp, books: Books) -> None:
    order, payment = captured(merchant, "tok_dispute")
    assert is_safe(merchant, order)
    dispute = becomes(merchant, payment, "NEEDS_RESPONSE")
    assert (dispute["amount"], dispute["payment_id"], dispute["reason"]) == (4999, payment["payment_id"], "FRAUDULENT")
    assert not is_safe(merchant, order)
    assert merchant.payment(payment)["amounts"]["disputed"] == 4999
    merchant.do(payment, "refund").refused(422, "amount_exceeds_available")
    receipt = {"name": "receipt.pdf", "content_type": "application/pdf", "content_base64": b64encode(b"%PDF").decode()}
    body = {"text": "It was delivered.", "files": [receipt]}
    first = answer(merchant, dispute, "evidence", body, key=f"ev-{order['order_key']}")
    assert first == answer(merchant, dispute, "evidence", body, key=f"ev-{order['order_key']}")
    assert first["status"] == "UNDER_REVIEW"
    psp.backoffice(payment, "win_dispute").expect(202)
    becomes(merchant, payment, "WON")
    assert is_safe(merchant, order)
    merchant.done(payment, "refund", amount=999)
    books.agree(order)


@pytest.mark.parametrize(
    ("instrument", "status", "safe"), [("tok_dispute_won", "WON", True), ("tok_dispute_lost", "LOST", False)]
)
def test_what_the_bank_decides(merchant: Merchant, books: Books, instrument: str, status: str, safe: bool) -> None:
    order, payment = captured(merchant, instrument)
    becomes(merchant, payment, status)
    assert is_safe(merchant, order) is safe
    assert merchant.read(order)["status"] == "PAID", "nobody is asked to pay again"
    books.agree(order)


def test_a_dispute_of_a_part_is_accepted_and_the_rest_refunded(merchant: Merchant, psp: Psp, books: Books) -> None:
    order, payment = captured(merchant)
    psp.backoffice(payment, "dispute", 2000).expect(202)
    dispute = becomes(merchant, payment, "NEEDS_RESPONSE")
    for _ in range(2):
        assert answer(merchant, dispute, "accept")["status"] == "ACCEPTED"
    assert merchant.done(payment, "refund")["amounts"] == {
        **{"authorized": 4999, "captured": 4999, "cancelled": 0, "refunded": 2999, "disputed": 2000}
    }
    refused = merchant.call("POST", f"/disputes/{dispute['dispute_id']}/evidence", {"text": "Too late"})
    refused.refused(409, "operation_not_allowed")
    books.agree(order)


def test_it_is_in_the_list_and_the_history(merchant: Merchant, psp: Psp) -> None:
    order, payment = captured(merchant)
    psp.backoffice(payment, "dispute").expect(202)
    dispute = becomes(merchant, payment, "NEEDS_RESPONSE")
    path = "/disputes?status=NEEDS_RESPONSE&limit=100"
    assert eventually(lambda: dispute in merchant.call("GET", path).expect(200)["items"])  # the list is late
    assert merchant.call("GET", f"/disputes/{dispute['dispute_id']}").expect(200) == dispute
    assert "dispute_learned" in [each["type"] for each in merchant.history(order)]


def test_an_order_that_is_cancelled_refunds_what_is_won_later(merchant: Merchant, psp: Psp, books: Books) -> None:
    order, payment = captured(merchant)
    psp.backoffice(payment, "dispute").expect(202)
    becomes(merchant, payment, "NEEDS_RESPONSE")
    merchant.on_order(order, "cancel")
    merchant.becomes(order, "CANCELLED")
    psp.backoffice(payment, "win_dispute").expect(202)
    eventually(lambda: merchant.payment(payment)["amounts"]["refunded"] == 4999)
    books.agree(order)
