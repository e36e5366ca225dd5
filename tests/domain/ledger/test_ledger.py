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
    ADJUSTMENTS,
    CLEARING,
    FEES,
    HOLD,
    Account,
    Entry,
    Posting,
    adjusted,
    balances,
    entries_of,
    fee_kept,
    is_balanced,
    vendor_account,
)
from tillgate.domain.ledger.statement import statement
from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.orders import operating
from tillgate.domain.orders.order import Order, RefundsCommission, Terms
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.payments.disputes import DisputeNotice, DisputeStatus
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payouts.payout import PAID, PROCESSING, Payout, begun, learned, opened, posted, taken
from tillgate.domain.psp.facts import Fact, learn
from tillgate.domain.shared.refusals import Refusal

SUCCEEDED, REVERSED = OperationStatus.SUCCEEDED, OperationStatus.REVERSED
REFUSED = OperationStatus.FAILED


class Bazaar:
    """Technical orders in several currencies, many vendor payments, a ledger and payouts."""

    def __init__(
        self,
        capture: Capture = Capture.MANUAL,
        currency: str = "EUR",
        commission: RefundsCommission = RefundsCommission.PROPORTIONAL,
    ) -> None:
        self.now = NOON
        story = Story(amount=10**9, capture=capture)
        first = story.history[0]
        assert isinstance(first, OrderCreated)
        story.history[0] = replace(first, kind="technical", currency=currency, refunds_commission=commission)
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

    def dispute(self, number: int, amount: int, status: DisputeStatus, revision: int = 1) -> None:
        part = self.parts[number]
        told = DisputeNotice("dp_1", status, amount, "FRAUDULENT", self.now, revision)
        self.change(number, learn(part, [Fact.of_dispute(part.payments[0].payment_id, told)], self.now))

    def adjust(self, vendor: str, amount: int) -> None:
        account = Account("mer_1", vendor, self.order.currency, "sandbox")
        self.post([adjusted(account, amount, f"k{len(self.book)}", self.now, by="ada", reason="goodwill")])

    def balance(self, vendor: str) -> int:
        """What the vendor is owed; below zero for what he owes."""
        return sum(one.earned for one in self.book if one.vendor_id == vendor)

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
            assert payout.amount <= self.balance(vendor), "paid out of what is not there"
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
            assert (
                payout.amount
                == told["captured"]
                - told["fees"]
                - told["refunded"]
                - told["disputed"]
                + told["returned"]
                + told["adjusted"]
            )
        disputed = sum(min(payment.disputed, payment.captured) for payment in payments)
        clearing = sum(payment.captured - payment.refunded for payment in payments) - disputed - paid
        assert found.get((CLEARING, self.order.currency), 0) == clearing
        kept = sum(fee_kept(part, part.payments[0]) for part in self.parts)
        assert found.get((FEES, self.order.currency), 0) == -kept, "the books have other fees than the payments"
        assert len({entry.entry_id for entry in entries}) == len(entries)


def test_capture_refund_and_payout() -> None:
    market = Bazaar()
    part = market.pay("v", 100, fee=7)
    market.capture(part, 100)
    assert balances(market.entries) == {(CLEARING, "EUR"): 100, (FEES, "EUR"): -7, (vendor_account("v"), "EUR"): -93}
    market.refund(part, 30)
    assert balances(market.entries) == {(CLEARING, "EUR"): 70, (FEES, "EUR"): -5, (vendor_account("v"), "EUR"): -65}
    market.pay_out("v")
    assert [entry.kind for entry in market.entries] == ["capture", "refund"], "captured money is held"
    market.now += HOLD
    market.pay_out("v")
    assert balances(market.entries)[vendor_account("v"), "EUR"] == 0
    assert market.entries[-1].postings == (Posting(CLEARING, -65), Posting(vendor_account("v"), 65))


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
        st.sampled_from(["pay", "capture", "refund", "dispute", "decide", "reverse", "adjust", "out", "bank", "wait"]),
        st.integers(0, 9),
        st.integers(1, 500),
    ),
    max_size=40,
)


@given(st.sampled_from(["EUR", "JPY", "KWD"]), st.sampled_from(Capture), st.sampled_from(RefundsCommission), STEPS)
def test_it_balances_and_equals_the_payments_after_any_history(
    currency: str, capture: Capture, commission: RefundsCommission, steps: list[tuple[str, int, int]]
) -> None:
    """And no payout ever pays more than what the vendor has: see `asks_for`."""
    market = Bazaar(capture, currency, commission)
    for verb, which, amount in steps:
        step(market, verb, which, amount)
        market.holds()


