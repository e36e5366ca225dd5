"""Whatever is asked of a payment, in whatever order: no more is taken than held, none given back that was not taken."""

from __future__ import annotations

from typing import cast, get_args

from hypothesis import given
from hypothesis import strategies as st

from functions.sandbox_psp.sandbox import payments, unasked
from functions.sandbox_psp.sandbox.errors import PspError
from functions.sandbox_psp.sandbox.instruments import INSTRUMENTS, Deed
from functions.sandbox_psp.sandbox.model import Payment
from functions.sandbox_psp.sandbox.payments import Kind

STARTABLE = sorted(token for token, row in INSTRUMENTS.items() if row.answer != "error")

operation = st.tuples(
    st.sampled_from(["capture", "cancel", "refund"]),
    st.integers(min_value=1, max_value=1200),
    st.booleans(),
)
deed = st.tuples(st.sampled_from(get_args(Deed)), st.none() | st.integers(min_value=1, max_value=1200))
shopper = st.sampled_from(["approve", "decline", "leave", "close", "mature"])
anything = st.one_of(operation, deed, shopper)


def apply(payment: Payment, step: object, key: str) -> Payment:
    try:
        return _applied(payment, step, key)
    except PspError:
        return payment


def _applied(payment: Payment, step: object, key: str) -> Payment:
    match step:
        case (("capture" | "cancel" | "refund") as kind, int(amount), bool(final)):
            return payments.operate(payment, kind, key, amount, final=final)
        case (str(name), (int() | None) as amount):
            return unasked.do(payment, cast(Deed, name), amount)
        case "approve":
            return payments.act(payment, "approve")
        case "decline":
            return payments.act(payment, "decline")
        case "leave":
            return payments.act(payment, "cancel")
        case "close":
            return payments.close(payment)
        case _:
            return payments.mature(payment) or payment


def check(payment: Payment) -> None:
    of = payment.amounts
    assert min(of.authorized, of.captured, of.cancelled, of.refunded) >= 0
    assert of.captured + of.cancelled <= of.authorized <= payment.amount
    assert of.refunded + payment.disputed <= of.captured
    first = payment.authorization
    assert first is not None
    assert of.authorized == (first.amount - done(payment, "reversal") if first.status == "succeeded" else 0)
    assert len({each.id for each in payment.operations}) == len(payment.operations)
    if payment.stands:
        at_once = first.amount if payment.captures_at_once else 0
        assert of.captured == at_once + done(payment, "capture") - done(payment, "reversal")
        assert of.refunded == done(payment, "refund")


def done(payment: Payment, kind: str) -> int:
    """The sum of what succeeded, and did not fail later."""
    return sum(each.amount for each in payment.operations if each.type == kind and each.status == "succeeded")


def begun(token: str, *, capture: bool, amount: int) -> Payment:
    blank = Payment(id="psp_1", reference="r", amount=amount, currency="EUR", token=token, capture=capture)
    return payments.begin(blank, "op_0", refused=False)


@given(st.sampled_from(STARTABLE), st.booleans(), st.integers(1, 2000), st.lists(anything, max_size=12))
def test_sums_hold(token: str, capture: bool, amount: int, steps: list[object]) -> None:
    payment = begun(token, capture=capture, amount=amount)
    check(payment)
    for number, step in enumerate(steps):
        payment = apply(payment, step, f"op_{number + 1}")
        check(payment)


@given(st.lists(operation, max_size=8), st.booleans())
def test_sum_of_what_succeeded_is_what_stands(steps: list[tuple[Kind, int, bool]], capture: bool) -> None:
    payment = begun("tok_visa", capture=capture, amount=2000)
    for number, (kind, amount, final) in enumerate(steps):
        payment = payments.operate(payment, kind, f"op_{number + 1}", amount, final=final)
    done = [known for known in payment.operations[1:] if known.status == "succeeded"]
    taken = 2000 if capture else sum(known.amount for known in done if known.type == "capture")
    assert payment.amounts.captured == taken
    assert payment.amounts.refunded == sum(known.amount for known in done if known.type == "refund")


@given(st.lists(operation, min_size=1, max_size=8))
def test_saying_everything_again_changes_nothing(steps: list[tuple[Kind, int, bool]]) -> None:
    payment = begun("tok_visa", capture=False, amount=2000)
    for _ in range(2):
        for number, (kind, amount, final) in enumerate(steps):
            payment = payments.operate(payment, kind, f"op_{number + 1}", amount, final=final)
    assert len(payment.operations) == len(steps) + 1
