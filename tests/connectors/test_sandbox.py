"""What the connector makes of everything the sandbox PSP says, and of what it does not say (GO-8, IS-1)."""

import json
from typing import Any

import pytest

from functions.sandbox_psp.sandbox import service
from functions.sandbox_psp.sandbox.instruments import INSTRUMENTS
from tests.connectors.psp import InProcess, Response, case, close, connector, op, perform, start
from tests.sandbox_psp.support import PSP_URL, call, choose, operate
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.connectors.v1 import Case, Fact, Kind, NoAnswer, NotSent, Outcome

S, T = Outcome, Kind
UNKNOWN = None

# token: status, reason, brand, amount
ANSWERED: dict[str, tuple[Outcome, str | None, str | None, int]] = {
    "tok_visa": (S.SUCCEEDED, None, "visa", 4999),
    "tok_mastercard": (S.SUCCEEDED, None, "mastercard", 4999),
    "tok_amex": (S.SUCCEEDED, None, "amex", 4999),
    "tok_maestro": (S.SUCCEEDED, None, "maestro", 4999),
    "tok_jcb": (S.SUCCEEDED, None, "jcb", 4999),
    "tok_cup": (S.SUCCEEDED, None, "cup", 4999),
    "tok_visa_3ds": (S.ACTION, None, "visa", 4999),
    "tok_declined": (S.FAILED, "REFUSED", "visa", 4999),
    "tok_insufficient": (S.FAILED, "INSUFFICIENT_AMOUNT", "visa", 4999),
    "tok_timeout": (S.SUCCEEDED, None, "visa", 4999),
    "tok_pending": (S.PENDING, None, "visa", 4999),
    "tok_late_failure": (S.SUCCEEDED, None, "visa", 4999),
    "tok_capture_fails": (S.SUCCEEDED, None, "visa", 4999),
    "tok_cancel_fails": (S.SUCCEEDED, None, "visa", 4999),
    "tok_refund_fails": (S.SUCCEEDED, None, "visa", 4999),
    "tok_dispute": (S.SUCCEEDED, None, "visa", 4999),
    "tok_dispute_won": (S.SUCCEEDED, None, "visa", 4999),
    "tok_dispute_lost": (S.SUCCEEDED, None, "visa", 4999),
    "tok_capture_fails_late": (S.SUCCEEDED, None, "visa", 4999),
    "tok_refund_fails_late": (S.SUCCEEDED, None, "visa", 4999),
    "tok_sca": (S.ACTION, None, "visa", 4999),
    "tok_payout_fails": (S.SUCCEEDED, None, "visa", 4999),
    "gc_1000": (S.SUCCEEDED, None, None, 1000),
    "gc_500": (S.SUCCEEDED, None, None, 500),
    "gc_spent": (S.FAILED, "INSUFFICIENT_AMOUNT", None, 1000),
    "gc_empty": (S.FAILED, "INSUFFICIENT_AMOUNT", None, 4999),
}


def one(facts: list[Fact] | None) -> Fact:
    assert facts is not None
    (fact,) = facts
    return fact


def stored(psp: SandboxConnector) -> list[Fact]:
    facts = psp.ask(case())
    assert facts is not None
    return facts


@pytest.mark.parametrize("token", ANSWERED)
def test_each_token(psp: SandboxConnector, token: str) -> None:
    status, reason, brand, amount = ANSWERED[token]
    fact = one(start(psp, case(token=token, method="gift_card" if token.startswith("gc_") else "card")))
    assert (fact.case, fact.op, fact.outcome, fact.reason, fact.brand, fact.amount) == (
        "pay_1",
        "pay_1_1",
        status,
        reason,
        brand,
        amount,
    )
    assert str(fact.reference).startswith("psp_")
    assert (fact.action is not None) is (status is S.ACTION)
    assert stored(psp) == [fact]


def test_every_token_is_tried_here() -> None:
    missing = {token for token in INSTRUMENTS if token.startswith(("tok_", "gc_"))} - set(ANSWERED) - {"tok_error"}
    assert not missing