def test_it_balances_after_ten_thousand_operations() -> None:
    """Operations that took place; those that were refused are not counted."""
    chance = random.Random(1)
    market = Bazaar()
    often = ["pay", "capture", "capture", "capture", "refund", "dispute", "decide"]
    verbs = [*often, "reverse", "adjust", "out", "bank", "wait"]
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
    assert all(
        kinds.count(kind) > 50
        for kind in (
            *("capture", "refund", "dispute", "dispute_won", "reversal"),
            *("adjustment", "payout", "payout_return"),
        )
    )
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
        elif verb == "adjust":
            market.adjust(f"ven_{which % 5}", amount - 250 or 1)
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
    elif verb == "dispute":
        market.dispute(which, amount, DisputeStatus.NEEDS_RESPONSE)
    elif verb == "decide":
        disputes = market.parts[which].payments[0].disputes
        decided = (DisputeStatus.WON, DisputeStatus.LOST)[amount % 2]
        for each in disputes:
            market.dispute(which, each.amount, decided, each.revision + 1)
    elif amount % 7 == 0:
        market.hears(which, REVERSED)


def test_a_dispute_is_debited_at_once_and_credited_when_it_is_won() -> None:
    """100 sold with a fee of 10, a dispute of 30: its share of the fee goes back with it, by the setting."""
    for commission, debit in ((RefundsCommission.PROPORTIONAL, 27), (RefundsCommission.KEPT, 30)):
        market = Bazaar(commission=commission)
        part = market.pay("v", 100, fee=10)
        market.capture(part, 100)
        market.dispute(part, 30, DisputeStatus.NEEDS_RESPONSE)
        assert (market.entries[-1].kind, market.balance("v")) == ("dispute", 90 - debit)
        market.holds()
        market.dispute(part, 30, DisputeStatus.WON, revision=2)
        assert (market.entries[-1].kind, market.balance("v")) == ("dispute_won", 90)
        market.holds()


def test_a_dispute_after_the_payout_leaves_a_balance_below_zero_that_the_next_one_takes_up() -> None:
    market = Bazaar()
    part = market.pay("v", 100, fee=0)
    market.capture(part, 100)
    market.now += HOLD
    market.pay_out("v")
    market.dispute(part, 100, DisputeStatus.LOST)
    assert market.balance("v") == -100
    other = market.pay("v", 150, fee=0)
    market.capture(other, 150)
    market.now += HOLD
    market.pay_out("v")
    assert [-entry.earned for entry in market.entries if entry.kind == "payout"] == [100, 50]
    payout = market.latest("v")
    assert payout is not None
    assert (payout.totals["captured"], payout.totals["disputed"]) == (150, 100)


def test_what_was_refunded_and_is_disputed_too_is_gone_twice() -> None:
    market = Bazaar()
    part = market.pay("v", 100, fee=0)
    market.capture(part, 100)
    market.refund(part, 40)
    market.dispute(part, 100, DisputeStatus.LOST)
    assert market.balance("v") == -40
    market.holds()


def test_a_fully_refunded_sale_leaves_the_vendor_at_zero() -> None:
    """10.00 sold with 1.00 fee."""
    for commission, left in ((RefundsCommission.PROPORTIONAL, 0), (RefundsCommission.KEPT, -100)):
        market = Bazaar(commission=commission)
        part = market.pay("v", 1000, fee=100)
        market.capture(part, 1000)
        market.refund(part, 1000)
        assert market.balance("v") == left
        market.holds()


@given(
    st.integers(1, 2000).flatmap(lambda amount: st.tuples(st.just(amount), st.integers(0, amount))),
    st.lists(st.integers(1, 700), max_size=30),
    st.lists(st.integers(1, 700), max_size=30),
)
def test_partial_refunds_of_all_give_back_exactly_the_whole_fee(
    sale: tuple[int, int], captures: list[int], refunds: list[int]
) -> None:
    """Whatever the parts are that were captured and that are refunded; the fee never goes up by a refund."""
    market = Bazaar()
    part = market.pay("v", sale[0], fee=sale[1])
    for amount in [*captures, sale[0]]:
        left = market.parts[part].payments[0].available
        if left:
            market.capture(part, min(amount, left))
    for amount in [*refunds, sale[0]]:
        left = market.parts[part].payments[0].refundable
        if left:
            market.refund(part, min(amount, left))
    given_back = [posting.amount for one in market.book for posting in one.postings if posting.account == FEES]
    assert sum(given_back) == 0
    assert all(amount >= 0 for amount in given_back[len(captures) + 1 :])
    assert market.balance("v") == 0


