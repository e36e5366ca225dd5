"""Disputes between the connector and the sandbox PSP: what is shown of them, and the merchant's answers (GO-6)."""

import json

import pytest
import urllib3

from functions.sandbox_psp.sandbox import service
from tests.connectors.psp import InProcess, authorization, payment
from tests.sandbox_psp.support import call, operate
from tillgate.connectors.api import DisputeClosed
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.domain.payments.disputes import Dispute, DisputeNotice, DisputeStatus, Evidence, EvidenceFile
from tillgate.domain.psp.facts import Fact

EVIDENCE = Evidence("It was delivered.", (EvidenceFile("receipt.pdf", "application/pdf", b"%PDF-1.7"),))


@pytest.fixture
def disputed(psp: SandboxConnector) -> Dispute:
    """A payment of 49.99 that was captured, with a dispute of 20.00."""
    psp.authorize(authorization())
    operate("captures", 4999, "pay_1_2")
    service.do("pay_1", "dispute", 2000)
    return known(psp)


def told(psp: SandboxConnector) -> list[DisputeNotice]:
    return notices(psp.ask(payment()))


def notices(facts: list[Fact] | None) -> list[DisputeNotice]:
    assert facts is not None
    return [fact.dispute for fact in facts if fact.dispute]


def known(psp: SandboxConnector) -> Dispute:
    (one,) = told(psp)
    return Dispute(
        dispute_id="pay_1_dp_1",
        psp_reference=one.psp_reference,
        amount=one.amount,
        status=one.status,
        reason=one.reason,
        opened_at=one.opened_at,
        revision=one.revision,
    )


def test_a_dispute_is_a_fact_of_its_own(psp: SandboxConnector, disputed: Dispute) -> None:
    (one,) = told(psp)
    assert (one.status, one.amount, one.reason) == (DisputeStatus.NEEDS_RESPONSE, 2000, "FRAUDULENT")
    assert one.evidence_due_at is not None
    assert one.evidence_due_at > one.opened_at
    assert disputed.psp_reference.startswith("dp_")


@pytest.mark.parametrize(("deed", "status"), [("win_dispute", DisputeStatus.WON), ("lose_dispute", DisputeStatus.LOST)])
def test_what_the_bank_decides_comes_by_notification(
    psp: SandboxConnector, disputed: Dispute, deed: str, status: DisputeStatus
) -> None:
    call("POST", "/backoffice/pay_1", {"do": deed})
    body = json.dumps({"payment": call("GET", "/payments/pay_1").json}).encode()
    (one,) = notices(psp.read_notification(body))
    assert (one.status, one.revision > disputed.revision) == (status, True)


def test_evidence_puts_it_under_review_and_once_under_its_key(psp: SandboxConnector, disputed: Dispute) -> None:
    for _ in range(2):
        (one,) = notices(psp.send_evidence(payment(), disputed, "key_1", EVIDENCE))
        assert (one.status, one.revision) == (DisputeStatus.UNDER_REVIEW, 2)


def test_it_is_accepted(psp: SandboxConnector, disputed: Dispute) -> None:
    (one,) = notices(psp.accept_dispute(payment(), disputed, "key_1"))
    assert one.status is DisputeStatus.ACCEPTED


def test_one_that_is_closed_takes_no_answer(psp: SandboxConnector, disputed: Dispute) -> None:
    service.do("pay_1", "lose_dispute", None)
    with pytest.raises(DisputeClosed):
        psp.accept_dispute(payment(), disputed, "key_1")
    with pytest.raises(DisputeClosed):
        psp.send_evidence(payment(), disputed, "key_2", EVIDENCE)


def test_no_answer_is_no_answer(psp: SandboxConnector, disputed: Dispute, http: InProcess) -> None:
    http.answers = urllib3.exceptions.ProtocolError("connection reset")
    assert psp.accept_dispute(payment(), disputed, "key_1") is None
    assert psp.send_evidence(payment(), disputed, "key_2", EVIDENCE) is None
