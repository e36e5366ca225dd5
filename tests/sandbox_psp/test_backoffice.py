"""The back office: what a PSP does without having been asked, and what it refuses because it makes no sense."""

from __future__ import annotations

from typing import Any

import pytest

from functions.sandbox_psp.sandbox import service, storage
from functions.sandbox_psp.sandbox.bodies import NewOperation
from functions.sandbox_psp.sandbox.model import Payment
from tests.sandbox_psp.support import NOTIFICATION_URL, amounts, call, deed, invoke, operate, start

Sent = list[dict[str, Any]]


def captured(amount: int = 4999, *, final: bool = True, token: str = "tok_visa") -> Any:  # noqa: S107 - no password
    start(token=token)
    return operate("captures", amount, "op_2", final=final).json


def last(payment: Any) -> tuple[Any, ...]:
    each = payment["operations"][-1]
    return each["type"], each["amount"], each["status"], each["reason"], each["origin"], each["key"]


def carve(reference: str, amount: int) -> Any:
    body = {"reference": reference, "amount": amount, "account": "acct_a", "notification_url": NOTIFICATION_URL}
    return call("POST", "/payments/pay_1/transfers", body, key=f"{reference}_1").json


def test_it_answers_202_and_the_view_and_notifies_with_it(sent: Sent) -> None:
    captured()
    answer = deed("refund", 1000)
    assert answer.status == 202
    assert answer.json == call("GET", "/payments/pay_1").json
    assert sent[-1]["event"]["payment"] == answer.json
    assert sent[-1]["event"]["type"] == "payment.updated"


@pytest.mark.parametrize(("amount", "refunded"), [(1000, 1000), (None, 4999)])
def test_a_refund(amount: int | None, refunded: int) -> None:
    captured()
    payment = deed("refund", amount).json
    assert last(payment) == ("refund", refunded, "succeeded", None, "backoffice", None)
    assert amounts(payment) == (4999, 4999, 0, refunded)


def test_two_alike_are_two() -> None:
    captured()
    operate("refunds", 1000, "op_3")
    deed("refund", 1000)
    payment = deed("refund", 1000).json
    assert payment["amounts"]["refunded"] == 3000
    assert len({each["id"] for each in payment["operations"]}) == 5


def test_what_is_still_held_runs_out() -> None:
    captured(3000, final=False)
    payment = deed("expire_rest").json
    assert last(payment) == ("cancel", 1999, "succeeded", "expired", "bank", None)
    assert (amounts(payment), payment["status"], payment["expires_at"]) == ((4999, 3000, 1999, 0), "captured", None)


@pytest.mark.parametrize("kind", ["cancels", "captures"])
def test_what_has_run_out_is_refused_as_expired(kind: str) -> None:
    captured(3000, final=False)
    deed("expire_rest")
    assert last(operate(kind, 1999, "op_3").json)[2:4] == ("failed", "expired")
    assert last(operate(kind, 2000, "op_4").json)[2:4] == ("failed", "amount_exceeds_available")
    assert last(operate("refunds", 3001, "op_5").json)[2:4] == ("failed", "amount_exceeds_available")


@pytest.mark.parametrize("amount", [None, 4999])
@pytest.mark.parametrize("capture", [True, False])
def test_a_bank_takes_all_of_it_back(amount: int | None, capture: bool, sent: Sent) -> None:
    start(capture=capture)
    payment = deed("reverse", amount).json
    first = payment["operations"][0]
    assert (payment["status"], first["status"], first["reason"]) == ("failed", "reversed", "rejected_by_bank")
    assert amounts(payment) == (0, 0, 0, 0)
    assert sent[-1]["event"]["payment"] == payment


def test_a_bank_takes_a_part_back() -> None:
    captured(3000, final=False)
    payment = deed("reverse", 1000).json
    assert last(payment) == ("reversal", 1000, "succeeded", "rejected_by_bank", "bank", None)
    assert (amounts(payment), payment["status"]) == ((3999, 2000, 0, 0), "partially_captured")
    assert last(operate("captures", 1999, "op_3").json)[2] == "succeeded"


