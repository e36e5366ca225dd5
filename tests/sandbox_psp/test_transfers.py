"""Parts of a payment, carved out of it for other accounts: never more than it has, each operated on for itself."""

from __future__ import annotations

from typing import cast, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.sandbox_psp.sandbox import payments, service, storage, unasked
from functions.sandbox_psp.sandbox.bodies import NewTransfer
from functions.sandbox_psp.sandbox.errors import PspError
from functions.sandbox_psp.sandbox.instruments import Deed
from functions.sandbox_psp.sandbox.model import Payment
from functions.sandbox_psp.sandbox.payments import Kind
from tests.sandbox_psp.support import NOTIFICATION_URL, Answer, amounts, call, deed, operate, start


def transfer(reference: str, amount: int, *, account: str = "acct_baker", of: str = "pay_1") -> Answer:
    body = {"reference": reference, "amount": amount, "account": account, "notification_url": NOTIFICATION_URL}
    return call("POST", f"/payments/{of}/transfers", body, key=f"{reference}_1")


def first_of(answer: Answer) -> tuple[str, str | None]:
    operation = answer.json["operations"][0]
    return operation["status"], operation["reason"]


def test_a_part_is_held_for_its_account_and_captured_for_itself() -> None:
    start()
    part = transfer("v_1", 3000).json
    assert (part["status"], part["parent"], part["brand"]) == ("authorized", "pay_1", "visa")
    assert operate("captures", 1000, "v_1_2", reference="v_1").json["status"] == "partially_captured"
    assert operate("cancels", 2000, "v_1_3", reference="v_1").json["status"] == "captured"
    assert amounts(operate("refunds", 400, "v_1_4", reference="v_1").json) == (3000, 1000, 2000, 400)
    assert amounts(call("GET", "/payments/pay_1").json) == (4999, 0, 0, 0)
    assert call("GET", "/payments/pay_1").json["carved"] == 3000


def test_no_more_is_carved_than_there_is() -> None:
    start()
    transfer("v_1", 3000)
    assert first_of(transfer("v_2", 2000)) == ("failed", "amount_exceeds_available")
    assert first_of(transfer("v_3", 1999)) == ("succeeded", None)
    assert first_of(transfer("v_4", 1)) == ("failed", "amount_exceeds_available")


def test_what_was_carved_is_out_of_the_payments_own_reach() -> None:
    start()
    transfer("v_1", 3000)
    assert operate("cancels", 2000, "op_2").json["operations"][-1]["reason"] == "amount_exceeds_available"
    assert amounts(operate("cancels", 1999, "op_3").json) == (4999, 0, 1999, 0)
    assert first_of(transfer("v_2", 1)) == ("failed", "amount_exceeds_available")


def test_a_part_of_what_is_captured_is_captured() -> None:
    start(capture=True)
    part = transfer("v_1", 3000).json
    assert (part["status"], amounts(part)) == ("captured", (3000, 3000, 0, 0))
    assert operate("refunds", 2000, "op_2").json["operations"][-1]["status"] == "failed"
    assert operate("refunds", 1999, "op_3").json["operations"][-1]["status"] == "succeeded"
    assert operate("refunds", 3000, "v_1_2", reference="v_1").json["status"] == "refunded"


def test_a_refusing_account_refuses_and_takes_nothing() -> None:
    start()
    assert first_of(transfer("v_1", 4999, account="acct_refusing")) == ("failed", "refused")
    assert first_of(transfer("v_2", 4999)) == ("succeeded", None)


@pytest.mark.parametrize("token", ["tok_declined", "tok_visa_3ds", "tok_pending"])
def test_nothing_is_carved_out_of_what_is_not_authorized(token: str) -> None:
    start(token=token)
    assert first_of(transfer("v_1", 1)) == ("failed", "refused")


def test_a_repeated_transfer_is_the_same_one() -> None:
    start()
    assert transfer("v_1", 3000).json == transfer("v_1", 3000).json
    assert call("GET", "/payments/pay_1").json["carved"] == 3000


def test_a_closed_reference_takes_nothing_any_more() -> None:
    start()
    call("POST", "/payments/v_1/close", {})
    assert transfer("v_1", 3000).json["status"] == "closed"
    assert call("GET", "/payments/pay_1").json["carved"] == 0


