"""Each movement of money is booked once, and all of them add up to the orders and to the ledger (US-7)."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize

from tests.domain.builders import NOON, Story
from tests.domain.ledger.test_ledger import STEPS, Bazaar, step
from tests.domain.orders.test_machine import AnOrder
from tillgate.domain.ledger.entries import Entry
from tillgate.domain.ledger.movements import Movement, MovementType, Step, movement_of_entry, movements_of, settled
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order, RefundsCommission, Terms
from tillgate.domain.payments.disputes import DisputeNotice, DisputeStatus
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.domain.payouts.payout import PROCESSING, Payout, learned, moved
from tillgate.domain.psp.facts import Fact, learn
from tillgate.domain.shared.modes import Mode

T = MovementType
SUCCEEDED, REVERSED = OperationStatus.SUCCEEDED, OperationStatus.REVERSED
TAKEN = (T.PAYMENT, T.CAPTURE, T.REVERSAL)
GIVEN_BACK = (T.REFUND, T.REFUND_FAILED)
DISPUTED = (T.DISPUTE, T.DISPUTE_WON, T.DISPUTE_LOST)


def stepwise(order: Order, events: Sequence[Event]) -> list[Step]:
    steps: list[Step] = []
    for event in events:
        after = evolve(order, event)
        steps.append((order, after, event))
        order = after
    return steps


class Booked(Story):
    """A story whose movements are booked as the store books them: change by change."""

    booked: list[Movement]

    def takes(self, events: Sequence[Event]) -> Sequence[Event]:
        known = getattr(self, "booked", [])
        self.booked = [*known, *movements_of(stepwise(self.order, events), len(self.history))]
        return super().takes(events)

    def sums(self, payment_id: str) -> dict[str, int]:
        of = [each for each in self.booked if each.payment_id == payment_id]
        return {
            "captured": sum(each.amount for each in of if each.type in TAKEN),
            "refunded": -sum(each.amount for each in of if each.type in GIVEN_BACK),
            "disputed": -sum(each.amount for each in of if each.type in DISPUTED),
        }

    def told(self) -> list[tuple[str, int]]:
        return [(each.type.value, each.amount) for each in self.booked]


def sums_of(payment: Payment) -> dict[str, int]:
    disputed = min(payment.disputed, payment.captured)
    return {"captured": payment.captured, "refunded": payment.refunded, "disputed": disputed}


class ABookedOrder(AnOrder):
    """Whatever happens to an order: its payments' movements add up to their sums, at any moment."""

    @initialize(amount=st.integers(1, 100), capture=st.sampled_from(list(Capture)))
    def begin(self, amount: int, capture: Capture) -> None:
        self.story = self.booked = Booked(amount, capture)
        self.before: Order = self.story.order

    def check(self) -> None:
        super().check()
        for payment in self.story.order.payments:
            assert self.booked.sums(payment.payment_id) == sums_of(payment)
        booked = getattr(self.booked, "booked", [])
        assert len({each.movement_id for each in booked}) == len(booked)
        assert all(each.amount or each.type is T.DISPUTE_LOST for each in booked), "nothing moved, and it was booked"


TestBookedOrders = ABookedOrder.TestCase
TestBookedOrders.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


class Books(Bazaar):
    """The market of the ledger's tests, with a merchant's books beside the ledger."""

    def __init__(
        self,
        capture: Capture = Capture.MANUAL,
        currency: str = "EUR",
        commission: RefundsCommission = RefundsCommission.PROPORTIONAL,
    ) -> None:
        self.booked: list[Movement] = []
        super().__init__(capture, currency, commission)

    def change(self, number: int, events: object) -> None:
        before = self.parts[number]
        super().change(number, events)
        self.booked += movements_of(stepwise(before, events), self.parts[number].version)  # type: ignore[arg-type]

    def bank_says(self, payout: Payout, status: OperationStatus) -> bool:
        after = learned(payout, Fact(payout.payout_id, payout.request_key, status), self.now)
        if after:
            self.booked += moved(payout, after)
        return super().bank_says(payout, status)

    def adjust(self, vendor: str, amount: int) -> None:
        super().adjust(vendor, amount)
        self.booked.append(movement_of_entry(self.book[-1]))

    def agrees(self) -> None:
        """Each vendor's movements are what the ledger has: all of it, and by kind."""
        net: Counter[str] = Counter()
        for each in self.booked:
            net[each.vendor_id or ""] += each.net
        for vendor in {entry.vendor_id for entry in self.book}:
            assert net[vendor] == self.balance(vendor)
        assert len({each.movement_id for each in self.booked}) == len(self.booked)
        assert by_kind(self.booked) == of_ledger(self.book)
        at_once = [each.amount for each in self.booked if each.type in TAKEN] if self.at_once else []
        assert sum(each.amount for each in self.booked if each.type is T.ALLOTMENT) == -sum(at_once)

    @property
    def at_once(self) -> bool:
        return self.order.capture is Capture.AUTO