def test_error_is_unknown_until_the_psp_is_asked_which_has_not_heard_of_it(psp: SandboxConnector) -> None:
    assert start(psp, case(token="tok_error")) == UNKNOWN
    assert psp.ask(case()) == []


def test_an_answer_that_never_comes_is_found_by_asking(psp: SandboxConnector, http: InProcess) -> None:
    http.loses = "/payments"
    assert start(psp, case(token="tok_timeout")) == UNKNOWN
    assert one(psp.ask(case())).outcome is S.SUCCEEDED


@pytest.mark.parametrize("token", ["tok_unknown", "x" * 101])
def test_what_the_psp_will_never_take_has_failed(psp: SandboxConnector, token: str) -> None:
    fact = one(start(psp, case(token=token)))
    assert (fact.outcome, fact.reason) == (S.FAILED, "OTHER")
    assert fact.details["message"]  # so the merchant is told why


def test_capture_auto_takes_the_money_with_the_authorization(psp: SandboxConnector) -> None:
    """RG-2."""
    fact = one(start(psp, case(token="tok_visa", capture="auto")))
    assert (fact.outcome, fact.captured) == (S.SUCCEEDED, 4999)


def test_a_refusing_account(psp: SandboxConnector) -> None:
    fact = one(start(psp, case(token="tok_visa", account="acct_refusing")))
    assert (fact.outcome, fact.reason) == (S.FAILED, "REFUSED")


@pytest.mark.parametrize(
    ("action", "status", "reason"),
    [
        ("approve", S.SUCCEEDED, None),
        ("decline", S.FAILED, "REFUSED"),
        ("cancel", S.FAILED, "CANCELLED_BY_PAYER_AT_BANK"),
    ],
)
def test_the_shoppers_choice(psp: SandboxConnector, action: str, status: Outcome, reason: str | None) -> None:
    """CM-5."""
    redirect = one(start(psp, case(token="tok_visa_3ds"))).action
    assert redirect is not None
    assert redirect.url.startswith(f"{PSP_URL}/pay/psp_")
    choose(redirect.url, action)
    fact = one(psp.ask(case()))
    assert (fact.outcome, fact.reason, fact.action) == (status, reason, None)


@pytest.mark.parametrize(
    ("steps", "last"),
    [
        ([(T.CAPTURE, 2000, False)], S.SUCCEEDED),
        ([(T.CAPTURE, 2000, True)], S.SUCCEEDED),
        ([(T.CANCEL, 2000, False)], S.SUCCEEDED),
        ([(T.CAPTURE, 2000, False), (T.REFUND, 2000, False)], S.SUCCEEDED),
        ([(T.CAPTURE, 5000, False)], S.FAILED),
        ([(T.REFUND, 1, False)], S.FAILED),
    ],
)
def test_operations(
    psp: SandboxConnector,
    payment_at_psp: None,
    steps: list[tuple[Kind, int, bool]],
    last: Outcome,
) -> None:
    """TH-6, TH-7, TH-8."""
    facts: list[Fact] = []
    for number, (kind, amount, final) in enumerate(steps, start=2):
        facts = perform(psp, op(kind, number, amount, final=final))
    assert (facts[-1].op, facts[-1].outcome) == (f"pay_1_{len(steps) + 1}", last)
    assert facts[-1].reason == (None if last is S.SUCCEEDED else "OTHER")
    assert stored(psp) == facts


@pytest.mark.parametrize(
    ("token", "kind"),
    [("tok_capture_fails", T.CAPTURE), ("tok_cancel_fails", T.CANCEL), ("tok_refund_fails", T.REFUND)],
)
def test_operations_that_fail(psp: SandboxConnector, token: str, kind: Kind) -> None:
    start(psp, case(token=token))
    if kind is T.REFUND:
        perform(psp, op(T.CAPTURE, 2))
    fact = perform(psp, op(kind, 3))[-1]
    assert (fact.op, fact.outcome, fact.reason) == ("pay_1_3", S.FAILED, "REFUSED")


def test_an_operation_said_twice_is_done_once(psp: SandboxConnector, http: InProcess, payment_at_psp: None) -> None:
    capture = op(T.CAPTURE, 2, 2000)
    http.loses = "/payments/pay_1/captures"
    assert perform(psp, capture) == UNKNOWN
    http.loses = None
    assert perform(psp, capture)[-1].outcome is S.SUCCEEDED
    assert len(stored(psp)) == 2


