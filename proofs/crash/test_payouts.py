"""Crash anywhere while vendors are paid (ONE-3): in each call of a run, of its repair and of the run after it.

However often processes die, the PSP pays each vendor what the ledger owes, exactly once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from functions.sandbox_psp.sandbox import storage as psp_storage
from proofs.crash.cloud import Session
from proofs.crash.processes import forget
from proofs.crash.wire import Fault
from proofs.crash.world import LAMBDA_ENDS, MERCHANT, World, new_world
from tillgate.domain.ledger.entries import (
    CLEARING,
    FEES,
    Account,
    Entry,
    Posting,
    balances,
    is_balanced,
    vendor_account,
)
from tillgate.domain.payouts.payout import Payout, PayoutStatus
from tillgate.store.ledger import entries as store_ledger
from tillgate.store.ledger.entries import Ledger, posts, shard_of
from tillgate.store.merchants.accounts import Merchants
from tillgate.store.payouts.payouts import Payouts

VENDOR = "ven_1"
ACCOUNT = Account(MERCHANT, VENDOR, "EUR", "sandbox")
SOLD = (100, 250, 40, 7, 1000)
BACK = (60, 30)
OWED = sum(SOLD) - len(SOLD) - sum(BACK)
LATER = 470  # what comes after the first day: 500 sold, 30 given back


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes a payout take its entries in several transactions."""
    monkeypatch.setattr(store_ledger, "MOST_AT_ONCE", 3)


class Till:
    """One vendor's ledger and payouts in a world, and the PSP's books."""

    def __init__(self, world: World, psp_account: str) -> None:
        self.world = world
        dynamodb = Session(world.cloud, None).create_client("dynamodb")
        self.dynamodb: Any = dynamodb
        self.ledger, self.payouts = Ledger(dynamodb, "orders"), Payouts(dynamodb, "orders")
        self.merchants = Merchants(dynamodb, "merchants")
        self.has_account(psp_account)
        for number, amount in enumerate(SOLD):
            self.writes(f"s{number}", "capture", {CLEARING: amount, FEES: -1}, 1 - amount)
        for number, amount in enumerate(BACK):
            self.writes(f"r{number}", "refund", {CLEARING: -amount}, amount)

    def has_account(self, psp_account: str) -> None:
        self.merchants.change_vendor(MERCHANT, VENDOR, lambda it: replace(it, name="Baker", psp_account=psp_account))

    def suspend(self, who: str, suspended: bool) -> None:
        if who == "vendor":
            self.merchants.change_vendor(MERCHANT, VENDOR, lambda it: replace(it, suspended=suspended))
        else:
            self.merchants.change_merchant(MERCHANT, lambda it: replace(it, suspended=suspended))

    def writes(self, name: str, kind: str, others: dict[str, int], vendors: int) -> None:
        postings = tuple(Posting(*one) for one in {**others, vendor_account(VENDOR): vendors}.items())
        at = self.world.tick() - timedelta(days=8)
        entry = Entry(name, at, "EUR", VENDOR, kind, f"sub-{name}", postings, merchant_id=MERCHANT)
        self.dynamodb.transact_write_items(TransactItems=posts("orders", MERCHANT, [entry]))

    def runs(self) -> Any:
        event = {"shard": shard_of(ACCOUNT), "after": None, "captured_until": None}
        return self.world.function("pay_vendors", event)

    def all_payouts(self) -> list[Payout]:
        return self.payouts.page(MERCHANT, VENDOR, 100, None)[0]

    def at_psp(self) -> list[Any]:
        found = [psp_storage.find_payout(payout.payout_id) for payout in self.all_payouts()]
        known = [sk for _, sk in self.world.cloud.tables.items.get("psp", {}) if sk == "PAYOUT"]
        assert len([one for one in found if one]) == len(known), "the PSP has a payout that nobody asked for"
        return [operation for one in found if one for operation in one.operations]

    def flaws(self, owed: int) -> list[str]:
        """What is wrong once everything is at rest, in words; `owed` must have been paid."""
        entries = list(self.ledger.entries(MERCHANT, VENDOR, "EUR"))
        paid = sum(operation.amount for operation in self.at_psp() if operation.status == "succeeded")
        found = [] if paid == owed else [f"the PSP has paid {paid}, {owed} was owed"]
        found += [f"{one.entry_id} does not balance" for one in entries if not is_balanced(one)]
        found += [] if sum(balances(entries).values()) == 0 else ["the ledger does not balance"]
        left = -balances(entries)[vendor_account(VENDOR), "EUR"]
        found += [] if left == 0 else [f"{left} stands in the ledger"]
        for payout in self.all_payouts():
            if payout.status not in (PayoutStatus.PAID, PayoutStatus.RETURNED):
                found.append(f"{payout.payout_id} is {payout.status}")
            of = [one for one in entries if one.payout_id == payout.payout_id and one.kind != "payout"]
            if payout.amount != sum(one.earned for one in of) or payout.entries != len(of):
                found.append(f"{payout.payout_id} is not the sum of its entries")
        found += [f"{queue} holds messages" for queue, left in self.world.cloud.queues.items() if left]
        return found