def test_what_the_bank_took_back_cannot_be_captured_in_parts() -> None:
    start(token="tok_late_failure")
    transfer("v_1", 3000)
    service.mature("pay_1")
    last = operate("captures", 3000, "v_1_2", reference="v_1").json["operations"][-1]
    assert (last["status"], last["reason"]) == ("failed", "rejected_by_bank")


def test_a_transfer_that_was_decided_on_an_old_state_is_decided_again() -> None:
    start()
    old = storage.find("pay_1")
    assert old is not None
    transfer("v_1", 3000)
    child = payments.carve(old, blank("v_2", 3000), "v_2_1", refused=False)
    with pytest.raises(storage.ConflictError):
        storage.carve(child, old)
    operate("cancels", 100, "op_2")
    with pytest.raises(storage.ConflictError):
        storage.carve(payments.carve(old, blank("v_3", 1), "v_3_1", refused=False), old)


def test_what_is_disputed_is_not_carved() -> None:
    start(capture=True)
    deed("dispute", 2000)
    assert first_of(transfer("v_1", 3000)) == ("failed", "amount_exceeds_available")
    assert first_of(transfer("v_2", 2999)) == ("succeeded", None)


def test_a_dispute_is_opened_of_what_was_not_carved() -> None:
    start(capture=True)
    transfer("v_1", 3000)
    assert deed("dispute").json["disputes"][0]["amount"] == 1999
    assert deed("dispute", reference="v_1").json["disputes"][0]["amount"] == 3000


def test_a_transfer_that_did_not_see_a_dispute_is_decided_again() -> None:
    start(capture=True)
    old = storage.find("pay_1")
    assert old is not None
    deed("dispute", 4999)
    with pytest.raises(storage.ConflictError):
        storage.carve(payments.carve(old, blank("v_1", 1), "v_1_1", refused=False), old)
    assert first_of(transfer("v_1", 1)) == ("failed", "amount_exceeds_available")


def test_two_who_carve_at_once_leave_what_is_disputed() -> None:
    """They do not change each other's revision: the condition of the write keeps their sum within what there is."""
    start(capture=True)
    deed("dispute", 2000)
    old = storage.find("pay_1")
    assert old is not None
    transfer("v_1", 2000)
    with pytest.raises(storage.ConflictError):
        storage.carve(payments.carve(old, blank("v_2", 1000), "v_2_1", refused=False), old)
    storage.carve(payments.carve(old, blank("v_3", 999), "v_3_1", refused=False), old)


def test_a_transfer_of_an_unknown_payment_is_not_found() -> None:
    assert transfer("v_1", 1, of="pay_9").status == 404


def blank(reference: str, amount: int) -> Payment:
    order = NewTransfer(reference=reference, amount=amount, account="acct_baker")
    return Payment(id=f"psp_{reference}", parent="pay_1", currency="EUR", token="tok_visa", **order.model_dump())


OPERATIONS = ("capture", "cancel", "refund")
STEPS = st.sampled_from(["carve", "carve", *OPERATIONS, *OPERATIONS, *get_args(Deed)])


def asked(parent: Payment, kind: str, number: int, amount: int, final: bool) -> Payment:
    try:
        if kind in OPERATIONS:
            return payments.operate(parent, cast(Kind, kind), f"op_{number + 2}", amount, final=final)
        return unasked.do(parent, cast(Deed, kind), amount if final else None)
    except PspError:
        return parent


@given(st.booleans(), st.lists(st.tuples(STEPS, st.integers(1, 60), st.booleans()), max_size=12))
def test_sums_hold_over_all_parts(capture: bool, steps: list[tuple[str, int, bool]]) -> None:
    """Whatever is done to the payment itself, by whomever, leaves what was carved out of it; it may be taken back."""
    parent = payments.begin(
        Payment(id="p", reference="pay_1", amount=100, currency="EUR", token="tok_visa", capture=capture),
        "op_1",
        refused=False,
    )
    for number, (kind, amount, final) in enumerate(steps):
        if kind == "carve":
            child = payments.carve(parent, blank(f"v_{number}", amount), "k", refused=False)
            parent = parent.model_copy(update={"carved": parent.carved + child.amounts.authorized})
        else:
            parent = asked(parent, kind, number, amount, final)
        if parent.stands:
            assert 0 <= parent.carved <= parent.carvable
            assert min(parent.room.held, parent.room.refundable) >= 0
