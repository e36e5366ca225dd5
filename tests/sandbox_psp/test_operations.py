"""Captures, cancels and refunds; keys said again; closing; two who write at once."""

from __future__ import annotations

from typing import Any

import pytest

from functions.sandbox_psp.sandbox import service, storage
from functions.sandbox_psp.sandbox.bodies import NewOperation
from functions.sandbox_psp.sandbox.model import Payment
from tests.sandbox_psp.support import amounts, call, operate, start

Sent = list[dict[str, Any]]


def test_partial_captures_and_refunds_add_up(sent: Sent) -> None:
    start()
    assert operate("captures", 2000, "op_2").json["status"] == "partially_captured"
    assert amounts(operate("captures", 1000, "op_3").json) == (4999, 3000, 0, 0)
    assert amounts(operate("cancels", 1999, "op_4").json) == (4999, 3000, 1999, 0)
    assert operate("refunds", 1000, "op_5").json["status"] == "partially_refunded"
    payment = operate("refunds", 2000, "op_6").json
    assert payment["status"] == "refunded"
    assert [message["event"]["payment"]["revision"] for message in sent] == [2, 3, 4, 5, 6]


def test_final_capture_releases_the_rest() -> None:
    start()
    payment = operate("captures", 3000, "op_2", final=True).json
    assert payment["status"] == "captured"
    assert amounts(payment) == (4999, 3000, 1999, 0)
    assert payment["operations"][1]["final"] is True


def test_cancel_of_all_ends_it() -> None:
    start()
    assert operate("cancels", 4999, "op_2").json["status"] == "cancelled"


@pytest.mark.parametrize(("kind", "captured"), [("captures", False), ("cancels", False), ("refunds", True)])
def test_more_than_available_fails_and_is_recorded(kind: str, captured: bool, sent: Sent) -> None:
    before = start(capture=captured).json
    answer = operate(kind, 5000, "op_2", final=kind == "captures")
    assert answer.status == 200
    operation = answer.json["operations"][1]
    assert (operation["status"], operation["reason"]) == ("failed", "amount_exceeds_available")
    assert answer.json["amounts"] == before["amounts"]
    assert len(sent) == 1


@pytest.mark.parametrize("token", ["tok_visa_3ds", "tok_pending", "tok_declined"])
def test_nothing_can_be_taken_of_what_is_not_authorized(token: str) -> None:
    before = start(token=token).json
    after = operate("captures", 1, "op_2").json
    assert after["operations"][1]["reason"] == "amount_exceeds_available"
    assert after["status"] == before["status"]


def test_same_key_is_the_same_operation(sent: Sent) -> None:
    start()
    first = operate("captures", 1000, "op_2").json
    assert operate("captures", 1000, "op_2").json == first
    assert len(sent) == 1


@pytest.mark.parametrize(("kind", "amount", "key"), [("captures", 999, "op_2"), ("cancels", 1000, "op_2")])
def test_same_key_for_another_operation_is_refused(kind: str, amount: int, key: str) -> None:
    start()
    operate("captures", 1000, "op_2")
    answer = operate(kind, amount, key)
    assert (answer.status, answer.error) == (422, "idempotency_key_reused")


def test_same_reference_is_the_same_payment(sent: Sent) -> None:
    first = start().json
    assert start(token="tok_declined", amount=1).json == first
    assert operate("captures", 1000, "op_2").json["id"] == first["id"]
    assert start().json["amounts"]["captured"] == 1000
    assert len(sent) == 1


@pytest.mark.parametrize("kind", ["captures", "cancels", "refunds"])
def test_operation_on_nothing_is_404(kind: str) -> None:
    assert operate(kind, 1, "op_2").status == 404


def test_close_ends_what_awaits_the_shopper(sent: Sent) -> None:
    start(token="tok_visa_3ds")
    payment = call("POST", "/payments/pay_1/close").json
    assert (payment["status"], payment["redirect_url"]) == ("closed", None)
    assert payment["operations"][0]["status"] == "closed"
    assert call("POST", "/payments/pay_1/close").json == payment
    assert sent == []


@pytest.mark.parametrize("token", ["tok_visa", "tok_pending", "tok_declined"])
def test_close_leaves_anything_else(token: str) -> None:
    before = start(token=token).json
    assert call("POST", "/payments/pay_1/close").json == before


@pytest.mark.parametrize("token", ["tok_visa", "tok_visa_3ds", "tok_pending", "tok_error", "tok_timeout"])
def test_tombstone_stops_a_late_payment(token: str, sent: Sent) -> None:
    tomb = call("POST", "/payments/pay_1/close", {}).json
    assert (tomb["status"], tomb["operations"], tomb["redirect_url"]) == ("closed", [], None)
    late = start(token=token)
    assert (late.status, late.json) == (200, tomb)
    assert operate("captures", 1, "op_2").json["status"] == "closed"
    assert sent == []


def test_lost_race_is_decided_again(monkeypatch: pytest.MonkeyPatch) -> None:
    start()
    save, rivals = storage.save, [3000]

    def outrun(payment: Payment) -> Payment:
        if rivals:
            service.operate("pay_1", "capture", "op_rival", NewOperation(amount=rivals.pop()))
        return save(payment)

    monkeypatch.setattr(storage, "save", outrun)
    payment = operate("captures", 3000, "op_2").json
    assert amounts(payment) == (4999, 3000, 0, 0)
    assert payment["operations"][2]["reason"] == "amount_exceeds_available"


def test_lost_race_of_two_starts_answers_the_winner(monkeypatch: pytest.MonkeyPatch) -> None:
    winner = start().json
    find, blind = storage.find, [True]
    monkeypatch.setattr(storage, "find", lambda reference: None if blind and blind.pop() else find(reference))
    assert start().json == winner


def test_never_ending_race_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(payment: Payment) -> Payment:
        raise storage.ConflictError

    start()
    monkeypatch.setattr(storage, "save", lose)
    assert operate("captures", 1, "op_2").status == 503


def test_copies_send_the_present_state_again(sent: Sent) -> None:
    payment = start().json
    assert call("POST", "/payments/pay_1/notifications", {"copies": 3}).json == payment
    assert [message["event"]["payment"] for message in sent] == [payment] * 3
    assert len({message["event"]["event_id"] for message in sent}) == 1


def test_copies_need_somebody_to_notify() -> None:
    start(notification_url=None)
    assert call("POST", "/payments/pay_1/notifications", {"copies": 1}).error == "no_notification_url"
