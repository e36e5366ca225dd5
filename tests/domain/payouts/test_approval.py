"""The second person: who decides on a payout that waits, and what it takes of its day (RG-6)."""

from dataclasses import replace

import pytest

from tests.domain.builders import NOON
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payouts.approval import approved, refused, waiting
from tillgate.domain.payouts.payout import FAILED, OPEN, PAID, PROCESSING, RETURNED, Payout, begun, day_of, learned
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shared.refusals import OperationNotAllowed

ASKED = Payout(
    *("out_1", "mer_1", "sandbox", "EUR", OPEN, NOON, NOON), amount=100, token="tok", counted_on=day_of(NOON)
)


def test_the_second_person_is_another() -> None:
    """However the name is written; somebody else decides."""
    payout = waiting(ASKED, ("Ada  Byron",))
    for decide in (approved, refused):
        for name in ("Ada Byron", " ada byron", "ADA BYRON\t"):
            with pytest.raises(OperationNotAllowed):
                decide(payout, name, "why", NOON)
    assert approved(payout, "Grace", "why", NOON).decision == "Grace: why"


def test_it_is_decided_once() -> None:
    payout = waiting(ASKED, ())
    assert payout.waits_for_operator
    for decided in (approved(payout, "Grace", "why", NOON), refused(payout, "Grace", "why", NOON), ASKED):
        assert not decided.waits_for_operator
        for decide in (approved, refused):
            with pytest.raises(OperationNotAllowed):
                decide(decided, "Grace", "why", NOON)


def test_approved_it_is_asked_for_and_refused_it_never_was() -> None:
    payout = waiting(ASKED, ())
    yes, no = approved(payout, "Grace", "why", NOON), refused(payout, "Grace", "why", NOON)
    assert (yes.status, yes.attempt, yes.token) == (PROCESSING, 1, "tok")
    assert (no.status, no.attempt, no.token, no.reason_code) == (FAILED, 0, None, "REFUSED")
    assert no.is_over


@pytest.mark.parametrize(
    ("told", "status", "used"),
    [
        ([], PROCESSING, 100),
        ([OperationStatus.SUCCEEDED], PAID, 100),
        ([OperationStatus.FAILED], FAILED, 0),
        ([OperationStatus.FAILED, OperationStatus.SUCCEEDED], PAID, 100),
        ([OperationStatus.SUCCEEDED, OperationStatus.REVERSED], RETURNED, 100),
    ],
)
def test_what_failed_takes_nothing_of_its_day(told: list[OperationStatus], status: str, used: int) -> None:
    payout = begun(ASKED, None, NOON)
    for each in told:
        payout = learned(payout, Fact("out_1", payout.request_key, each), NOON) or payout
    assert (payout.status, payout.used) == (status, used)


def test_what_was_never_counted_gives_nothing_back() -> None:
    """A vendor's, and what was made before payouts were counted."""
    assert replace(ASKED, counted_on=None).used == 0
