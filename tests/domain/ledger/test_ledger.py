"""The ledger balances whatever happens, and each payout can be explained."""

import csv
import random
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.builders import NOON, Story, evolved
from tillgate.domain.ledger.entries import (
    CLEARING,
    FEES,
    HOLD,
    Entry,
    Posting,
    balances,
    entries_of,
    is_balanced,
    vendor_account,
)
from tillgate.domain.ledger.statement import statement
from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.orders import operating
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payouts.payout import PAID, PROCESSING, Payout, begun, learned, opened, posted, taken
from tillgate.domain.psp.facts import Fact, learn
from tillgate.domain.shared.refusals import Refusal

SUCCEEDED, REVERSED = OperationStatus.SUCCEEDED, OperationStatus.REVERSED
REFUSED = OperationStatus.FAILED


class Bazaar:
    """Technical orders in several currencies, many vendor payments, a ledger and payouts."""

    def __init__(self, capture: Capture = Capture.MANUAL, currency: str = "EUR") -> None:
        self.now = NOON
        story = Story(amount=10**9, capture=capture)
        first = story.history[0]
        assert isinstance(first, OrderCreated)
        story.history[0] = replace(first, kind="technical", currency=currency)
        story.order = evolved(None, story.history)
        self.card = story.paid()
        self.order = story.order
        self.parts: list[Order] = []
        self.book: list[Entry] = []
        self.open: dict[str, list[Entry]] = defaultdict(list)  # a vendor's entries that are in no payout
        self.taken: dict[str, str] = {}  # payouts by entry
        self.payouts: dict[str, Payout] = {}  # by id; the last one of a vendor is its latest

    @property
    def entries(self) -> list[Entry]:
        return [replace(one, payout_id=self.taken.get(one.entry_id, one.payout_id)) for one in self.book]

    def post(self, entries: list[Entry]) -> None:
        self.book += entries
        for one in entries:
            if one.payout_id is None:
                self.open[one.vendor_id].append(one)

    def change(self, number: int, events: object) -> None:
        before = self.parts[number]
        after = replace(evolved(before, events), version=before.version + 1)  # type: ignore[arg-type]
        self.parts[number] = after
        self.post(entries_of(before, after))

    def pay(self, vendor: str, amount: int, fee: int) -> int:
        events = vendor_payments.pay(
            self.order,
            technical_payment_id=self.card,
            vendor_id=vendor,
            amount=amount,
            sub_order_reference=f"sub-{len(self.parts)}",
            fee=fee,
            now=self.now,
        )
        self.parts.append(replace(evolved(None, events), version=1))
        self.hears(len(self.parts) - 1)
        return len(self.parts) - 1

    def hears(self, number: int, status: OperationStatus = SUCCEEDED) -> None:
        part = self.parts[number]
        payment = part.payments[0]
        operation = payment.operations[0 if status is REVERSED else -1]
        at_once = part.capture is Capture.AUTO and operation is payment.operations[0]
        fact = Fact(payment.payment_id, operation.operation_id, status, captured=at_once)
        self.change(number, learn(part, [fact], self.now))

    def capture(self, number: int, amount: int) -> None:
        part = self.parts[number]
        payment_id = part.payments[0].payment_id
        fee = vendor_payments.agreed_fee(part, amount)
        self.change(number, operating.capture(part, payment_id, amount=amount, final=False, fee=fee, now=self.now))
        self.hears(number)

    def refund(self, number: int, amount: int) -> None:
        part = self.parts[number]
        payment_id = part.payments[0].payment_id
        self.change(number, operating.refund(part, payment_id, amount=amount, reason=None, now=self.now))
        self.hears(number)

    def latest(self, vendor: str) -> Payout | None:
        return next((one for one in reversed(self.payouts.values()) if one.vendor_id == vendor), None)

    def asks_for(self, vendor: str) -> Payout | None:
        """A run: the vendor's payout takes what is ripe and is asked for. None where nothing is to be paid."""
        payout = self.latest(vendor)
        if payout and payout.status is PROCESSING:
            return payout
        ripe = [one for one in self.open[vendor] if not one.is_held or one.at <= self.now - HOLD]
        if ripe:
            if payout is None or payout.is_over:
                payout = opened(ripe[0].account, payout.number + 1 if payout else 1, self.now)
            payout = taken(payout, ripe, self.now)
            self.taken |= {one.entry_id: payout.payout_id for one in ripe}
            self.open[vendor] = [one for one in self.open[vendor] if one.entry_id not in self.taken]
        if payout and payout.waits_for_a_run:
            payout = begun(payout, "acct", self.now)
        if payout:
            self.payouts[payout.payout_id] = payout
        return payout if payout and payout.status is PROCESSING else None

    def bank_says(self, payout: Payout, status: OperationStatus) -> bool:
        after = learned(payout, Fact(payout.payout_id, payout.request_key, status), self.now)
        if after is None:
            return False
        self.payouts[payout.payout_id] = after
        self.post(posted(payout, after))
        return True

    def pay_out(self, vendor: str, status: OperationStatus = SUCCEEDED) -> None:
        payout = self.asks_for(vendor)
        if payout:
            self.bank_says(payout, status)

    def holds(self) -> None:
        entries = self.entries
        found = balances(entries)
        assert all(is_balanced(entry) for entry in entries)
        assert sum(found.values()) == 0
        payments = [part.payments[0] for part in self.parts]
        paid = sum(payout.amount for payout in self.payouts.values() if payout.status is PAID)
        within: dict[str | None, list[Entry]] = defaultdict(list)
        for entry in entries:
            if entry.kind != "payout":
                within[entry.payout_id].append(entry)
        for payout in self.payouts.values():
            of = within[payout.payout_id]
            assert payout.amount == sum(one.earned for one in of)
            assert payout.entries == len(of)
            told = payout.totals
            assert payout.amount == told["captured"] - told["fees"] - told["refunded"] + told["returned"]
        clearing = sum(payment.captured - payment.refunded for payment in payments) - paid
        assert found.get((CLEARING, self.order.currency), 0) == clearing
        assert len({entry.entry_id for entry in entries}) == len(entries)


