"""Refunds and disputes, those of others too."""

import pytest

from tests.connectors.stripe.cases import asked, learned, op, outcomes
from tests.psps.stripe.stand_in import Psp
from tillgate.connectors.stripe.connector import StripeConnector
from tillgate.connectors.v1 import Case, Evidence, EvidenceFile, Fact, Kind, NotAccepted, Outcome


def refunds(stripe: StripeConnector, case: Case) -> list[Fact]:
    return [fact for fact in stripe.ask(case) or [] if fact.kind is Kind.REFUND]


def dispute_of(stripe: StripeConnector, case: Case) -> Fact:
    (fact,) = [fact for fact in stripe.ask(case) or [] if fact.dispute]
    return fact


def test_refunds_in_parts_each_have_a_reference(stripe: StripeConnector, taken: Case) -> None:
    case = taken
    for number, amount in ((2, 1000), (3, 1000), (4, 2999)):
        case = asked(case, op(number, Kind.REFUND, amount, case=case.id))
        (fact,) = stripe.perform(case, case.ops[-1])
        assert (fact.outcome, fact.op, fact.amount) == (Outcome.SUCCEEDED, case.ops[-1].id, amount)
        case = learned(case, [fact])
    assert sorted(fact.amount or 0 for fact in refunds(stripe, case)) == [1000, 1000, 2999]
    assert len({fact.reference for fact in refunds(stripe, case)}) == 3


def test_a_refund_beyond_what_was_captured_is_refused(stripe: StripeConnector, held: Case) -> None:
    case = asked(held, op(2, Kind.CAPTURE, 2000, case=held.id))
    case = learned(case, stripe.perform(case, case.ops[1]))
    assert refunds(stripe, case) == []
    case = asked(case, op(3, Kind.REFUND, 2001, case=held.id))
    fact = stripe.perform(case, case.ops[2])[-1]
    assert (fact.kind, fact.outcome, fact.raw_reason) == (Kind.REFUND, Outcome.FAILED, "charge_over_refunded")


def test_a_refund_in_the_dashboard_is_nobodys_operation(stripe: StripeConnector, psp: Psp, taken: Case) -> None:
    made = psp.backoffice("refund", taken.memory["intent"], amount=500)
    (fact,) = refunds(stripe, taken)
    assert (fact.op, fact.outcome, fact.amount, fact.reference) == (None, Outcome.SUCCEEDED, 500, made["id"])


def test_a_refund_that_fails_later_takes_its_success_back(stripe: StripeConnector, psp: Psp, taken: Case) -> None:
    case = asked(taken, op(2, Kind.REFUND, 500, case=taken.id))
    (done,) = stripe.perform(case, case.ops[1])
    psp.backoffice("fail_refund", str(done.reference))
    (fact,) = refunds(stripe, case)
    assert fact.outcome is Outcome.FAILED
    (fact,) = refunds(stripe, learned(case, [done]))
    assert (fact.outcome, fact.op) == (Outcome.REVERSED, case.ops[1].id)
    assert (fact.reason, fact.raw_reason) == ("CARD_LOST_OR_STOLEN", "lost_or_stolen_card")


def test_a_failed_refund_of_the_dashboard_has_moved_nothing(stripe: StripeConnector, psp: Psp, taken: Case) -> None:
    made = psp.backoffice("refund", taken.memory["intent"], amount=500)
    psp.backoffice("fail_refund", made["id"])
    assert refunds(stripe, taken) == []


def test_a_dispute_is_told_with_its_amount_and_when_evidence_is_due(
    stripe: StripeConnector, psp: Psp, taken: Case
) -> None:
    opened = psp.backoffice("dispute", taken.memory["intent"], amount=3000)
    notice = dispute_of(stripe, taken).dispute
    assert notice
    assert (notice.reference, notice.status, notice.amount) == (opened["id"], "NEEDS_RESPONSE", 3000)
    assert notice.reason == "FRAUDULENT"
    assert notice.evidence_due_at
    assert notice.evidence_due_at > notice.opened_at


@pytest.mark.parametrize(("verdict", "status"), [("win_dispute", "WON"), ("lose_dispute", "LOST")])
def test_a_verdict_is_newer_than_the_evidence(
    stripe: StripeConnector, psp: Psp, taken: Case, verdict: str, status: str
) -> None:
    opened = psp.backoffice("dispute", taken.memory["intent"])["id"]
    before = dispute_of(stripe, taken).dispute
    files = (EvidenceFile("receipt.pdf", "application/pdf", b"%PDF"), EvidenceFile("x.png", "image/png", b"\x89PNG"))
    facts = stripe.send_evidence(taken, opened, f"evidence-{taken.id}", Evidence("They came by themselves.", files))
    assert facts
    assert facts == stripe.send_evidence(
        taken, opened, f"evidence-{taken.id}", Evidence("They came by themselves.", files)
    )
    sent = facts[0].dispute
    psp.backoffice(verdict, opened)
    after = dispute_of(stripe, taken).dispute
    assert before
    assert sent
    assert after
    assert [before.status, sent.status, after.status] == ["NEEDS_RESPONSE", "UNDER_REVIEW", status]
    assert before.revision < sent.revision < after.revision


def test_evidence_has_one_file_of_a_kind(stripe: StripeConnector, psp: Psp, taken: Case) -> None:
    opened = psp.backoffice("dispute", taken.memory["intent"])["id"]
    files = tuple(EvidenceFile(f"{each}.pdf", "application/pdf", b"%PDF") for each in ("one", "other"))
    with pytest.raises(NotAccepted, match="one file as uncategorized_file"):
        stripe.send_evidence(taken, opened, "key-2", Evidence("Two.", files))
    assert psp.posts("files") == 0


def test_an_accepted_dispute_is_told_from_a_lost_one_ever_after(stripe: StripeConnector, psp: Psp, taken: Case) -> None:
    opened = psp.backoffice("dispute", taken.memory["intent"])["id"]
    facts = stripe.accept_dispute(taken, opened, f"accept-{taken.id}")
    assert facts
    assert facts[0].dispute
    assert facts[0].dispute.status == "ACCEPTED"
    notice = dispute_of(stripe, taken).dispute
    assert notice
    assert notice.status == "ACCEPTED"
    assert stripe.accept_dispute(taken, opened, f"accept-{taken.id}") == facts
    with pytest.raises(NotAccepted, match="no evidence any more"):
        stripe.send_evidence(taken, opened, "key-3", Evidence("Too late."))


def test_an_answer_that_is_lost_is_not_known(stripe: StripeConnector, psp: Psp, taken: Case) -> None:
    opened = psp.backoffice("dispute", taken.memory["intent"])["id"]
    psp.unanswered = lambda method, path: method == "POST"
    assert stripe.accept_dispute(taken, opened, f"lost-{taken.id}") is None
    psp.unanswered = lambda *_: False
    facts = stripe.accept_dispute(taken, opened, f"lost-{taken.id}")
    assert outcomes(facts) == [(Kind.REVERSAL, Outcome.SUCCEEDED, None)]
