"""`Idempotency-Key` on every POST and PATCH (GO-1): the same again is answered the same again and done once."""

from __future__ import annotations

import uuid

import pytest

from tests.flows.books import Books
from tests.flows.client import JSON, Answer, Merchant, authorized_order

pytestmark = pytest.mark.flow


def new_key() -> str:
    return uuid.uuid4().hex


def replayed(first: Answer, again: Answer) -> None:
    assert (again.status, again.json) == (first.status, first.json)
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers


def test_an_order_is_created_once(merchant: Merchant) -> None:
    key, terms = new_key(), merchant.terms()
    first = merchant.call("POST", "/orders", terms, key=key)
    first.expect(201)
    replayed(first, merchant.call("POST", "/orders", dict(reversed(terms.items())), key=key))
    merchant.call("POST", "/orders", terms | {"amount": 1}, key=key).refused(422, "idempotency_key_reused")
    merchant.call("POST", "/orders", terms).refused(409, "duplicate_reference")


def test_a_key_belongs_to_its_merchant(merchant: Merchant, other_merchant: Merchant) -> None:
    key, terms = new_key(), merchant.terms()
    merchant.call("POST", "/orders", terms, key=key).expect(201)
    assert "idempotent-replayed" not in other_merchant.call("POST", "/orders", terms, key=key).headers


def test_a_payment_is_started_once(merchant: Merchant, books: Books) -> None:
    key, order = new_key(), merchant.order()
    path = f"/orders/{order['order_key']}/payments"
    body = {"method": "card", "instrument": {"token": "tok_visa"}}
    first = merchant.call("POST", path, body, key=key)
    first.expect(201)
    replayed(first, merchant.call("POST", path, body, key=key))
    other = body | {"instrument": {"token": "tok_amex"}}
    merchant.call("POST", path, other, key=key).refused(422, "idempotency_key_reused")
    assert len(books.agree(order).payments) == 1


def test_a_repeated_start_does_not_end_what_it_began(merchant: Merchant) -> None:
    """A new START would end the payment that awaits the shopper; the same one again answers it."""
    key, order = new_key(), merchant.order()
    path, body = f"/orders/{order['order_key']}/payments", {"method": "card", "instrument": {"token": "tok_visa_3ds"}}
    first = merchant.call("POST", path, body, key=key)
    replayed(first, merchant.call("POST", path, body, key=key))
    assert merchant.payment(first.expect(201))["status"] == "CREATED"


def test_each_operation_is_done_once(merchant: Merchant, books: Books) -> None:
    """In its own words: the answer of then, not of now."""
    order, payment = authorized_order(merchant)
    steps: list[tuple[str, JSON]] = [("cancel", {"amount": 999}), ("capture", {}), ("refund", {"amount": 4000})]
    done = []
    for verb, body in steps:
        key = new_key()
        first = merchant.do(payment, verb, body, key=key)
        first.expect(200)
        done.append((verb, body, key, first))
    for verb, body, key, first in done:
        replayed(first, merchant.do(payment, verb, body, key=key))
        merchant.do(payment, verb, {"amount": 1}, key=key).refused(422, "idempotency_key_reused")
    stored = books.agree(order)
    assert [operation.type for operation in stored.payments[0].operations] == [
        "authorize",
        "cancel",
        "capture",
        "refund",
    ]


@pytest.mark.parametrize("verb", ["withdraw", "cancel", "refund"])
def test_calls_on_an_order_are_done_once(verb: str, merchant: Merchant) -> None:
    order = merchant.order(capture="auto")
    if verb != "withdraw":
        merchant.start(order)
    key, path = new_key(), f"/orders/{order['order_key']}/{verb}"
    first = merchant.call("POST", path, {}, key=key)
    first.expect(200)
    replayed(first, merchant.call("POST", path, {}, key=key))


def test_a_change_of_an_order_is_done_once(merchant: Merchant) -> None:
    order, key = merchant.order(), new_key()
    path = f"/orders/{order['order_key']}"
    first = merchant.call("PATCH", path, {"amount": 5000}, key=key)
    merchant.call("PATCH", path, {"amount": 7000}).expect(200)
    replayed(first, merchant.call("PATCH", path, {"amount": 5000}, key=key))
    assert merchant.read(order)["amount"] == 7000


def test_a_withdrawn_payment_is_withdrawn_once(merchant: Merchant) -> None:
    payment = merchant.start(merchant.order(), "tok_visa_3ds")
    key = new_key()
    first = merchant.do(payment, "withdraw", {}, key=key)
    first.expect(200)
    replayed(first, merchant.do(payment, "withdraw", {}, key=key))


def test_a_refused_call_leaves_its_key_free(merchant: Merchant) -> None:
    """It changed nothing, so that the corrected call may come under the same key."""
    order, payment = authorized_order(merchant)
    key = new_key()
    merchant.do(payment, "refund", {}, key=key).refused(409, "operation_not_allowed")
    merchant.done(payment, "capture")
    assert merchant.do(payment, "refund", {}, key=key).expect(200)["status"] == "REFUNDED"
    assert merchant.read(order)["status"] == "REFUNDED"


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "schlüssel"])
def test_a_key_has_visible_characters(key: str, merchant: Merchant) -> None:
    merchant.call("POST", "/orders", merchant.terms(), key=key).refused(422, "invalid_request")