def test_capture_refund_and_payout() -> None:
    market = Bazaar()
    part = market.pay("v", 100, fee=7)
    market.capture(part, 100)
    assert balances(market.entries) == {(CLEARING, "EUR"): 100, (FEES, "EUR"): -7, (vendor_account("v"), "EUR"): -93}
    market.refund(part, 30)
    market.pay_out("v")
    assert [entry.kind for entry in market.entries] == ["capture", "refund"], "captured money is held"
    market.now += HOLD
    market.pay_out("v")
    assert balances(market.entries)[vendor_account("v"), "EUR"] == 0
    assert market.entries[-1].postings == (Posting(CLEARING, -63), Posting(vendor_account("v"), 63))


def test_a_refund_after_the_payout_is_taken_up_by_the_next() -> None:
    market = Bazaar()
    part = market.pay("v", 100, fee=0)
    market.capture(part, 100)
    market.now += HOLD
    market.pay_out("v")
    market.refund(part, 40)
    assert balances(market.entries)[vendor_account("v"), "EUR"] == 40
    market.pay_out("v")
    other = market.pay("v", 100, fee=0)
    market.capture(other, 100)
    market.now += HOLD
    market.pay_out("v")
    assert [-entry.earned for entry in market.entries if entry.kind == "payout"] == [100, 60]


def test_what_the_bank_takes_back_is_taken_back_with_its_fee() -> None:
    market = Bazaar()
    part = market.pay("v", 100, fee=7)
    market.capture(part, 100)
    market.hears(part, REVERSED)
    assert set(balances(market.entries).values()) == {0}
    assert market.entries[-1].kind == "reversal"


def test_what_was_captured_at_once_keeps_the_agreed_fee() -> None:
    market = Bazaar(Capture.AUTO)
    market.pay("v", 100, fee=7)
    assert balances(market.entries)[FEES, "EUR"] == -7


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["pay", "capture", "refund", "reverse", "out", "bank", "wait"]),
        st.integers(0, 9),
        st.integers(1, 500),
    ),
    max_size=40,
)


