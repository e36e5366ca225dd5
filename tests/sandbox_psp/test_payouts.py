"""Payouts of the sandbox PSP: once a reference, as the receiver has it (RG-6, GO-8)."""

from __future__ import annotations

from typing import Any

import pytest

from functions.sandbox_psp.sandbox import paying_out
from tests.sandbox_psp.support import NOTIFICATION_URL, Answer, call


def pay(amount: int = 500, key: str = "out_1-1", **to: str) -> Answer:
    """To an account if nothing else is said."""
    body = {"reference": "out_1", "amount": amount, "currency": "EUR", "notification_url": NOTIFICATION_URL}
    return call("POST", "/payouts", body | (to or {"account": "acct_1"}), key=key)


def statuses(answer: Answer) -> list[tuple[str, str | None]]:
    return [(operation["status"], operation["reason"]) for operation in answer.json["operations"]]


RECEIVERS = {
    "acct_baker": ("succeeded", None),
    "acct_refusing_1": ("failed", "refused"),
    "acct_payout_fails": ("failed", "refused"),
    "acct_payout_pending": ("pending", None),
    "acct_payout_timeout": ("succeeded", None),
    "acct_payout_returned": ("succeeded", None),
    "tok_visa": ("succeeded", None),
    "tok_payout_fails": ("failed", "refused"),
    "tok_insufficient": ("failed", "insufficient_amount"),
    "tok_pending": ("pending", None),
}


@pytest.mark.parametrize("receiver", RECEIVERS)
def test_each_receiver(receiver: str, sent: list[dict[str, Any]]) -> None:
    answer = pay(token=receiver) if receiver.startswith("tok_") else pay(account=receiver)
    assert statuses(answer) == [RECEIVERS[receiver]]
    assert call("GET", "/payouts/out_1").json == answer.json
    told = [message["event"]["payout"] for message in sent if message["kind"] == "notify"]
    assert told == [answer.json]


def test_a_reference_is_paid_once() -> None:
    first = pay().json
    assert pay().json == first
    assert pay(501).error == "idempotency_key_reused"
    assert pay(key="out_1-2").error == "payout_not_failed"
    assert call("GET", "/payouts/out_1").json == first


def test_one_that_failed_is_tried_again_under_another_key_and_account() -> None:
    pay(account="acct_payout_fails")
    again = pay(700, key="out_1-2", account="acct_baker")
    assert statuses(again) == [("failed", "refused"), ("succeeded", None)]
    assert again.json["account"] == "acct_baker"


def test_an_error_has_paid_nothing() -> None:
    assert pay(token="tok_error").status == 500
    assert statuses(call("GET", "/payouts/out_1")) == [("failed", "psp_error")]


@pytest.mark.parametrize(
    ("account", "end"), [("acct_payout_pending", "succeeded"), ("acct_payout_returned", "reversed")]
)
def test_what_happens_later(account: str, end: str, sent: list[dict[str, Any]]) -> None:
    pay(account=account)
    assert [message["reference"] for message in sent if message["kind"] == "mature_payout"] == ["out_1"]
    after = paying_out.mature("out_1")
    assert after is not None
    assert after.last.status == end
    assert paying_out.mature("out_1") == after


def test_what_is_refused() -> None:
    assert pay(token="tok_nobody").error == "unknown_token"
    assert pay(token="tok_visa", account="acct_1").status == 422
    assert call("GET", "/payouts/out_2").status == 404
    assert paying_out.mature("out_2") is None


def test_the_present_state_is_sent_again(sent: list[dict[str, Any]]) -> None:
    pay()
    call("POST", "/payouts/out_1/notifications", {"copies": 2})
    assert len([message for message in sent if message["kind"] == "notify"]) == 3
