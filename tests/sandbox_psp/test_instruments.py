"""Cards stored for a customer: alone, with a payment, however it comes about; what pays with them; how they go."""

from __future__ import annotations

from typing import Any

import pytest

from functions.sandbox_psp.sandbox import service
from tests.sandbox_psp.support import Answer, amounts, call, choose, start

CUSTOMER = "customer-1"


def register(token: str = "tok_visa", reference: str = "ins_1", **fields: Any) -> Answer:  # noqa: S107 - no password
    body = {"reference": reference, "customer": CUSTOMER, "method": "card", "token": token}
    return call("POST", "/instruments", body | fields)


def pay(card: str, reference: str = "pay_2", **fields: Any) -> Answer:
    fields.setdefault("customer", CUSTOMER)
    return start(reference, token=card, **fields)


def stored_with(token: str, **fields: Any) -> Any:
    return start(token=token, store_as="ins_1", customer=CUSTOMER, **fields).json


def test_a_card_is_stored_alone_without_a_payment(sent: list[dict[str, Any]]) -> None:
    """RG-5."""
    answer = register("tok_mastercard")
    card = answer.json
    assert answer.status == 200
    assert card["id"].startswith("card_")
    assert {name: card[name] for name in ("reference", "customer", "status", "brand", "last4", "expires")} == {
        "reference": "ins_1",
        "customer": CUSTOMER,
        "status": "stored",
        "brand": "mastercard",
        "last4": "4444",
        "expires": "2039-12",
    }
    assert call("GET", "/instruments/ins_1").json == card
    assert sent == []


def test_each_copy_of_a_card_has_its_fingerprint() -> None:
    copies = [register("tok_visa", reference=f"ins_{number}").json for number in range(2)]
    assert copies[0]["id"] != copies[1]["id"]
    assert copies[0]["fingerprint"] == copies[1]["fingerprint"]
    assert register("tok_amex", reference="ins_3").json["fingerprint"] != copies[0]["fingerprint"]


def test_the_same_reference_is_stored_once() -> None:
    assert register("tok_visa").json == register("tok_amex").json


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"token": "tok_declined"}, "instrument_refused"),
        ({"token": "tok_unheard_of"}, "unknown_token"),
        ({"token": "bank_aurora", "method": "bank_redirect"}, "not_storable"),
        ({"token": "gc_1000"}, "not_storable"),
    ],
)
def test_what_is_not_stored(fields: dict[str, Any], code: str) -> None:
    answer = register(**fields)
    assert (answer.status, answer.error) == (422, code)
    assert call("GET", "/instruments/ins_1").status == 404


def test_an_error_stores_nothing_and_a_lost_answer_is_found_by_asking() -> None:
    assert register("tok_error").status == 500
    assert call("GET", "/instruments/ins_1").status == 404
    register("tok_timeout")
    assert call("GET", "/instruments/ins_1").json["status"] == "stored"


def test_a_payment_stores_its_card_once_it_is_authorized() -> None:
    payment = stored_with("tok_amex")
    assert (payment["status"], payment["instrument"]["brand"]) == ("authorized", "amex")
    assert call("GET", "/instruments/ins_1").json == payment["instrument"]
    assert pay(payment["instrument"]["id"]).json["status"] == "authorized"


def test_a_payment_that_was_not_asked_to_stores_nothing() -> None:
    assert start(customer=CUSTOMER).json["instrument"] is None


@pytest.mark.parametrize("token", ["tok_declined", "tok_insufficient"])
def test_a_refused_payment_stores_nothing(token: str) -> None:
    assert stored_with(token)["instrument"] is None
    assert call("GET", "/instruments/ins_1").status == 404


@pytest.mark.parametrize("action", ["approve", "decline", "cancel"])
def test_after_3d_secure(action: str, sent: list[dict[str, Any]]) -> None:
    payment = stored_with("tok_visa_3ds")
    assert payment["instrument"] is None
    choose(payment["redirect_url"], action)
    told = sent[-1]["event"]["payment"]
    assert told == call("GET", "/payments/pay_1").json
    assert (told["instrument"] is not None) is (action == "approve")
    assert call("GET", "/instruments/ins_1").status == (200 if action == "approve" else 404)