def test_what_the_bank_takes_back_after_a_refund_is_debited_to_the_cent() -> None:
    """Captured 100 with a fee of 7, refunded 30, then the bank takes all 100: nothing of the fee is left, and the
    vendor owes the 30 that the shopper had twice, besides what he was paid."""
    for paid_before in (False, True):
        market = Bazaar()
        part = market.pay("v", 100, fee=7)
        market.capture(part, 100)
        market.refund(part, 30)
        if paid_before:
            market.now += HOLD
            market.pay_out("v")
        before, after = reversed_by_bank(market, part)
        (entry,) = entries_of(before, after)
        assert entry.kind == "reversal"
        assert entry.postings == (Posting(CLEARING, -100), Posting(FEES, 5), Posting(vendor_account("v"), 95))
        market.post([entry])
        assert market.balance("v") == (-30 - 65 if paid_before else -30)
        market.pay_out("v")
        assert market.balance("v") == (-95 if paid_before else -30), "nothing is paid out of it"


def reversed_by_bank(market: Bazaar, part: int) -> tuple[Order, Order]:
    """Before and after: captured went down to nothing, what was refunded stays refunded."""
    before = market.parts[part]
    payment = replace(before.payments[0], captured=0, authorized=0)
    return before, replace(before, payments=(payment,), version=before.version + 1)


def test_a_part_that_the_bank_takes_back_takes_its_share_of_the_fee() -> None:
    for commission in RefundsCommission:
        market = Bazaar(commission=commission)
        part = market.pay("v", 100, fee=10)
        market.capture(part, 100)
        before = market.parts[part]
        payment = replace(before.payments[0], captured=60, authorized=60)
        (entry,) = entries_of(before, replace(before, payments=(payment,)))
        assert {each.account: each.amount for each in entry.postings} == {
            CLEARING: -40,
            FEES: 4,
            vendor_account("v"): 36,
        }


def test_a_refund_that_failed_later_is_the_vendors_again_with_its_fee() -> None:
    market = Bazaar()
    part = market.pay("v", 100, fee=7)
    market.capture(part, 100)
    market.refund(part, 30)
    before = market.parts[part]
    payment = replace(before.payments[0], refunded=0)
    (entry,) = entries_of(before, replace(before, payments=(payment,)))
    assert (entry.kind, entry.earned, entry.is_held) == ("refund_failed", 28, False)


def test_an_adjustment_moves_no_money_at_the_psp() -> None:
    market = Bazaar()
    market.adjust("v", 500)
    market.adjust("v", -200)
    assert balances(market.entries) == {(ADJUSTMENTS, "EUR"): 300, (vendor_account("v"), "EUR"): -300}
    market.pay_out("v")
    payout = market.latest("v")
    assert payout
    assert (payout.amount, payout.totals["adjusted"], payout.totals["captured"]) == (300, 300, 0)


def single(vendor_id: str | None = "v", amount: int = 100) -> Story:
    return Story(amount=amount, terms=Terms(vendor_id=vendor_id))


def booked(story: Story, events: object) -> list[Entry]:
    before = story.order
    story.takes(events)  # type: ignore[arg-type]
    return entries_of(before, replace(story.order, version=len(story.history)))


def test_a_single_vendor_order_is_in_the_ledger_with_each_of_its_payments() -> None:
    """A gift card and a card: each has entries of its own, at its own PSP."""
    story = single()
    card = story.paid(method="gift_card", amount=40)
    rest = story.paid(amount=60)
    book: list[Entry] = []
    for payment_id, amount, fee in ((card, 40, 4), (rest, 60, 3)):
        asked = operating.capture(story.order, payment_id, amount=amount, final=None, fee=fee, now=story.now)
        assert booked(story, asked) == []
        book += booked(story, learn(story.order, [succeeded(story, payment_id)], story.now))
    assert [(one.kind, one.vendor_id, one.reference, one.earned) for one in book] == [
        ("capture", "v", "A-1", 36),
        ("capture", "v", "A-1", 57),
    ]
    assert len({one.entry_id for one in book}) == 2
    assert balances(book) == {(CLEARING, "EUR"): 100, (FEES, "EUR"): -7, (vendor_account("v"), "EUR"): -93}


