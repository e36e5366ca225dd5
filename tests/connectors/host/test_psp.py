"""What the core makes of a connector's words and faults: a fault moves no money (IS-1, IS-2)."""

from dataclasses import replace
from typing import Any

import pytest

from tests.connectors.host.conftest import MANIFEST, NOON, Acme, Around, authorize
from tillgate.connectors.host.cases import Means
from tillgate.connectors.host.psp import Psp
from tillgate.connectors.v1 import (
    Action,
    Case,
    DisputeNotice,
    Fact,
    Instrument,
    Kind,
    Look,
    NoAnswer,
    NotAuthentic,
    NotSent,
    Op,
    Outcome,
    Sent,
)
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.payments.payment import Redirect
from tillgate.domain.psp import facts as domain

S = OperationStatus


def says(outcome: Outcome, **told: Any) -> Any:
    """A connector's answer about the operation that it was asked for."""
    return lambda case, op: [Fact(case=case.id, kind=op.kind, op=op.id, outcome=outcome, **told)]


def statuses(facts: list[domain.Fact]) -> list[OperationStatus]:
    return [each.status for each in facts]


def test_a_connector_sees_the_case(psp: Psp, acme: Acme, order: Order) -> None:
    payment = order.payments[0]
    acme.does = says(Outcome.SUCCEEDED)
    authorize(psp, order)
    (case,) = acme.cases
    assert (case.id, case.merchant, case.method, case.amount) == (payment.payment_id, order.merchant_id, "card", 300)
    assert (case.currency, case.capture, case.instrument) == (order.currency, "manual", {"token": "tok_1"})
    assert case.return_url == f"{Around.api_url}/psp/acme/return/{payment.payment_id}"
    assert case.notify_url == f"{Around.api_url}/psp/acme/notifications"
    assert [(each.id, each.kind, each.outcome) for each in case.ops] == [
        (payment.authorization.operation_id, Kind.AUTHORIZE, None)
    ]


OUTCOMES = [
    (Outcome.UNKNOWN, S.UNKNOWN),
    (Outcome.ACTION, S.AWAITING_SHOPPER),
    (Outcome.PENDING, S.PENDING),
    (Outcome.FAILED, S.FAILED),
    (Outcome.SUCCEEDED, S.SUCCEEDED),
    (Outcome.REVERSED, S.REVERSED),
]


@pytest.mark.parametrize(("outcome", "status"), OUTCOMES)
def test_an_outcome_in_the_domains_words(
    psp: Psp, acme: Acme, order: Order, outcome: Outcome, status: OperationStatus
) -> None:
    acme.does = says(outcome, reference="psp_1", amount=200, reason="REFUSED", brand="visa")
    (fact,) = authorize(psp, order)
    assert (fact.status, fact.psp_reference, fact.amount, fact.reason_code) == (status, "psp_1", 200, "REFUSED")
    assert (fact.brand, fact.kind) == ("visa", OperationType.AUTHORIZE)


def test_a_form_that_the_browser_posts(psp: Psp, acme: Acme, order: Order) -> None:
    action = Action(kind="post", url="https://acme.example/3ds", data={"PaReq": "x"})
    acme.does = says(Outcome.ACTION, action=action)
    (fact,) = authorize(psp, order)
    assert fact.redirect == Redirect("https://acme.example/3ds", "POST", {"PaReq": "x"})


def fails_with(error: Exception) -> Any:
    def fail(_case: Case, _op: Op) -> list[Fact]:
        raise error

    return fail


@pytest.mark.parametrize("error", [NoAnswer("cut off"), KeyError("id"), ValueError(), ZeroDivisionError(), TypeError()])
def test_what_escapes_is_unknown(psp: Psp, acme: Acme, order: Order, error: Exception) -> None:
    acme.does = fails_with(error)
    payment = order.payments[0]
    assert statuses(authorize(psp, order)) == [S.UNKNOWN]
    assert statuses(psp.perform(order, payment, payment.authorization)) == [S.UNKNOWN]
    assert statuses(psp.close(order, payment, payment.authorization)) == [S.UNKNOWN]
    assert psp.ask(order, payment) is None


def test_a_fault_of_a_connector_is_counted(
    psp: Psp, acme: Acme, order: Order, capsys: pytest.CaptureFixture[str]
) -> None:
    acme.does = fails_with(KeyError("id"))
    authorize(psp, order)
    assert '"ConnectorFault":[1.0]' in capsys.readouterr().out
    acme.does = fails_with(NoAnswer("cut off"))
    authorize(psp, order)
    assert "ConnectorFault" not in capsys.readouterr().out


def test_an_answer_about_something_else_leaves_it_open(psp: Psp, acme: Acme, order: Order) -> None:
    acme.does = lambda case, _: [Fact(case=case.id, kind=Kind.CAPTURE, op="another", outcome=Outcome.SUCCEEDED)]
    assert statuses(authorize(psp, order)) == [S.SUCCEEDED, S.UNKNOWN]
    acme.does = lambda _, op: [Fact(case="pay_2", kind=op.kind, op=op.id, outcome=Outcome.SUCCEEDED)]
    assert statuses(authorize(psp, order)) == [S.UNKNOWN]