def by_kind(booked: list[Movement]) -> dict[str, int]:
    kinds = {T.PAYMENT: "captured", T.CAPTURE: "captured", T.REVERSAL: "captured"}
    found: Counter[str] = Counter()
    for each in booked:
        if each.type not in (T.ALLOTMENT, T.DISPUTE_LOST):
            found[kinds.get(each.type, each.type.value)] += each.amount
    return {name: amount for name, amount in found.items() if amount}


def of_ledger(entries: list[Entry]) -> dict[str, int]:
    kinds = {"capture": "captured", "reversal": "captured"}
    found: Counter[str] = Counter()
    for entry in entries:
        moved = sum(p.amount for p in entry.postings if p.account in ("psp_clearing", "adjustments"))
        found[kinds.get(entry.kind, entry.kind)] += moved
    return {name: amount for name, amount in found.items() if amount}


@given(st.sampled_from(["EUR", "JPY", "KWD"]), st.sampled_from(Capture), st.sampled_from(RefundsCommission), STEPS)
def test_the_books_equal_the_ledger_after_any_history(
    currency: str, capture: Capture, commission: RefundsCommission, steps: list[tuple[str, int, int]]
) -> None:
    market = Books(capture, currency, commission)
    for verb, which, amount in steps:
        step(market, verb, which, amount)
        market.agrees()


def test_the_books_equal_the_ledger_after_thousands_of_operations() -> None:
    chance = random.Random(2)
    market = Books()
    often = ["pay", "capture", "capture", "capture", "refund", "dispute", "decide"]
    verbs = [*often, "reverse", "adjust", "out", "bank", "wait"]
    for _ in range(6_000):
        recent = max(0, len(market.parts) - 1 - chance.randrange(40))
        step(market, chance.choice(verbs), recent, chance.randrange(1, 500))
    market.agrees()
    kinds = Counter(each.type for each in market.booked)
    for kind in (T.CAPTURE, T.REFUND, T.DISPUTE, T.DISPUTE_WON, T.REVERSAL, T.ADJUSTMENT, T.PAYOUT, T.PAYOUT_RETURN):
        assert kinds[kind] > 10, kind


def test_a_capture_and_a_refund_name_their_operations() -> None:
    story = Booked(amount=100)
    card = story.paid()
    assert not story.booked, "what is only held has not moved"
    story.captured(card, 60, final=False)
    story.captured(card, 40)
    captures = [op.operation_id for op in story.payment(card).operations if op.type is OperationType.CAPTURE]
    story.refund(card, 30)
    story.hears(card, SUCCEEDED)
    assert story.told() == [("capture", 60), ("capture", 40), ("refund", -30)]
    assert [each.operation_id for each in story.booked] == [*captures, story.last(card).operation_id]
    assert all((each.order_key, each.order_reference) == ("ord_1", "A-1") for each in story.booked)
    assert all(
        (each.method, each.connector, each.psp_reference) == ("card", "sandbox", "psp_1") for each in story.booked
    )


def test_money_taken_at_once_is_a_payment_and_a_late_failure_reverses_it() -> None:
    story = Booked(amount=100, capture=Capture.AUTO)
    card = story.paid()
    story.hears(card, REVERSED, story.authorization(card))
    assert story.told() == [("payment", 100), ("reversal", -100)]


def test_a_bank_payment_is_booked_when_its_money_is_there() -> None:
    story = Booked(amount=100)
    bank = story.paid("bank_redirect")
    assert not story.booked
    story.settled(bank)
    assert story.told() == [("payment", 100)]