def test_an_order_without_a_vendor_is_in_no_ledger() -> None:
    story = single(None)
    payment_id = story.paid()
    booked(story, operating.capture(story.order, payment_id, amount=None, final=None, fee=0, now=story.now))
    assert booked(story, learn(story.order, [succeeded(story, payment_id)], story.now)) == []


def test_money_that_nothing_was_open_for_is_no_sale_of_the_vendor() -> None:
    story = single()
    payment_id = story.paid()
    payment = story.order.payments[0]
    taken = replace(story.order, payments=(replace(payment, captured=100, surplus=True),))
    assert entries_of(story.order, taken) == []
    counted = replace(story.order, payments=(replace(payment, captured=100, refunded=30),))
    assert sum(one.earned for one in entries_of(counted, taken)) == -70, payment_id


def succeeded(story: Story, payment_id: str) -> Fact:
    return Fact(payment_id, story.last(payment_id).operation_id, SUCCEEDED)


def test_a_statement_says_how_the_balance_came_about() -> None:
    market = Bazaar(currency="KWD")
    part = market.pay("v", 100_000, fee=7_500)
    market.capture(part, 100_000)
    market.refund(part, 30_000)
    market.now += HOLD
    market.pay_out("v")
    rows = list(csv.DictReader(StringIO(statement(market.entries, "KWD"))))
    assert [(row["kind"], row["gross"], row["fee"], row["amount"], row["balance"]) for row in rows] == [
        ("capture", "100.000", "7.500", "92.500", "92.500"),
        ("refund", "-30.000", "-2.250", "-27.750", "64.750"),
        ("payout", "-64.750", "0.000", "-64.750", "0.000"),
    ]
    (payout,) = market.payouts
    assert [row["payout"] for row in rows] == [payout] * 3


def test_a_reference_is_no_formula() -> None:
    entry = Entry("e", NOON, "JPY", "v", "refund", "=1+1", (Posting(CLEARING, -5), Posting(vendor_account("v"), 5)))
    row = next(csv.DictReader(StringIO(statement([entry], "JPY"))))
    assert (row["reference"], row["amount"]) == ("'=1+1", "-5")


def test_a_statement_says_what_a_balance_below_zero_is_made_of() -> None:
    """And it can begin with an opening balance. What is owed is told PSP by PSP, as payouts are made."""
    market = Bazaar()
    part = market.pay("v", 10_000, fee=1_000)
    market.capture(part, 10_000)
    market.now += HOLD
    market.pay_out("v")
    market.refund(part, 4_000)
    market.adjust("v", -50)
    market.now += timedelta(days=1)
    elsewhere = Account("mer_1", "v", "EUR", "offline")
    market.post([adjusted(elsewhere, 900, "k", market.now, by="ada", reason="=paid twice")])
    rows = list(csv.DictReader(StringIO(statement(market.entries, "EUR"))))
    assert [(row["kind"], row["balance"], row["connector_balance"], row["owed"]) for row in rows] == [
        ("capture", "90.00", "90.00", "0.00"),
        ("payout", "0.00", "0.00", "0.00"),
        ("refund", "-36.00", "-36.00", "36.00"),
        ("adjustment", "-36.50", "-36.50", "0.50"),
        ("adjustment", "-27.50", "9.00", "0.00"),
    ]
    assert (rows[-1]["by"], rows[-1]["reason"], rows[-1]["connector"]) == ("ada", "'=paid twice", "offline")
    opening, *later = csv.DictReader(StringIO(statement(market.entries, "EUR", since=market.now)))
    assert (opening["kind"], opening["connector"], opening["connector_balance"], opening["owed"]) == (
        *("opening_balance", "sandbox"),
        *("-36.50", "36.50"),
    )
    assert [row["kind"] for row in later] == ["adjustment"]
    (closed,) = csv.DictReader(StringIO(statement(market.entries[:4], "EUR", since=market.now)))
    assert (closed["kind"], closed["balance"]) == ("opening_balance", "-36.50")
