"""Instruments whose bank does something by itself, some seconds after a capture, a refund or a dispute."""

from __future__ import annotations

from typing import Any

import pytest

from functions.sandbox_psp.sandbox import service, storage
from functions.sandbox_psp.sandbox.bodies import NewOperation
from functions.sandbox_psp.sandbox.model import Payment
from tests.sandbox_psp.support import amounts, call, deed, operate, start

Sent = list[dict[str, Any]]


def due(sent: Sent) -> list[tuple[str, int, str]]:
    """What is to follow: deed, seconds, after what."""
    return [(each["do"], each["delay"], each["of"]) for each in sent if each["kind"] == "follow"]


def let_follow(sent: Sent, number: int = -1) -> Payment | None:
    do, _, of = due(sent)[number]
    return service.follow("pay_1", do, of)  # type: ignore[arg-type]


def now() -> Any:
    return call("GET", "/payments/pay_1").json


DISPUTED = ["tok_dispute", "tok_dispute_won", "tok_dispute_lost"]


@pytest.mark.parametrize("token", [*DISPUTED, "tok_capture_fails_late", "tok_refund_fails_late"])
def test_nothing_follows_an_authorization(token: str, sent: Sent) -> None:
    start(token=token)
    operate("cancels", 1000, "op_2")
    operate("captures", 5000, "op_3")
    assert due(sent) == []


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    ("token", "then"),
    [
        ("tok_dispute", ("needs_response", 4999, None)),
        ("tok_dispute_won", ("won", 0, "win_dispute")),
        ("tok_dispute_lost", ("lost", 4999, "lose_dispute")),
    ],
)
def test_a_dispute_of_all_of_it_follows_the_capture(
    at_once: bool, token: str, then: tuple[str, int, str | None], sent: Sent
) -> None:
    status, disputed, end = then
    start(token=token, capture=at_once)
    if not at_once:
        operate("captures", 4999, "op_2", final=True)
    capture = now()["operations"][-1]["id"]
    assert due(sent) == [("dispute", 3, capture)]
    let_follow(sent)
    (dispute,) = now()["disputes"]
    assert (dispute["amount"], dispute["status"]) == (4999, "needs_response")
    assert due(sent)[1:] == ([(end, 3, dispute["id"])] if end else [])
    if end:
        let_follow(sent)
    payment = now()
    assert (payment["disputes"][0]["status"], payment["amounts"]["disputed"]) == (status, disputed)


def test_a_dispute_leaves_out_what_was_given_back(sent: Sent) -> None:
    start(token="tok_dispute", capture=True)
    operate("refunds", 1000, "op_2")
    let_follow(sent)
    assert now()["disputes"][0]["amount"] == 3999


def test_nothing_is_disputed_where_all_was_given_back(sent: Sent) -> None:
    start(token="tok_dispute", capture=True)
    operate("refunds", 4999, "op_2")
    assert let_follow(sent) is None
    assert now()["disputes"] == []


def test_one_that_was_accepted_is_not_won(sent: Sent) -> None:
    start(token="tok_dispute_won", capture=True)
    let_follow(sent)
    call("POST", f"/payments/pay_1/disputes/{now()['disputes'][0]['id']}/accept", {}, key="ac_1")
    assert let_follow(sent) is None
    assert now()["disputes"][0]["status"] == "accepted"


@pytest.mark.parametrize(("final", "left"), [(False, (4999, 0, 0, 0)), (True, (4999, 0, 1999, 0))])
def test_a_capture_fails_late(final: bool, left: tuple[int, ...], sent: Sent) -> None:
    start(token="tok_capture_fails_late")
    capture = operate("captures", 3000, "op_2", final=final).json["operations"][-1]
    assert capture["status"] == "succeeded"
    assert due(sent) == [("fail_capture", 4, capture["id"])]
    let_follow(sent)
    payment = now()
    last = payment["operations"][-1]
    assert (last["id"], last["status"], last["reason"]) == (capture["id"], "reversed", "rejected_by_bank")
    assert amounts(payment) == left


def test_each_capture_fails_for_itself(sent: Sent) -> None:
    start(token="tok_capture_fails_late")
    for key in ("op_2", "op_3"):
        operate("captures", 1000, key)
    let_follow(sent, 0)
    assert [each["status"] for each in now()["operations"]] == ["succeeded", "reversed", "succeeded"]
    let_follow(sent, 1)
    assert amounts(now()) == (4999, 0, 0, 0)