@given(st.sampled_from(["EUR", "JPY", "KWD"]), st.sampled_from(Capture), STEPS)
def test_it_balances_after_any_history(currency: str, capture: Capture, steps: list[tuple[str, int, int]]) -> None:
    market = Bazaar(capture, currency)
    for verb, which, amount in steps:
        step(market, verb, which, amount)
        market.holds()


def test_it_balances_after_ten_thousand_operations() -> None:
    """Operations that took place; those that were refused are not counted."""
    chance = random.Random(1)
    market = Bazaar()
    verbs = ["pay", "capture", "capture", "capture", "refund", "reverse", "out", "bank", "wait"]
    done = 0
    for number in range(40_000):
        recent = max(0, len(market.parts) - 1 - chance.randrange(40))
        done += step(market, chance.choice(verbs), recent, chance.randrange(1, 500))
        if number % 2_000 == 0:
            market.holds()
        if done == 10_000:
            break
    market.holds()
    assert done == 10_000
    kinds = [entry.kind for entry in market.entries]
    assert all(kinds.count(kind) > 50 for kind in ("capture", "refund", "reversal", "payout", "payout_return"))
    payouts = market.payouts.values()
    assert any(payout.totals["refunded"] and payout.attempt > 1 for payout in payouts), "one was refused, then paid"
    assert any(0 < payout.amount < payout.totals["captured"] - payout.totals["fees"] for payout in payouts)


def step(market: Bazaar, verb: str, which: int, amount: int) -> bool:
    """Whether it could be done."""
    before = len(market.book), market.now, len(market.parts), dict(market.payouts)
    try:
        if verb == "pay":
            market.pay(f"ven_{which % 5}", amount, fee=amount // 10)
        elif verb == "wait":
            market.now += timedelta(hours=amount % 24)
        elif verb == "out":
            market.asks_for(f"ven_{which % 5}")
        elif verb == "bank":
            bank(market, market.latest(f"ven_{which % 5}"), amount)
        elif which < len(market.parts):
            operate(market, verb, which, amount)
    except Refusal:
        return False
    return before != (len(market.book), market.now, len(market.parts), market.payouts)


def bank(market: Bazaar, payout: Payout | None, amount: int) -> None:
    """It pays, refuses, or sends back what it has paid."""
    if payout and payout.status is PROCESSING:
        market.bank_says(payout, REFUSED if amount % 4 == 0 else SUCCEEDED)
    elif payout and payout.status is PAID and amount % 3 == 0:
        market.bank_says(payout, REVERSED)


def operate(market: Bazaar, verb: str, which: int, amount: int) -> None:
    if verb == "capture":
        market.capture(which, amount)
    elif verb == "refund":
        market.refund(which, amount)
    elif amount % 7 == 0:
        market.hears(which, REVERSED)


def test_a_statement_says_how_the_balance_came_about() -> None:
    market = Bazaar(currency="KWD")
    part = market.pay("v", 100_000, fee=7_500)
    market.capture(part, 100_000)
    market.refund(part, 30_000)
    market.now += HOLD
    market.pay_out("v")
    rows = list(csv.DictReader(StringIO(statement(market.entries))))
    assert [(row["kind"], row["gross"], row["fee"], row["amount"], row["balance"]) for row in rows] == [
        ("capture", "100.000", "7.500", "92.500", "92.500"),
        ("refund", "-30.000", "0.000", "-30.000", "62.500"),
        ("payout", "-62.500", "0.000", "-62.500", "0.000"),
    ]
    (payout,) = market.payouts
    assert [row["payout"] for row in rows] == [payout] * 3


def test_a_reference_is_no_formula() -> None:
    entry = Entry("e", NOON, "JPY", "v", "refund", "=1+1", (Posting(CLEARING, -5), Posting(vendor_account("v"), 5)))
    row = next(csv.DictReader(StringIO(statement([entry]))))
    assert (row["reference"], row["amount"]) == ("'=1+1", "-5")
