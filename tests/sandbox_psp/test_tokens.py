"""What each token makes of a payment."""

from __future__ import annotations

from typing import Any

import pytest

from functions.sandbox_psp.sandbox.instruments import INSTRUMENTS
from tests.sandbox_psp.support import PSP_URL, amounts, call, operate, start

AT_ONCE: dict[str, tuple[str | None, str, str | None]] = {
    "tok_visa": ("visa", "authorized", None),
    "tok_mastercard": ("mastercard", "authorized", None),
    "tok_amex": ("amex", "authorized", None),
    "tok_maestro": ("maestro", "authorized", None),
    "tok_jcb": ("jcb", "authorized", None),
    "tok_cup": ("cup", "authorized", None),
    "tok_visa_3ds": ("visa", "requires_action", None),
    "tok_declined": ("visa", "failed", "refused"),
    "tok_insufficient": ("visa", "failed", "insufficient_amount"),
    "tok_timeout": ("visa", "authorized", None),
    "tok_pending": ("visa", "pending", None),
    "tok_late_failure": ("visa", "authorized", None),
    "tok_capture_fails": ("visa", "authorized", None),
    "tok_cancel_fails": ("visa", "authorized", None),
    "tok_refund_fails": ("visa", "authorized", None),
    "tok_dispute": ("visa", "authorized", None),
    "tok_dispute_won": ("visa", "authorized", None),
    "tok_dispute_lost": ("visa", "authorized", None),
    "tok_capture_fails_late": ("visa", "authorized", None),
    "tok_refund_fails_late": ("visa", "authorized", None),
    "tok_sca": ("visa", "requires_action", None),
    "tok_payout_fails": ("visa", "authorized", None),
    "gc_1000": (None, "authorized", None),
    "gc_500": (None, "authorized", None),
    "gc_spent": (None, "failed", "insufficient_amount"),
    "gc_empty": (None, "failed", "insufficient_amount"),
    "bank_aurora": (None, "requires_action", None),
    "bank_meridian": (None, "requires_action", None),
    "bank_slow": (None, "requires_action", None),
    "bank_fickle": (None, "requires_action", None),
}


def test_every_token_is_tried_here() -> None:
    assert set(AT_ONCE) | {"tok_error"} == set(INSTRUMENTS)


@pytest.mark.parametrize("token", AT_ONCE)
def test_token_answers_as_the_table_says(token: str, sent: list[dict[str, Any]]) -> None:
    brand, status, reason = AT_ONCE[token]
    answer = start(token=token, method="bank_redirect" if token.startswith("bank_") else "card")
    assert answer.status == 200
    payment = answer.json
    assert (payment["brand"], payment["status"], payment["operations"][0]["reason"]) == (brand, status, reason)
    assert payment["reference"] == "pay_1"
    assert payment["revision"] == 1
    assert payment["operations"][0]["key"] == "op_1"
    assert not [message for message in sent if message["kind"] == "notify"]
    assert call("GET", "/payments/pay_1").json == payment


@pytest.mark.parametrize(("amount", "taken"), [(4999, 1000), (600, 600)])
def test_gift_card_takes_the_lesser_of_balance_and_amount(amount: int, taken: int) -> None:
    payment = start(token="gc_1000", method="gift_card", amount=amount).json
    assert payment["amount"] == amount
    assert payment["operations"][0]["amount"] == taken
    assert amounts(payment) == (taken, 0, 0, 0)


def test_error_answers_500_and_stores_nothing() -> None:
    assert start(token="tok_error").status == 500
    assert call("GET", "/payments/pay_1").status == 404


def test_lost_answer_is_found_by_asking(sent: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("functions.sandbox_psp.sandbox.api.asyncio.sleep", wait)
    first = start(token="tok_timeout").json
    assert len(waited) == 1
    assert call("GET", "/payments/pay_1").json == first
    assert start(token="tok_timeout").json == first
    assert len(waited) == 1  # the second time there is nothing to lose
    assert sent == []


def test_unknown_token_is_refused() -> None:
    answer = start(token="tok_unheard_of")
    assert (answer.status, answer.error) == (422, "unknown_token")


@pytest.mark.parametrize("token", sorted(set(INSTRUMENTS) - {"tok_error"}))
def test_refusing_account_is_always_refused(token: str, sent: list[dict[str, Any]]) -> None:
    payment = start(token=token, account="acct_refusing_2").json
    assert (payment["status"], payment["operations"][0]["reason"]) == ("failed", "refused")
    assert amounts(payment) == (0, 0, 0, 0)
    assert sent == []


@pytest.mark.parametrize(("method", "brand"), [("card", "visa"), ("bank_redirect", None)])
def test_without_a_token_the_shopper_is_sent_to_a_page(method: str, brand: str | None) -> None:
    payment = start(method=method, token=None).json
    assert (payment["status"], payment["brand"]) == ("requires_action", brand)
    assert payment["redirect_url"] == f"{PSP_URL}/pay/{payment['id']}"


def test_gift_card_needs_its_token() -> None:
    answer = start(method="gift_card", token=None)
    assert (answer.status, answer.error) == (422, "token_required")


def test_page_needs_a_way_back() -> None:
    assert start(token="tok_visa_3ds", return_url=None).status == 422


def test_capture_with_the_authorization_is_one_operation() -> None:
    payment = start(capture=True).json
    assert payment["status"] == "captured"
    assert amounts(payment) == (4999, 4999, 0, 0)
    assert [operation["type"] for operation in payment["operations"]] == ["authorize"]


def test_capture_that_fails_leaves_the_authorization() -> None:
    payment = start(capture=True, token="tok_capture_fails").json
    assert payment["status"] == "authorized"
    assert amounts(payment) == (4999, 0, 0, 0)


@pytest.mark.parametrize(
    ("token", "kind", "capture"),
    [
        ("tok_capture_fails", "captures", False),
        ("tok_cancel_fails", "cancels", False),
        ("tok_refund_fails", "refunds", True),
    ],
)
def test_the_operation_a_token_names_is_refused(token: str, kind: str, capture: bool) -> None:
    before = start(token=token, capture=capture).json
    after = operate(kind, 100, "op_2").json
    assert (after["operations"][1]["status"], after["operations"][1]["reason"]) == ("failed", "refused")
    assert (after["status"], after["amounts"]) == (before["status"], before["amounts"])


@pytest.mark.parametrize(
    ("token", "balance"), [("gc_1000", 1000), ("gc_500", 500), ("gc_spent", 1000), ("gc_empty", 0)]
)
def test_a_gift_card_tells_its_balance(token: str, balance: int) -> None:
    answer = call("POST", "/balances", {"method": "gift_card", "token": token, "currency": "EUR"})
    assert (answer.status, answer.json) == (200, {"balance": balance})


@pytest.mark.parametrize("token", ["tok_visa", "gc_unheard_of"])
def test_what_has_no_balance_says_so(token: str) -> None:
    body = {"method": "gift_card", "token": token, "currency": "EUR"}
    assert call("POST", "/balances", body).status == 422