def test_after_a_pending_outcome() -> None:
    assert stored_with("tok_pending")["instrument"] is None
    service.mature("pay_1")
    instrument = call("GET", "/payments/pay_1").json["instrument"]
    assert instrument == call("GET", "/instruments/ins_1").json


def test_what_fails_later_was_stored_all_the_same() -> None:
    before = stored_with("tok_late_failure")["instrument"]
    service.mature("pay_1")
    assert call("GET", "/payments/pay_1").json["instrument"] == before


def test_a_card_of_the_hosted_page_is_stored() -> None:
    payment = start(token=None, store_as="ins_1", customer=CUSTOMER).json
    choose(payment["redirect_url"], "approve")
    assert call("GET", "/instruments/ins_1").json["brand"] == "visa"


def test_a_customer_who_is_there_is_asked_and_one_who_is_not_there_is_not() -> None:
    """RG-4."""
    card = register("tok_visa_3ds").json["id"]
    assert pay(card).json["status"] == "requires_action"
    repeated = pay(card, "pay_3", recurring=True, return_url=None).json
    assert (repeated["status"], repeated["redirect_url"]) == ("authorized", None)


def test_a_merchant_who_wants_its_customer_authenticated_gets_a_page_first() -> None:
    card = register("tok_visa").json["id"]
    asked = pay(card, authenticate=True).json
    assert (asked["status"], amounts(asked)) == ("requires_action", (0, 0, 0, 0))
    choose(asked["redirect_url"], "approve")
    assert call("GET", "/payments/pay_2").json["status"] == "authorized"
    assert pay("tok_declined", "pay_4", authenticate=True).json["status"] == "failed", "a refused card asks nobody"
    repeated = pay(card, "pay_5", authenticate=True, recurring=True, return_url=None).json
    assert repeated["status"] == "authorized", "an absent customer cannot be asked"


def test_a_bank_that_wants_its_customer_there_refuses_without() -> None:
    """tok_sca: a repeated payment is told so; the same customer is asked when there."""
    registered = register("tok_sca", return_url="https://shop.example.com/back").json
    choose(registered["redirect_url"], "approve")
    card = call("GET", "/instruments/ins_1").json["id"]
    repeated = pay(card, recurring=True, return_url=None).json
    assert (repeated["status"], repeated["redirect_url"]) == ("failed", None)
    assert repeated["operations"][0]["reason"] == "authentication_required"
    assert amounts(repeated) == (0, 0, 0, 0)
    there = pay(card, "pay_3").json
    assert there["status"] == "requires_action"
    choose(there["redirect_url"], "approve")
    assert call("GET", "/payments/pay_3").json["status"] == "authorized"


def test_the_first_of_recurring_payments_is_confirmed_by_the_customer() -> None:
    assert stored_with("tok_visa_3ds", recurring=True)["status"] == "requires_action"


def test_a_stored_card_can_be_refused_later() -> None:
    card = register("tok_insufficient").json["id"]
    payment = pay(card, recurring=True).json
    assert (payment["status"], payment["operations"][0]["reason"]) == ("failed", "insufficient_amount")


@pytest.mark.parametrize("fields", [{"customer": "customer-2"}, {"customer": None}])
def test_a_card_pays_for_its_customer_alone(fields: dict[str, Any]) -> None:
    answer = pay(register().json["id"], **fields)
    assert (answer.status, answer.error) == (422, "unknown_token")


def test_a_bank_account_is_not_stored() -> None:
    answer = start(method="bank_redirect", token=None, store_as="ins_1", customer=CUSTOMER)
    assert (answer.status, answer.error) == (422, "not_storable")


def test_a_deleted_card_pays_no_more() -> None:
    card = register().json["id"]
    for _ in range(2):
        answer = call("DELETE", "/instruments/ins_1")
        assert (answer.status, answer.json["status"]) == (200, "deleted")
    assert pay(card).error == "unknown_token"


def test_a_request_that_comes_after_its_deletion_stores_nothing() -> None:
    call("DELETE", "/instruments/ins_1")
    assert register().json["status"] == "deleted"
    assert pay(stored_with("tok_visa")["instrument"]["id"]).error == "unknown_token"