def test_an_operation_on_a_payment_the_psp_does_not_know(psp: SandboxConnector) -> None:
    assert perform(psp, op(T.CAPTURE, 2)) == UNKNOWN


def test_close_of_what_awaits_the_shopper(psp: SandboxConnector) -> None:
    start(psp, case(token="tok_visa_3ds"))
    fact = one(close(psp, op(T.CLOSE, 2, 0)))
    assert (fact.op, fact.outcome) == ("pay_1_2", S.SUCCEEDED)
    assert stored(psp) == []  # the closed authorization makes no fact: the close says how the payment ends


def test_close_of_what_never_came_holds_against_a_late_request(psp: SandboxConnector) -> None:
    """A tombstone: the authorization that is still under way can do nothing any more."""
    assert one(close(psp, op(T.CLOSE, 2, 0))).outcome is S.SUCCEEDED
    assert start(psp, case(token="tok_visa")) == UNKNOWN
    assert stored(psp) == []


def test_close_of_what_was_paid_meanwhile_says_so(psp: SandboxConnector, payment_at_psp: None) -> None:
    facts = close(psp, op(T.CLOSE, 2, 0))
    assert [(fact.op, fact.outcome) for fact in facts] == [("pay_1_1", S.SUCCEEDED), ("pay_1_2", S.FAILED)]


def test_close_without_an_answer_is_unknown(psp: SandboxConnector, http: InProcess) -> None:
    http.loses = "/payments/pay_1/close"
    assert close(psp, op(T.CLOSE, 2, 0)) == UNKNOWN


def test_late_failure_is_told_when_asked(psp: SandboxConnector) -> None:
    start(psp, case(token="tok_late_failure"))
    service.mature("pay_1")
    fact = one(psp.ask(case()))
    assert (fact.outcome, fact.reason) == (S.REVERSED, "REJECTED_BY_BANK")


def test_what_nobody_asked_for_is_told_by_the_psps_own_reference(psp: SandboxConnector) -> None:
    """GO-13: two equal refunds in the back office are two."""
    start(psp, case(token="tok_visa", capture="auto"))
    service.do("pay_1", "refund", 1000)
    service.do("pay_1", "refund", 1000)
    service.do("pay_1", "reverse", 500)
    _, first, second, reversal = stored(psp)
    for fact, kind, amount in ((first, T.REFUND, 1000), (second, T.REFUND, 1000), (reversal, T.REVERSAL, 500)):
        assert (fact.op, fact.kind, fact.outcome, fact.amount) == (None, kind, S.SUCCEEDED, amount)
        assert fact.as_of is not None
    assert len({fact.reference for fact in (first, second, reversal)}) == 3


def test_a_hold_that_ran_out_at_the_psp_is_a_lapse(psp: SandboxConnector, payment_at_psp: None) -> None:
    (held,) = stored(psp)
    perform(psp, op(T.CAPTURE, 2, 2000))
    service.do("pay_1", "expire_rest", None)
    first, capture, lapse = stored(psp)
    assert held.expires_at is not None
    assert first.expires_at is None, "nothing is held any more"
    assert (lapse.op, lapse.kind, lapse.amount) == (None, T.CANCEL, 2999)
    assert (lapse.lapsed, lapse.reason) == (True, None)
    assert not capture.lapsed
    assert capture.reference not in (None, first.reference)


def test_a_cancel_after_the_lapse_is_refused_and_told_before_it(psp: SandboxConnector, payment_at_psp: None) -> None:
    """What is told first decides how it looks: our cancel has failed, and then the hold has run out."""
    service.do("pay_1", "expire_rest", None)
    _, cancel, lapse = perform(psp, op(T.CANCEL, 2))
    assert (cancel.op, cancel.outcome, cancel.reason) == ("pay_1_2", S.FAILED, "REFUSED")
    assert (lapse.op, lapse.outcome, lapse.lapsed) == (None, S.SUCCEEDED, True)