def test_a_part_is_taken_back_of_what_was_not_given_back() -> None:
    captured()
    operate("refunds", 3000, "op_3")
    assert deed("reverse", 2000).error == "not_possible"
    payment = deed("reverse", 1999).json
    assert (amounts(payment), payment["status"]) == ((3000, 3000, 0, 3000), "refunded")


@pytest.mark.parametrize(
    ("taken", "final", "left", "status"),
    [
        (3000, False, (4999, 0, 0, 0), "authorized"),
        (3000, True, (4999, 0, 1999, 0), "authorized"),
        (4999, True, (4999, 0, 0, 0), "authorized"),
    ],
)
def test_a_capture_fails_late(taken: int, final: bool, left: tuple[int, ...], status: str) -> None:
    captured(taken, final=final)
    payment = deed("fail_capture").json
    assert last(payment) == ("capture", taken, "reversed", "rejected_by_bank", "merchant", "op_2")
    assert (amounts(payment), payment["status"]) == (left, status)


def test_what_a_late_failed_capture_took_is_not_held_again_once_the_hold_has_run_out() -> None:
    captured(3000, final=False)
    deed("expire_rest")
    payment = deed("fail_capture").json
    assert amounts(payment) == (4999, 0, 4999, 0)
    assert last(payment) == ("cancel", 3000, "succeeded", "expired", "bank", None)
    assert last(operate("captures", 3000, "op_3").json)[3] == "expired"


def test_what_a_late_failed_capture_took_is_captured_again() -> None:
    captured(3000, final=False)
    deed("fail_capture")
    assert amounts(operate("captures", 4999, "op_3", final=True).json) == (4999, 4999, 0, 0)


def test_the_newest_capture_fails_or_the_one_with_that_amount() -> None:
    start()
    for key, amount in (("op_2", 1000), ("op_3", 2000), ("op_4", 500)):
        operate("captures", amount, key)
    deed("fail_capture")
    payment = deed("fail_capture", 1000).json
    reversed_ = [each["key"] for each in payment["operations"] if each["status"] == "reversed"]
    assert (reversed_, payment["amounts"]["captured"]) == (["op_2", "op_4"], 2000)


def test_a_capture_that_went_with_its_authorization_fails_as_a_whole_reversal() -> None:
    start(capture=True)
    payment = deed("fail_capture").json
    assert (payment["operations"][0]["status"], amounts(payment)) == ("reversed", (0, 0, 0, 0))


def test_a_capture_does_not_fail_late_when_its_money_was_given_back() -> None:
    captured()
    operate("refunds", 1, "op_3")
    assert deed("fail_capture").error == "not_possible"


@pytest.mark.parametrize("by_merchant", [True, False])
def test_a_refund_fails_late_and_can_be_tried_again(by_merchant: bool) -> None:
    captured()
    if by_merchant:
        operate("refunds", 3000, "op_3")
    else:
        deed("refund", 3000)
    payment = deed("fail_refund").json
    assert last(payment)[:4] == ("refund", 3000, "reversed", "rejected_by_bank")
    assert (amounts(payment), payment["status"]) == ((4999, 4999, 0, 0), "captured")
    assert last(operate("refunds", 4999, "op_4").json)[2] == "succeeded"


@pytest.mark.parametrize("do", ["expire_rest", "fail_capture", "fail_refund"])
def test_the_key_of_what_failed_late_says_so_again(do: str) -> None:
    captured(3000, final=False)
    operate("refunds", 1000, "op_3")
    after = deed("fail_refund").json
    assert operate("refunds", 1000, "op_3").json == after
    assert operate("captures", 3000, "op_2").json == after


SENSELESS = {
    "refund of what is not captured": ("tok_visa", "refund", None),
    "refund that is refused": ("tok_refund_fails", "refund", None),
    "no capture": ("tok_visa", "fail_capture", None),
    "no refund": ("tok_visa", "fail_refund", None),
    "a part of a hold": ("tok_visa", "reverse", 1000),
    "more than is held": ("tok_visa", "expire_rest", 5000),
    "dispute of what is not captured": ("tok_visa", "dispute", None),
    "no dispute to win": ("tok_visa", "win_dispute", None),
    "no dispute to lose": ("tok_visa", "lose_dispute", None),
    **{f"{do} of what was refused": ("tok_declined", do, None) for do in ("refund", "expire_rest", "reverse")},
    "reverse of what awaits the shopper": ("tok_visa_3ds", "reverse", None),
    "reverse of what is pending": ("tok_pending", "reverse", None),
}


