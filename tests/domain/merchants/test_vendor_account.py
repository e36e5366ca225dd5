"""Money never goes to an account that is neither the old, valid one, nor approved, nor waited for (RG-6)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from tillgate.domain.merchants.vendor import TOO_LATE, Vendor, approved, called_off, with_account
from tillgate.domain.shared.refusals import OperationNotAllowed, Refusal

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
DELAY = timedelta(hours=48)
BAKER = Vendor("ven_1", "mer_1", "Baker", "old")

type Step = Callable[["Case"], None]


class Case:
    """A vendor, and what somebody who is no program would write down beside it."""

    def __init__(self) -> None:
        self.vendor, self.now = BAKER, NOON
        self.asked: tuple[str, str, datetime] | None = None  # account, by, since when
        self.valid = "old"

    def settle(self) -> None:
        if self.asked and self.now >= self.asked[2] + DELAY:
            self.valid, self.asked = self.asked[0], None

    def check(self) -> None:
        self.settle()
        waits = self.vendor.waiting(self.now)
        assert (waits.psp_account if waits else None) == (self.asked[0] if self.asked else None)
        assert self.vendor.account_at(self.now) == self.valid


def _asks(account: str, by: str) -> Step:
    def step(case: Case) -> None:
        case.settle()
        case.vendor = with_account(case.vendor, account, by, case.now, DELAY)
        if account != case.valid:
            case.asked = (account, by, case.now)

    return step


def _approves(account: str, by: str) -> Step:
    def step(case: Case) -> None:
        case.settle()
        case.vendor = approved(case.vendor, account, by, case.now)
        assert case.asked is not None
        assert case.asked[0] == account
        assert case.asked[1] != by
        case.valid, case.asked = account, None

    return step


def _calls_off(case: Case) -> None:
    case.settle()
    case.vendor = called_off(case.vendor, case.now)
    case.asked = None


def _waits(hours: int) -> Step:
    def step(case: Case) -> None:
        case.now += timedelta(hours=hours)

    return step


STEPS: dict[str, Step] = {
    "ada asks a": _asks("a", "Ada"),
    "eve asks b": _asks("b", "Eve"),
    "ada asks old": _asks("old", "Ada"),
    "ada approves a": _approves("a", "Ada"),
    "grace approves a": _approves("a", "Grace"),
    "grace approves b": _approves("b", "Grace"),
    "calls off": _calls_off,
    "30 hours": _waits(30),
}


def test_whatever_happens_in_whatever_order() -> None:
    """Every sequence of five: what is refused changes nothing."""
    for names in product(STEPS, repeat=5):
        case = Case()
        for name in names:
            before = case.vendor
            try:
                STEPS[name](case)
            except Refusal:
                assert case.vendor == before
            case.check()


def test_the_same_person_by_another_spelling_is_the_same() -> None:
    vendor = with_account(BAKER, "a", "Ada", NOON, DELAY)
    with pytest.raises(OperationNotAllowed):
        approved(vendor, "a", " ADA ", NOON)


def test_it_is_called_off_while_no_process_can_think_otherwise() -> None:
    vendor = with_account(BAKER, "a", "Ada", NOON, DELAY)
    assert called_off(vendor, NOON + DELAY - TOO_LATE).account_at(NOON + DELAY) == "old"
    with pytest.raises(OperationNotAllowed):
        called_off(vendor, NOON + DELAY - TOO_LATE + timedelta(seconds=1))


def test_without_a_delay_it_is_valid_at_once() -> None:
    vendor = with_account(BAKER, "a", "Ada", NOON, timedelta(0))
    assert (vendor.account_at(NOON), vendor.waiting(NOON)) == ("a", None)


def test_nobody_in_particular_changes_no_account() -> None:
    with pytest.raises(Refusal):
        with_account(BAKER, "a", " ", NOON, DELAY)
