"""Disputes between the connector and the sandbox PSP: what is shown of them, and the merchant's answers (GO-6)."""

import json

import pytest

from functions.sandbox_psp.sandbox import service
from tests.connectors.psp import InProcess, case, start
from tests.sandbox_psp.support import call, operate
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.connectors.v1 import DisputeNotice, Evidence, EvidenceFile, Fact, NoAnswer, NotAccepted

EVIDENCE = Evidence("It was delivered.", (EvidenceFile("receipt.pdf", "application/pdf", b"%PDF-1.7"),))


@pytest.fixture
def disputed(psp: SandboxConnector) -> DisputeNotice:
    """A payment of 49.99 that was captured, with a dispute of 20.00."""
    start(psp, case(token="tok_visa"))
    operate("captures", 4999, "pay_1_2")
    service.do("pay_1", "dispute", 2000)
    return known(psp)


def told(psp: SandboxConnector) -> list[DisputeNotice]:
    return notices(psp.ask(case()))


def notices(facts: list[Fact] | None) -> list[DisputeNotice]:
    assert facts is not None
    return [fact.dispute for fact in facts if fact.dispute]


def known(psp: SandboxConnector) -> DisputeNotice:
    (one,) = told(psp)
    return one


def test_a_dispute_is_a_fact_of_its_own(psp: SandboxConnector, disputed: DisputeNotice) -> None:
    (one,) = told(psp)
    assert (one.status, one.amount, one.reason) == ("NEEDS_RESPONSE", 2000, "FRAUDULENT")
    assert one.evidence_due_at is not None
    assert one.evidence_due_at > one.opened_at
    assert disputed.reference.startswith("dp_")


@pytest.mark.parametrize(("deed", "status"), [("win_dispute", "WON"), ("lose_dispute", "LOST")])
def test_what_the_bank_decides_comes_by_notification(
    psp: SandboxConnector, disputed: DisputeNotice, deed: str, status: str
) -> None:
    call("POST", "/backoffice/pay_1", {"do": deed})
    body = json.dumps({"payment": call("GET", "/payments/pay_1").json}).encode()
    (one,) = notices(psp.read(body))
    assert (one.status, one.revision > disputed.revision) == (status, True)


def test_evidence_puts_it_under_review_and_once_under_its_key(psp: SandboxConnector, disputed: DisputeNotice) -> None:
    for _ in range(2):
        (one,) = notices(psp.send_evidence(case(), disputed.reference, "key_1", EVIDENCE))
        assert (one.status, one.revision) == ("UNDER_REVIEW", 2)


def test_it_is_accepted(psp: SandboxConnector, disputed: DisputeNotice) -> None:
    (one,) = notices(psp.accept_dispute(case(), disputed.reference, "key_1"))
    assert one.status == "ACCEPTED"


def test_one_that_is_closed_takes_no_answer(psp: SandboxConnector, disputed: DisputeNotice) -> None:
    service.do("pay_1", "lose_dispute", None)
    with pytest.raises(NotAccepted):
        psp.accept_dispute(case(), disputed.reference, "key_1")
    with pytest.raises(NotAccepted):
        psp.send_evidence(case(), disputed.reference, "key_2", EVIDENCE)


def test_no_answer_is_no_answer(psp: SandboxConnector, disputed: DisputeNotice, http: InProcess) -> None:
    http.answers = NoAnswer("connection reset")
    assert psp.accept_dispute(case(), disputed.reference, "key_1") is None
    assert psp.send_evidence(case(), disputed.reference, "key_2", EVIDENCE) is None