@pytest.mark.parametrize(("token", "do", "amount"), SENSELESS.values(), ids=SENSELESS)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    token: str, do: str, amount: int | None, sent: Sent
) -> None:
    before, notified = start(token=token, capture=token == "tok_refund_fails").json, len(sent)
    answer = deed(do, amount)
    assert (answer.status, answer.error) == (422, "not_possible")
    assert len(answer.json["error"]["message"]) > 20
    assert call("GET", "/payments/pay_1").json == before
    assert len(sent) == notified


@pytest.mark.parametrize("do", ["refund", "reverse", "expire_rest", "fail_capture", "fail_refund", "dispute"])
def test_what_was_taken_back_is_past_all_of_it(do: str) -> None:
    captured(3000, final=False)
    operate("refunds", 1000, "op_3")
    deed("reverse")
    assert deed(do).error == "not_possible"


@pytest.mark.parametrize("do", ["refund", "reverse"])
def test_a_closed_payment_has_nothing_to_be_done_about(do: str) -> None:
    call("POST", "/payments/pay_1/close")
    assert deed(do).error == "not_possible"


def test_an_unknown_payment_is_not_found() -> None:
    assert deed("refund").status == 404
    assert deed("refund", reference="with space").status == 404


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"do": "steal"}', b'{"do": "refund", "amount": 0}', b'{"do": "refund", "x": 1}']
)
def test_a_body_that_says_nothing_is_422(body: bytes) -> None:
    start(capture=True)
    answer = invoke("POST", "/backoffice/pay_1", {}, body)
    assert (answer.status, answer.error) == (422, "invalid_request")


def test_what_was_carved_is_not_the_payments_own() -> None:
    start()
    carve("v_1", 3000)
    assert last(deed("expire_rest").json)[1] == 1999
    operate("captures", 3000, "v_1_2", reference="v_1")
    assert deed("refund").error == "not_possible"
    assert last(deed("refund", reference="v_1").json)[1] == 3000


def test_a_final_capture_keeps_what_was_carved() -> None:
    start()
    carve("v_1", 3000)
    assert amounts(operate("captures", 1000, "op_2", final=True).json) == (4999, 1000, 999, 0)
    assert last(operate("captures", 3000, "v_1_2", reference="v_1").json)[2] == "succeeded"


def test_a_capture_does_not_fail_late_when_its_money_was_carved() -> None:
    captured()
    carve("v_1", 3000)
    assert deed("fail_capture").error == "not_possible"


def test_a_part_of_what_was_taken_back_stands_no_more() -> None:
    start(capture=True)
    carve("v_1", 3000)
    deed("reverse")
    assert deed("refund", reference="v_1").error == "not_possible"


def test_a_lost_race_is_decided_again(monkeypatch: pytest.MonkeyPatch) -> None:
    captured()
    save, rivals = storage.save, [3000]

    def outrun(payment: Payment) -> Payment:
        if rivals:
            service.operate("pay_1", "refund", "op_rival", NewOperation(amount=rivals.pop()))
        return save(payment)

    monkeypatch.setattr(storage, "save", outrun)
    payment = deed("refund").json
    assert [each["amount"] for each in payment["operations"][2:]] == [3000, 1999]
    assert len({each["id"] for each in payment["operations"]}) == 4
    assert deed("refund", 1).error == "not_possible"


def test_copies_carry_what_was_done_there(sent: Sent) -> None:
    captured()
    payment = deed("refund", 1000).json
    call("POST", "/payments/pay_1/notifications", {"copies": 2})
    assert [message["event"]["payment"] for message in sent[-2:]] == [payment] * 2
    assert sent[-1]["event"]["event_id"] == sent[-3]["event"]["event_id"]