@pytest.mark.parametrize(
    ("said", "code"),
    [("authentication_required", "AUTHENTICATION_REQUIRED"), ("fraudulent", "SUSPECTED_FRAUD"), ("new", "OTHER")],
)
def test_reasons_in_our_words(psp: SandboxConnector, http: InProcess, said: str, code: str) -> None:
    http.answers = Response(200, json.dumps(with_operation(status="failed", reason=said)).encode())
    assert one(psp.ask(case())).reason == code


# Signatures.


def test_the_psp_refuses_what_we_signed_wrongly(http: InProcess) -> None:
    stranger = connector(http, secret="another secret")
    assert start(stranger, case(token="tok_visa")) == UNKNOWN
    assert stranger.ask(case()) is None  # it was not answered: that is not the same as not known


def test_each_request_is_signed_and_carries_its_key(psp: SandboxConnector, http: InProcess) -> None:
    start(psp, case(token="tok_visa"))
    psp.ask(case())
    (method, path, headers), (_, _, asking) = http.sent
    assert (method, path, headers["Idempotency-Key"]) == ("POST", "/payments", "pay_1_1")
    assert {"Sandbox-Key", "Sandbox-Timestamp", "Sandbox-Signature"} <= set(headers)
    assert "Idempotency-Key" not in asking


# Answers that make no sense leave the outcome open.

GOOD: dict[str, Any] = {
    "id": "psp_1",
    "reference": "pay_1",
    "revision": 1,
    "status": "authorized",
    "amount": 4999,
    "currency": "EUR",
    "brand": "visa",
    "redirect_url": None,
    "amounts": {"authorized": 4999, "captured": 0, "cancelled": 0, "refunded": 0},
    "operations": [
        {"key": "pay_1_1", "type": "authorize", "amount": 4999, "final": False, "status": "succeeded", "reason": None}
    ],
}


def with_operation(**fields: object) -> dict[str, Any]:
    return GOOD | {"operations": [GOOD["operations"][0] | fields]}


def without(name: str) -> dict[str, Any]:
    return {each: value for each, value in GOOD.items() if each != name}