def test_a_refund_that_fails_later_is_a_movement_of_its_own() -> None:
    story = Booked(amount=100, capture=Capture.AUTO)
    card = story.paid()
    story.refund(card, 100)
    story.hears(card, SUCCEEDED)
    story.hears(card, REVERSED)
    assert story.told() == [("payment", 100), ("refund", -100), ("refund_failed", 100)]


def test_a_dispute_is_told_when_it_is_opened_and_when_it_is_over() -> None:
    for ended, last in ((DisputeStatus.WON, ("dispute_won", 40)), (DisputeStatus.LOST, ("dispute_lost", 0))):
        story = Booked(amount=100, capture=Capture.AUTO)
        card = story.paid()
        for revision, status in enumerate((DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW, ended, ended)):
            story.learns([Fact.of_dispute(card, DisputeNotice("dp_1", status, 40, "FRAUDULENT", NOON, revision))])
        assert story.told() == [("payment", 100), ("dispute", -40), last]
        assert story.booked[-1].psp_reference == "dp_1"


def test_news_are_booked_when_they_are_known_not_when_it_happened() -> None:
    story = Booked(amount=100)
    card = story.paid()
    story.capture(card)
    story.now += timedelta(days=1)
    story.hears(card, SUCCEEDED, as_of=NOON)
    assert [each.at for each in story.booked] == [NOON + timedelta(days=1)]


def test_a_vendors_sale_tells_the_commission_and_what_is_left() -> None:
    story = Booked(amount=100, terms=Terms(vendor_id="ven_1"))
    card = story.paid()
    story.capture(card, fee=7)
    story.hears(card, SUCCEEDED)
    (capture,) = story.booked
    assert (capture.amount, capture.commission, capture.net, capture.vendor_id) == (100, 7, 93, "ven_1")


def test_a_vendors_part_of_what_was_taken_already_moves_nothing_at_the_psp() -> None:
    market = Books(Capture.AUTO)
    market.pay("v", 60, fee=7)
    vendors, merchants = market.booked
    assert (vendors.type, vendors.amount, vendors.net, vendors.vendor_id) == (T.PAYMENT, 60, 53, "v")
    assert (merchants.type, merchants.amount, merchants.vendor_id) == (T.ALLOTMENT, -60, None)
    assert merchants.payment_id == market.card


def test_a_settlement_tells_the_psps_fee_and_its_payout() -> None:
    story = Booked(amount=100, capture=Capture.AUTO)
    payment = story.payment(story.paid())
    told = settled(story.order, payment, "psp_1", fee=3, settlement="po_1", at=NOON)
    assert (told.amount, told.fee, told.net, told.settlement, told.psp_reference) == (0, 3, -3, "po_1", "psp_1")


def test_test_money_is_marked() -> None:
    story = Booked(amount=100, capture=Capture.AUTO)
    card = story.paid()
    order = story.order
    tested = replace(order, payments=tuple(replace(each, mode=Mode.TEST) for each in order.payments))
    notice = DisputeNotice("dp_1", DisputeStatus.NEEDS_RESPONSE, 40, "FRAUDULENT", NOON, 0)
    (booked,) = movements_of(stepwise(tested, learn(tested, [Fact.of_dispute(card, notice)], NOON)), 2)
    assert booked.is_test
    assert not story.booked[0].is_test


def test_a_payout_to_a_person_is_booked_when_it_is_paid_and_when_it_comes_back() -> None:
    payout = Payout(
        *("out_1", "mer_1", "sandbox", "EUR", PROCESSING, NOON, NOON), amount=50, attempt=1, payout_reference="P-1"
    )
    paid = learned(payout, Fact("out_1", "out_1-1", SUCCEEDED), NOON)
    assert paid is not None
    back = learned(paid, Fact("out_1", "out_1-1", REVERSED), NOON)
    assert back is not None
    told = [*moved(payout, paid), *moved(paid, back)]
    assert [(each.type, each.amount, each.payout_reference) for each in told] == [
        (T.PAYOUT, -50, "P-1"),
        (T.PAYOUT_RETURN, 50, "P-1"),
    ]
    assert [each.amount for each in moved(payout, back)] == [-50, 50], "that it was paid was never told"
    refused = learned(payout, Fact("out_1", "out_1-1", OperationStatus.FAILED), NOON)
    assert refused is not None
    assert moved(payout, refused) == []