@pytest.mark.parametrize(
    "told",
    [
        *({"amount": each} for each in (49.99, "4999", True, -1)),
        {"captured": 1.5},
        *({name: NOON.replace(tzinfo=None)} for name in ("as_of", "expires_at")),
    ],
)
def test_a_fact_that_is_none_is_not_taken_in(psp: Psp, acme: Acme, order: Order, told: dict[str, Any]) -> None:
    acme.does = says(Outcome.SUCCEEDED, **told)
    assert statuses(authorize(psp, order)) == [S.UNKNOWN]


def test_texts_are_bounded(psp: Psp, acme: Acme, order: Order) -> None:
    acme.does = says(Outcome.SUCCEEDED, reference="x" * 10_000, reason="Y" * 10_000)
    (fact,) = authorize(psp, order)
    assert len(fact.psp_reference or "") <= 128
    assert len(fact.reason_code or "") <= 64


def test_a_notification_is_read_with_everything_that_came(psp: Psp, acme: Acme) -> None:
    sent = Sent(query={"case": "pay_1"}, headers={"x-signature": "1"}, body=b"id=7")
    seen: list[Sent] = []

    def read(_: Any, given: Sent) -> Any:
        seen.append(given)
        return [Look(case="pay_1"), Fact(case="pay_1", kind=Kind.REFUND, outcome=Outcome.SUCCEEDED, reference="re_1")]

    acme.does = read
    look, fact = psp.receive(sent)
    assert seen == [sent]
    assert look == Look(case="pay_1")
    assert isinstance(fact, domain.Fact)
    assert (fact.kind, fact.psp_reference, fact.operation_id) == (OperationType.REFUND, "re_1", None)


def test_who_is_not_the_psp_is_told_so(psp: Psp, acme: Acme) -> None:
    acme.does = fails_with(NotAuthentic("no signature"))
    with pytest.raises(NotAuthentic):
        psp.receive(Sent())


def test_a_dispute_and_an_instrument_in_the_domains_words(psp: Psp, acme: Acme, order: Order) -> None:
    notice = DisputeNotice(reference="dp_1", status="WON", amount=200, reason="FRAUDULENT", opened_at=NOON, revision=2)
    instrument = Instrument(token="card_1", brand="visa", last4="4242", expires="")
    acme.does = lambda case, op: [
        Fact(case=case.id, kind=Kind.AUTHORIZE, outcome=Outcome.SUCCEEDED, dispute=notice),
        Fact(case=case.id, kind=op.kind, op=op.id, outcome=Outcome.SUCCEEDED, instrument=instrument),
    ]
    dispute, fact = authorize(psp, order)
    assert dispute.dispute is not None
    assert (dispute.dispute.psp_reference, dispute.dispute.status, dispute.dispute.amount) == ("dp_1", "WON", 200)
    assert fact.instrument is not None
    assert (fact.instrument.psp_token, fact.instrument.expires) == ("card_1", None)


def sends(acme: Acme, *fails: Exception | None, then: Exception | None = None) -> None:
    """It sends as many requests, which fail so, and raises what escapes or `then`."""

    def call(case: Case, op: Op) -> list[Fact]:
        acme.http.fails = list(fails)
        for _ in fails:
            acme.sends()
        if then:
            raise then
        return [Fact(case=case.id, kind=op.kind, op=op.id, outcome=Outcome.NOT_BEGUN)]

    acme.does = call


NOT_BEGUN: dict[str, tuple[tuple[Exception | None, ...], Exception | None, bool]] = {
    "it was not sent": ((NotSent("refused"),), None, True),
    "the PSP turned it away": ((None,), NotSent("401"), True),
    "the connector says so": ((None,), None, True),
    "an earlier request was sent": ((None, NotSent("refused")), None, False),
    "the second was turned away": ((None, None), NotSent("429"), False),
    "the connector says so of the second": ((None, None), None, False),
    "no answer came": ((NoAnswer("cut off"),), None, False),
}


@pytest.mark.parametrize("how", NOT_BEGUN)
def test_a_start_that_was_certainly_not_begun_has_failed(psp: Psp, acme: Acme, order: Order, how: str) -> None:
    fails, then, certain = NOT_BEGUN[how]
    sends(acme, *fails, then=then)
    payment = order.payments[0]
    (fact,) = psp.authorize(order, payment, payment.authorization, Means(), first=True)
    expected = (S.FAILED, "TRY_AGAIN_LATER") if certain else (S.UNKNOWN, None)
    assert (fact.status, fact.reason_code) == expected
    assert statuses(authorize(psp, order)) == [S.UNKNOWN], "a repeated one may have begun before"
    assert statuses(psp.perform(order, payment, payment.authorization)) == [S.UNKNOWN], "what is owed is tried again"


def test_a_merchant_without_credentials_calls_nobody(order: Order) -> None:
    def connect() -> Any:
        raise NotSent("not set up")

    psp = Psp(Around(), replace(MANIFEST), "mer_1", connect)
    assert statuses(authorize(psp, order)) == [S.UNKNOWN]
    assert psp.ask(order, order.payments[0]) is None
