"""Disputes: opened and decided by a bank, answered by the merchant; what they take, and what they keep from refunds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.sandbox_psp.sandbox import service, storage
from functions.sandbox_psp.sandbox.model import Payment
from tests.sandbox_psp.support import Answer, amounts, call, deed, operate, start

Sent = list[dict[str, Any]]
FILES = [{"name": "receipt.pdf", "content_type": "application/pdf", "content_base64": "JVBERi0="}]


def opened(amount: int | None = None) -> Any:
    """The dispute of a payment of which 49.99 are captured."""
    start(capture=True)
    return deed("dispute", amount).json["disputes"][-1]


def evidence(dispute: str, key: str = "ev_1", **fields: object) -> Answer:
    return call(
        "POST",
        f"/payments/pay_1/disputes/{dispute}/evidence",
        {"text": "It was delivered.", "files": FILES} | fields,
        key=key,
    )


def accept(dispute: str, key: str = "ac_1") -> Answer:
    return call("POST", f"/payments/pay_1/disputes/{dispute}/accept", {}, key=key)


def now() -> Any:
    return call("GET", "/payments/pay_1").json


def test_it_is_opened_of_all_that_is_captured() -> None:
    dispute = opened()
    opened_at, due_at = (datetime.fromisoformat(dispute.pop(name)) for name in ("opened_at", "evidence_due_at"))
    assert due_at - opened_at == timedelta(days=7)
    assert dispute.pop("id").startswith("dp_")
    assert dispute == {
        "amount": 4999,
        "currency": "EUR",
        "reason": "fraudulent",
        "status": "needs_response",
        "revision": 1,
    }


def test_it_is_no_refund() -> None:
    opened(2000)
    payment = now()
    assert (amounts(payment), payment["amounts"]["disputed"]) == ((4999, 4999, 0, 0), 2000)
    assert payment["status"] == "captured"
    assert [each["type"] for each in payment["operations"]] == ["authorize"]


@pytest.mark.parametrize(("end", "status", "left"), [("win_dispute", "won", 0), ("lose_dispute", "lost", 2000)])
def test_it_is_decided(end: str, status: str, left: int, sent: Sent) -> None:
    opened(2000)
    payment = deed(end).json
    (dispute,) = payment["disputes"]
    assert (dispute["status"], dispute["revision"], payment["amounts"]["disputed"]) == (status, 2, left)
    assert sent[-1]["event"]["payment"] == payment
    assert deed(end).error == "not_possible"


def test_the_newest_is_decided_or_the_one_with_that_amount() -> None:
    opened(1000)
    deed("dispute", 2000)
    deed("dispute", 500)
    deed("lose_dispute", 1000)
    deed("win_dispute")
    payment = now()
    assert [each["status"] for each in payment["disputes"]] == ["lost", "needs_response", "won"]
    assert payment["amounts"]["disputed"] == 3000
    assert len({each["id"] for each in payment["disputes"]}) == 3


@pytest.mark.parametrize("end", [None, "lose_dispute", "accept"])
def test_what_is_disputed_is_not_refunded(end: str | None, sent: Sent) -> None:
    dispute = opened(2000)
    if end == "accept":
        accept(dispute["id"])
    elif end:
        deed(end)
    before, notified = now(), len(sent)
    answer = operate("refunds", 3000, "op_2")
    assert (answer.status, answer.error) == (422, "disputed")
    assert deed("refund", 3000).error == "not_possible"
    assert (now(), len(sent)) == (before, notified)
    assert operate("refunds", 2999, "op_3").json["operations"][-1]["status"] == "succeeded"


def test_more_than_was_captured_fails_as_ever() -> None:
    opened(2000)
    last = operate("refunds", 5000, "op_2").json["operations"][-1]
    assert (last["status"], last["reason"]) == ("failed", "amount_exceeds_available")


def test_a_refund_made_before_is_answered_again_under_dispute() -> None:
    start(capture=True)
    operate("refunds", 1000, "op_2")
    payment = deed("dispute").json
    assert payment["disputes"][0]["amount"] == 3999
    assert operate("refunds", 1000, "op_2").json == payment


def test_what_was_won_is_refunded() -> None:
    opened()
    deed("win_dispute")
    assert operate("refunds", 4999, "op_2").json["status"] == "refunded"


def test_no_more_is_disputed_than_there_is() -> None:
    opened(4000)
    assert deed("dispute", 1000).error == "not_possible"
    assert deed("dispute", 999).status == 202
    assert deed("dispute").error == "not_possible"
    assert deed("reverse", 1).error == "not_possible"


def test_a_payment_that_is_taken_back_has_nothing_disputed() -> None:
    opened()
    assert deed("reverse").json["amounts"]["disputed"] == 0
    payment = deed("lose_dispute").json
    assert (payment["disputes"][0]["status"], payment["amounts"]["disputed"]) == ("lost", 0)


def test_evidence_puts_it_under_review(sent: Sent) -> None:
    answer = evidence(opened(2000)["id"])
    assert answer.status == 200
    (dispute,) = answer.json["disputes"]
    assert (dispute["status"], dispute["revision"]) == ("under_review", 2)
    assert answer.json["amounts"]["disputed"] == 2000
    assert sent[-1]["event"]["payment"] == answer.json == now()
    assert deed("win_dispute").json["disputes"][0]["status"] == "won"


def test_more_evidence_comes_under_another_key() -> None:
    dispute = opened()
    evidence(dispute["id"])
    assert evidence(dispute["id"], "ev_2").json["disputes"][0]["revision"] == 3


def test_it_is_accepted(sent: Sent) -> None:
    answer = accept(opened(2000)["id"])
    assert (answer.status, answer.json["disputes"][0]["status"]) == (200, "accepted")
    assert answer.json["amounts"]["disputed"] == 2000
    assert sent[-1]["event"]["payment"] == answer.json
    assert deed("win_dispute").error == "not_possible"


@pytest.mark.parametrize("say", [evidence, accept])
def test_the_same_key_says_the_same_thing_once(say: Any, sent: Sent) -> None:
    dispute = opened()
    first, notified = say(dispute["id"]).json, len(sent)
    assert say(dispute["id"]).json == first
    assert len(sent) == notified
    if say is evidence:
        deed("lose_dispute")
        assert say(dispute["id"]).json == now(), "also when it is closed"


def test_the_same_key_for_something_else_is_refused() -> None:
    first = opened(1000)["id"]
    other = deed("dispute", 500).json["disputes"][-1]["id"]
    evidence(first)
    for answer in (
        evidence(first, text="It was lost."),
        evidence(first, files=[]),
        evidence(other),
        accept(first, "ev_1"),
        accept(first, "op_1"),
    ):
        assert (answer.status, answer.error) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("say", [evidence, accept])
@pytest.mark.parametrize("end", ["win_dispute", "lose_dispute", "accept"])
def test_one_that_is_closed_takes_no_answer(end: str, say: Any) -> None:
    dispute = opened()
    if end == "accept":
        accept(dispute["id"])
    else:
        deed(end)
    answer = say(dispute["id"], "late_1")
    assert (answer.status, answer.error) == (422, "dispute_closed")


@pytest.mark.parametrize("say", [evidence, accept])
def test_what_is_not_there_is_not_found(say: Any) -> None:
    assert say("dp_none").status == 404
    opened()
    assert say("dp_none").status == 404


def test_a_key_is_required() -> None:
    path = f"/payments/pay_1/disputes/{opened()['id']}"
    assert call("POST", f"{path}/evidence", {"text": "x"}).error == "idempotency_key_required"
    assert call("POST", f"{path}/accept").error == "idempotency_key_required"
    assert call("POST", f"{path}/accept", key="ac_1").status == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"text": None},
        {"text": "x" * 20_001},
        {"files": [FILES[0] | {"content_base64": "no base64"}]},
        {"files": [FILES[0] | {"content_base64": "abc"}]},
        {"files": [{"name": "receipt.pdf"}]},
        {"files": FILES * 11},
        {"surprise": 1},
    ],
)
def test_bad_evidence_is_422(fields: dict[str, Any]) -> None:
    answer = evidence(opened()["id"], **fields)
    assert (answer.status, answer.error) == (422, "invalid_request")


def test_a_lost_race_is_decided_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bank decides while the merchant accepts."""
    dispute = opened()
    save, rivals = storage.save, [True]

    def outrun(payment: Payment) -> Payment:
        if rivals and rivals.pop():
            service.do("pay_1", "win_dispute", None)
        return save(payment)

    monkeypatch.setattr(storage, "save", outrun)
    assert accept(dispute["id"]).error == "dispute_closed"
    assert now()["disputes"][0]["status"] == "won"
