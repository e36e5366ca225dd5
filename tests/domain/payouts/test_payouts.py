"""A payout's small life: what may follow on what, whatever a PSP says and in whatever order (RG-6)."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from tests.domain.builders import NOON
from tillgate.domain.ledger.entries import CLEARING, Account, Entry, Posting, balances, vendor_account
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payouts.payout import (
    FAILED,
    OPEN,
    PAID,
    PROCESSING,
    RETURNED,
    Impossible,
    Payout,
    begun,
    learned,
    opened,
    payout_id_of,
    posted,
    postpone,
    taken,
)
from tillgate.domain.psp.facts import Fact

ACCOUNT = Account("mer_1", "ven_1", "EUR", "sandbox")
SUCCEEDED, REFUSED, REVERSED = OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.REVERSED


def entry(earned: int, kind: str = "capture", name: str = "e") -> Entry:
    postings = (Posting(CLEARING, earned), Posting(vendor_account("ven_1"), -earned))
    return Entry(name, NOON, "EUR", "ven_1", kind, "sub", postings, merchant_id="mer_1")


def asked_for(amount: int = 100) -> Payout:
    return begun(taken(opened(ACCOUNT, 1, NOON), [entry(amount)], NOON), "acct_1", NOON)


def hears(payout: Payout, *statuses: OperationStatus) -> tuple[Payout, list[Entry]]:
    entries: list[Entry] = []
    for status in statuses:
        after = learned(payout, Fact(payout.payout_id, payout.request_key, status), NOON)
        if after:
            entries += posted(payout, after)
            payout = after
    return payout, entries


def test_the_same_payout_has_the_same_id() -> None:
    assert payout_id_of(ACCOUNT, 1) == opened(ACCOUNT, 1, NOON).payout_id
    others = [payout_id_of(ACCOUNT, 2), payout_id_of(replace(ACCOUNT, currency="USD"), 1)]
    assert len({payout_id_of(ACCOUNT, 1), *others}) == 3


def test_it_is_the_sum_of_its_entries() -> None:
    payout = taken(opened(ACCOUNT, 1, NOON), [entry(100), entry(-30, "refund"), entry(5, "payout_return")], NOON)
    payout = taken(payout, [entry(7)], NOON)
    assert (payout.amount, payout.entries, payout.status) == (82, 4, OPEN)
    assert payout.totals == {"captured": 107, "fees": 0, "refunded": 30, "disputed": 0, "returned": 5, "adjusted": 0}


def test_nothing_and_less_are_not_asked_for() -> None:
    for amount in (0, -40):
        payout = taken(opened(ACCOUNT, 1, NOON), [entry(amount, "refund")], NOON)
        assert not payout.waits_for_a_run
        with pytest.raises(ValueError, match="OPEN"):
            begun(payout, "acct_1", NOON)


def test_what_is_at_the_psp_takes_no_more_entries() -> None:
    with pytest.raises(ValueError, match="takes none"):
        taken(asked_for(), [entry(1)], NOON)
    with pytest.raises(ValueError, match="takes none"):
        taken(opened(ACCOUNT, 1, NOON), [replace(entry(1), vendor_id="ven_2")], NOON)


def test_a_refused_one_takes_more_and_is_asked_for_under_another_key() -> None:
    first = asked_for()
    refused, entries = hears(first, REFUSED)
    assert (refused.status, entries, refused.is_over) == (FAILED, [], False)
    again = begun(taken(refused, [entry(-30, "refund")], NOON), "acct_2", NOON)
    assert (again.amount, again.account, again.attempt) == (70, "acct_2", 2)
    assert again.request_key != first.request_key
    late = Fact(first.payout_id, first.request_key, REFUSED)
    assert learned(again, late, NOON) is None
    with pytest.raises(Impossible):
        learned(again, replace(late, status=SUCCEEDED), NOON)


@pytest.mark.parametrize("told", permutations((OperationStatus.PENDING, SUCCEEDED, REVERSED)))
def test_words_of_a_psp_commute(told: tuple[OperationStatus, ...]) -> None:
    payout, entries = hears(asked_for(), *told, *told)
    assert payout.status is RETURNED
    assert [(one.kind, one.earned) for one in entries] == [("payout", -100), ("payout_return", 100)]
    assert [one.payout_id for one in entries] == [payout.payout_id, None]
    assert set(balances(entries).values()) == {0}


def test_what_cannot_be_changes_nothing() -> None:
    payout, _ = hears(asked_for(), SUCCEEDED)
    assert payout.status is PAID
    with pytest.raises(Impossible):
        hears(payout, REFUSED)
    with pytest.raises(Impossible):
        learned(asked_for(), Fact("out_1", asked_for().request_key, SUCCEEDED, amount=99), NOON)
    grown = taken(hears(asked_for(), REFUSED)[0], [entry(1, name="f")], NOON)
    with pytest.raises(Impossible):  # what was paid is not the sum of its entries any more
        learned(grown, Fact(grown.payout_id, grown.request_key, SUCCEEDED, amount=100), NOON)


def test_that_it_was_paid_outranks_that_it_failed() -> None:
    """Whichever of the two words comes first: an operator's, or an early one of the PSP."""
    payout, entries = hears(asked_for(), REFUSED, SUCCEEDED)
    assert (payout.status, [one.kind for one in entries]) == (PAID, ["payout"])


def test_it_is_asked_about_with_growing_gaps() -> None:
    payout, now, gaps = asked_for(), NOON, list[timedelta]()
    for _ in range(7):
        assert payout.status is PROCESSING
        assert payout.next_check_at is not None
        gaps.append(payout.next_check_at - now)
        now = payout.next_check_at
        payout = postpone(payout, now)
    minutes = [gap // timedelta(minutes=1) for gap in gaps]
    assert minutes == [1, 5, 15, 60, 360, 1440, 1440]