def test_a_capture_at_once_fails_late_as_a_whole(sent: Sent) -> None:
    start(token="tok_capture_fails_late", capture=True)
    let_follow(sent)
    assert (now()["operations"][0]["status"], amounts(now())) == ("reversed", (0, 0, 0, 0))


def test_a_refund_fails_late_whoever_made_it(sent: Sent) -> None:
    start(token="tok_refund_fails_late", capture=True)
    operate("refunds", 1000, "op_2")
    deed("refund", 2000)
    mine, theirs = now()["operations"][1:]
    assert due(sent) == [("fail_refund", 4, mine["id"]), ("fail_refund", 4, theirs["id"])]
    let_follow(sent, 0)
    payment = now()
    assert [each["status"] for each in payment["operations"]] == ["succeeded", "reversed", "succeeded"]
    assert amounts(payment) == (4999, 4999, 0, 2000)


FOLLOWING = [("tok_dispute", False), ("tok_capture_fails_late", False), ("tok_refund_fails_late", True)]


@pytest.mark.parametrize(("token", "refunds"), FOLLOWING)
def test_it_happens_once_though_its_message_comes_again(token: str, refunds: bool, sent: Sent) -> None:
    start(token=token)
    operate("captures", 4999, "op_2")
    if refunds:
        operate("refunds", 1000, "op_3")
    first = let_follow(sent)
    assert first is not None
    assert let_follow(sent) == first


def test_what_was_decided_is_decided_once(sent: Sent) -> None:
    start(token="tok_dispute_lost", capture=True)
    let_follow(sent)
    first = let_follow(sent)
    assert let_follow(sent) == first == storage.find("pay_1")


@pytest.mark.parametrize(("token", "refunds"), FOLLOWING)
def test_nothing_follows_what_was_taken_back_meanwhile(token: str, refunds: bool, sent: Sent) -> None:
    start(token=token)
    operate("captures", 4999, "op_2")
    if refunds:
        operate("refunds", 1000, "op_3")
    deed("reverse")
    assert let_follow(sent) is None
    assert amounts(now()) == (0, 0, 0, 0)


def test_nothing_follows_a_capture_that_was_never_stored(monkeypatch: pytest.MonkeyPatch, sent: Sent) -> None:
    """Two capture at once: the message of the one that lost the race was sent before it knew."""
    start(token="tok_dispute")
    save, rivals = storage.save, [3000]

    def outrun(payment: Payment) -> Payment:
        if rivals:
            service.operate("pay_1", "capture", "op_rival", NewOperation(amount=rivals.pop()))
        return save(payment)

    monkeypatch.setattr(storage, "save", outrun)
    assert operate("captures", 3000, "op_2").json["operations"][-1]["status"] == "failed"
    lost, won = due(sent)
    assert service.follow("pay_1", "dispute", lost[2]) is None
    assert service.follow("pay_1", "dispute", won[2]) is not None
    assert now()["disputes"][0]["amount"] == 3000


def test_the_same_capture_said_again_is_followed_once(sent: Sent) -> None:
    start(token="tok_dispute")
    for _ in range(2):
        operate("captures", 1000, "op_2")
    assert len(due(sent)) == 1


def test_a_part_is_disputed_for_itself(sent: Sent) -> None:
    start(token="tok_dispute")
    order = {"reference": "v_1", "amount": 3000, "account": "acct_baker"}
    call("POST", "/payments/pay_1/transfers", order, key="v_1_1")
    operate("captures", 3000, "v_1_2", reference="v_1")
    ((do, _, of),) = due(sent)
    service.follow("v_1", do, of)  # type: ignore[arg-type]
    assert call("GET", "/payments/v_1").json["disputes"][0]["amount"] == 3000
    assert now()["disputes"] == []


def test_nothing_follows_for_a_part_of_what_was_taken_back(sent: Sent) -> None:
    start(token="tok_dispute", capture=True)
    order = {"reference": "v_1", "amount": 3000, "account": "acct_baker"}
    call("POST", "/payments/pay_1/transfers", order, key="v_1_1")
    deed("reverse")
    do, _, of = due(sent)[-1]
    assert service.follow("v_1", do, of) is None  # type: ignore[arg-type]
    assert call("GET", "/payments/v_1").json["disputes"] == []