@dataclass(frozen=True)
class Case:
    """`mended`: the vendor's account from the second day on."""

    psp_account: str
    mended: str | None = None
    days: int = 2


CASES = {
    "paid": Case("acct_1"),
    "refused, then paid": Case("acct_payout_fails", "acct_1", days=3),
    "pending": Case("acct_payout_pending"),
    "answer lost": Case("acct_payout_timeout"),
    "error, then paid": Case("acct_payout_error", "acct_1", days=3),
    "sent back, then paid": Case("acct_payout_returned", "acct_1", days=3),
}


def lived(case: Case, plan: dict[int, Fault]) -> tuple[Till, World]:
    """A few days of daily runs, with these faults."""
    with new_world(plan) as world:
        till = Till(world, case.psp_account)
        forget()
        world.wire.watched = True
        for number in range(case.days):
            till.runs()
            forget()
            if number == 0:
                till.writes("later-r", "refund", {CLEARING: -30}, 30)
                till.writes("later-s", "capture", {CLEARING: 500}, -500)
            world.settle(timedelta(hours=23))
            if case.mended:
                till.has_account(case.mended)
            forget()
        world.wire.watched = False
        till.runs()
        world.settle()
        assert till.flaws(OWED + LATER) == [], (plan, till.all_payouts())
        return till, world


@pytest.mark.parametrize("name", CASES)
def test_every_place(name: str, record_property: Callable[[str, object], None]) -> None:
    case = CASES[name]
    _, world = lived(case, {})
    places = len(world.wire.places)
    assert places > 10
    for place, fault in product(range(places), Fault):
        lived(case, {place: fault})
    record_property("crash", (f"pay_vendors: {name}", places, places * len(Fault)))


@pytest.mark.parametrize("name", ["paid", "refused, then paid"])
def test_two_runs_at_once_pay_once(name: str) -> None:
    """Between any two calls of one run, the other runs from beginning to end."""
    place, more = 0, True
    while more:
        with new_world() as world:
            till = Till(world, CASES[name].psp_account)
            forget()
            world.wire.meanwhile[place] = till.runs
            world.wire.watched = True
            till.runs()
            world.wire.watched = False
            more = place < len(world.wire.places)
            world.settle()
            if CASES[name].mended:
                till.has_account("acct_1")
                forget()
                till.runs()
                world.settle()
            assert till.flaws(OWED) == [], place
            assert len(till.all_payouts()) == 1, place
        place += 1
    assert place > 10


def day(till: Till) -> None:
    till.world.pass_time(LAMBDA_ENDS)
    forget()
    till.runs()
    till.world.settle(timedelta(hours=23))


@pytest.fixture
def till() -> Iterator[Till]:
    with new_world() as world:
        yield Till(world, "acct_1")


def test_a_refund_after_the_payout_is_taken_up_by_the_next(till: Till) -> None:
    day(till)
    till.writes("late", "refund", {CLEARING: -90}, 90)
    day(till)
    waiting = till.all_payouts()[0]
    assert (waiting.status, waiting.amount) == (PayoutStatus.OPEN, -90)
    till.writes("next", "capture", {CLEARING: 200}, -200)
    day(till)
    assert [(one.status, one.amount, one.entries) for one in till.all_payouts()] == [
        (PayoutStatus.PAID, 110, 2),
        (PayoutStatus.PAID, OWED, len(SOLD) + len(BACK)),
    ]
    assert till.flaws(OWED + 110) == []


def test_what_is_held_is_not_paid_yet(till: Till) -> None:
    day(till)
    fresh = Entry("fresh", till.world.tick(), "EUR", VENDOR, "capture", "sub", (), merchant_id=MERCHANT)
    postings = (Posting(CLEARING, 10), Posting(vendor_account(VENDOR), -10))
    entry = replace(fresh, postings=postings)
    till.dynamodb.transact_write_items(TransactItems=posts("orders", MERCHANT, [entry]))
    day(till)
    assert len(till.all_payouts()) == 1
    till.world.pass_time(timedelta(days=7))
    day(till)
    assert till.flaws(OWED + 10) == []


@pytest.mark.parametrize("who", ["vendor", "merchant"])
def test_who_is_suspended_is_not_paid(till: Till, who: str) -> None:
    till.suspend(who, True)
    forget()
    assert till.runs()["counts"]["suspended"] == 1
    assert till.all_payouts() == []
    till.suspend(who, False)
    day(till)
    assert till.flaws(OWED) == []