NONSENSE: dict[str, object] = {
    "empty": b"",
    "no JSON": b"<html>",
    "not UTF-8": b'{"id": "\xff"}',
    "too deep": b"[" * 100_000,
    "null": None,
    "a list": [],
    "a number": 1,
    "a text": "authorized",
    **{f"without {name}": without(name) for name in ("id", "reference", "operations", "amounts", "brand")},
    "operations is a number": GOOD | {"operations": 1},
    "operations is an object": GOOD | {"operations": {"a": 1}},
    "operations of numbers": GOOD | {"operations": [1]},
    "amounts is null": GOOD | {"amounts": None},
    "captured is a text": GOOD | {"amounts": {"captured": "0"}},
    "brand is a number": GOOD | {"brand": 7},
    "id is null": GOOD | {"id": None},
    "status is a list": with_operation(status=["succeeded"]),
    "status is new": with_operation(status="half"),
    "amount is infinite": with_operation(amount=float("inf")),
    "amount is a fraction": with_operation(amount=49.99),
    "amount is a text": with_operation(amount="4999"),
    "amount is true": with_operation(amount=True),
    "amount is null": with_operation(amount=None),
    "reason is an object": with_operation(status="failed", reason={"a": 1}),
    "key is a number": with_operation(key=1),
    "reference is a number": with_operation(key=None, type="refund", id=1),
    "changed when": GOOD | {"changed_at": "yesterday"},
    "changed in no zone": GOOD | {"changed_at": "2030-01-01T12:00:00"},
    "held until a number": GOOD | {"expires_at": 7},
    "redirect is an object": with_operation(status="requires_action") | {"redirect_url": {"url": "x"}},
    "of another payment": GOOD | {"reference": "pay_2"},
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
def test_an_answer_that_makes_no_sense_is_no_answer(psp: SandboxConnector, http: InProcess, answer: object) -> None:
    http.answers = Response(200, answer if isinstance(answer, bytes) else json.dumps(answer).encode())
    assert start(psp, case(token="tok_visa")) == UNKNOWN
    assert perform(psp, op(T.CAPTURE, 2)) == UNKNOWN
    assert close(psp, op(T.CLOSE, 3, 0)) == UNKNOWN
    assert psp.ask(case()) is None


def test_an_answer_without_a_status_is_no_answer(psp: SandboxConnector, http: InProcess) -> None:
    """A notification may do without it: what became of the operations is what counts."""
    http.answers = Response(200, json.dumps(without("status")).encode())
    assert psp.ask(case()) is None


def test_the_closed_state_of_another_payment_closes_nothing(psp: SandboxConnector, http: InProcess) -> None:
    http.answers = Response(200, json.dumps(GOOD | {"reference": "pay_2", "status": "closed"}).encode())
    assert close(psp, op(T.CLOSE, 2, 0)) == UNKNOWN


@pytest.mark.parametrize("status", [204, 301, 302, 401, 403, 409, 418, 429, 500, 502, 503, 504])
def test_a_status_that_says_nothing(psp: SandboxConnector, http: InProcess, status: int) -> None:
    http.answers = Response(status, json.dumps(GOOD).encode())
    assert start(psp, case(token="tok_visa")) == UNKNOWN
    assert psp.ask(case()) is None


@pytest.mark.parametrize("error", [NoAnswer("cut off"), NotSent("refused")])
def test_a_connection_that_fails(psp: SandboxConnector, http: InProcess, error: Exception) -> None:
    http.answers = error
    assert start(psp, case(token="tok_visa")) == UNKNOWN
    assert psp.ask(case()) is None


def test_an_answer_without_the_operation_leaves_it_open(psp: SandboxConnector, http: InProcess) -> None:
    http.answers = Response(200, json.dumps(GOOD).encode())
    assert perform(psp, op(T.CAPTURE, 2)) == UNKNOWN


def test_what_others_did_to_the_payment_is_told_too(psp: SandboxConnector, payment_at_psp: None) -> None:
    operate("captures", 1000, "pay_1_2")
    assert [fact.op for fact in stored(psp)] == ["pay_1_1", "pay_1_2"]
    assert call("GET", "/payments/pay_1").status == 200


def gift_card(token: str) -> Case:
    return case("", token, method="gift_card", ops=())


@pytest.mark.parametrize(
    ("token", "balance"), [("gc_1000", 1000), ("gc_empty", 0), ("gc_unheard_of", 0), ("tok_visa", 0)]
)
def test_the_balance_of_a_gift_card(psp: SandboxConnector, token: str, balance: int) -> None:
    """IS-7: what is not a gift card of theirs has nothing to pay with."""
    assert psp.manifest.methods["gift_card"].balance
    assert psp.balance(gift_card(token)) == balance


@pytest.mark.parametrize(
    "answer",
    [
        Response(500, b""),
        Response(404, b""),
        Response(200, b'{"balance": "1000"}'),
        Response(200, b'{"balance": 10.5}'),
    ],
)
def test_a_balance_that_nobody_tells_is_not_known(answer: Response) -> None:
    assert connector(InProcess(answers=answer)).balance(gift_card("gc_1000")) is None


ACCOUNT = {"iban": "DE02120300000000202051", "holder": "Ada"}


def test_an_account_is_debited_under_a_mandate(psp: SandboxConnector) -> None:
    """A bank's confirmation: nothing is held, so nothing is captured."""
    debit = case(method="direct_debit", instrument=ACCOUNT)
    fact = one(start(psp, debit))
    assert (fact.outcome, fact.captured) == (S.SUCCEEDED, 4999)
    assert fact.details["mandate_reference"].startswith("M")
    assert one(psp.ask(debit)).details == fact.details


def test_an_account_is_for_debits_alone(psp: SandboxConnector) -> None:
    assert one(start(psp, case(instrument=ACCOUNT))).outcome is S.FAILED


@pytest.mark.parametrize("token", ["tok_visa", "tok_visa_3ds"])
def test_a_wallet_pays_like_its_card(psp: SandboxConnector, token: str) -> None:
    fact = one(start(psp, case(token=token, method="wallet")))
    assert (fact.outcome, fact.brand) == (S.SUCCEEDED if token == "tok_visa" else S.ACTION, "visa")
