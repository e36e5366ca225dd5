"""Reconciles what PSPs have settled with our payments (GO-4, IS-10).

A PSP delivers a report, or is asked. Either tells the sums of a payment, or each capture and refund with the PSP's fee
and the payout to the bank that it came in: these lines are kept, and a payment is settled once they add up. If sums
differ from ours, the PSP is asked first: that applies news that never reached us and resolves most differences.

Every step can be repeated: a run that ends halfway has kept what it was told, and the next one is told it again.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

from tillgate.connectors.v1 import BankCredit, Settlement
from tillgate.domain.ledger.movements import settled
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import SettlementReported
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payments.payment import Payment
from tillgate.domain.psp.accounts import PspAccount
from tillgate.domain.psp.settlement import Settled, settle
from tillgate.domain.shared.identifiers import aggregate_key_of
from tillgate.domain.shared.modes import Mode
from tillgate.domain.shared.refusals import NotFound
from tillgate.runtime.telemetry import count, logger
from tillgate.store.ledger.books import puts
from tillgate.store.psp.settlements import Credit, Progress, SettledLine
from tillgate.use_cases.psp.ask_psp import ask_psp
from tillgate.use_cases.shared.changes import change, execute_requests, load
from tillgate.wiring import System

LOOK_BACK = timedelta(days=7)  # what is settled late in a payout: a line that is told again changes nothing
FIRST_TIME = timedelta(days=30)

Over = Callable[[], bool]
"""Whether no time is left."""


class NotReconciled(Exception):
    """Some of it could not be recorded, for a reason of ours; the log has each. The rest is."""


class OutOfTime(Exception):
    """The next run goes on: what was told is kept."""


def reconcile(system: System, connector: str, body: bytes, report: str) -> Counter[str]:
    """Counts the lines that were new, known, different, not complete yet or about a payment that is not ours.

    Safe to repeat. Raises `NotReconciled`.
    """
    return _Run(system, PspAccount(connector), report).take(system.psp(connector, None).read_report(body))


def reconcile_asked(system: System, account: PspAccount, since: Progress, over: Over = lambda: False) -> Counter[str]:
    """The same for a PSP that is asked about one account, from where it is known until on; that is noted.

    Raises what the connector raises, `NotReconciled`, `OutOfTime`.
    """
    started = system.now()
    psp = system.psp(account.connector, account.merchant_id, account.mode)
    known = since.known_until or started - FIRST_TIME
    run = _Run(system, account, f"{account.connector} {started:%Y-%m-%d}", since, over)
    found = run.take(psp.settled(min(known, started) - LOOK_BACK))
    system.settlements.note(account, Progress(asked_at=started, done_at=started, known_until=started))
    return found


@dataclass
class _Run:
    """One reading of what was settled with one account."""

    system: System
    account: PspAccount
    report: str
    since: Progress = field(default_factory=Progress)
    over: Over = lambda: False
    found: Counter[str] = field(default_factory=Counter)
    waiting: dict[str, None] = field(default_factory=dict)  # payments whose lines are kept, not added up yet
    failed: int = 0

    def take(self, told: Iterable[Settlement | BankCredit]) -> Counter[str]:
        for one in told:
            self._check_time()
            if isinstance(one, BankCredit):
                self._add_up()
                self._tried(one.payout, partial(self._credit, one))
            else:
                self._tried(one.case, partial(self._line, one))
        self._add_up()
        if self.failed:
            raise NotReconciled(f"{self.failed} of {self.report}")
        return self.found

    def _check_time(self) -> None:
        if self.over():
            raise OutOfTime

    def _tried(self, what: str, step: Callable[[], str | None]) -> None:
        """What cannot be recorded, of a payment or a payout, does not hold up the rest."""
        try:
            outcome = step()
        except Exception:
            self.failed += 1
            logger.exception("not reconciled", extra={"what": what, "report": self.report})
            return
        if outcome:
            self._count(outcome, what)

    def _line(self, told: Settlement) -> str | None:
        if told.kind is None:
            return self._reconcile(_sums(told))
        line = _line(self.account, told)
        if not self.system.settlements.knows(line):
            ours = self._ours(told.case)
            if ours is None:
                return "not ours"
            self.system.settlements.save(line, partial(_booked, self.system, *ours, line))
        self.waiting[told.case] = None
        return None

    def _add_up(self) -> None:
        waiting, self.waiting = self.waiting, {}
        for payment_id in waiting:
            self._check_time()
            self._tried(payment_id, partial(self._added_up, payment_id))

    def _added_up(self, payment_id: str) -> str:
        """A payment is settled with the last of its captures and refunds; until then it is incomplete."""
        ours = self._ours(payment_id)
        if ours is None:
            return "not ours"
        _, payment = ours
        lines = self.system.settlements.of_payment(payment_id)
        sums = {kind: sum(line.amount for line in lines if line.kind == kind) for kind in ("CAPTURE", "REFUND")}
        if sums["CAPTURE"] < payment.captured or sums["REFUND"] < payment.refunded:
            return "incomplete"
        state = "SETTLED" if all(line.state == "SETTLED" for line in lines) else "MARKED"
        as_of = max(self.system.now(), *(line.as_of for line in lines))
        status, currency = PaymentStatus(state), lines[0].currency
        return self._reconcile(Settled(payment_id, status, currency, sums["CAPTURE"], sums["REFUND"], as_of))

    def _credit(self, told: BankCredit) -> None:
        """Kept after its lines: all that arrived until then is known, unless something could not be recorded."""
        credit = Credit(
            payout=told.payout,
            currency=told.currency,
            amount=told.amount,
            arrives_at=told.arrives_at,
            others=dict(told.others),
        )
        self.system.settlements.add_credit(self.account, credit)
        known = min(told.arrives_at, self.system.now())
        if not self.failed and (self.since.known_until is None or self.since.known_until < known):
            self.since = replace(self.since, known_until=known)
            self.system.settlements.note(self.account, self.since)

    def _count(self, outcome: str, payment_id: str) -> None:
        self.found[outcome] += 1
        if outcome not in ("different", "not ours"):
            return
        told = {"payment_id": payment_id, "how": outcome, "report": self.report, "account": self.account.name}
        if outcome == "not ours" and self.account.mode is Mode.TEST:  # several systems may share one test account
            logger.warning("a settlement differs", extra=told)
            return
        count("SettlementDifference")
        logger.error("a settlement differs", extra=told)

    def _ours(self, payment_id: str) -> tuple[Order, Payment] | None:
        """A PSP's account settles only payments that were begun with it."""
        try:
            order = load(self.system, aggregate_key_of(payment_id), self.account.merchant_id)
        except NotFound:
            return None
        payment = order.payment(payment_id)
        return (order, payment) if payment and self.account.has(payment, order.merchant_id) else None

    def _reconcile(self, line: Settled) -> str:
        ours = self._ours(line.payment_id)
        if ours is None:
            return "not ours"
        order, payment = ours
        if (payment.captured, payment.refunded) != (line.captured, line.refunded):
            ask_psp(self.system, order, line.payment_id, cause="settlement report")
        saved = change(
            self.system,
            order.order_key,
            lambda order: settle(order, line, self.report, self.system.now()),
            actor=Actor.PSP,
            cause=f"settlement report {self.report}",
        )
        after = execute_requests(self.system, saved).payment(line.payment_id)
        if after and after.difference:
            return "different"
        return "new" if any(isinstance(event, SettlementReported) for event in saved.events) else "known"


def _booked(
    system: System, order: Order, payment: Payment, line: SettledLine, earlier: SettledLine | None
) -> list[dict[str, Any]]:
    """The fee and the payout are booked when they become known, and what is new of them once more (US-7)."""
    fee = line.fee - (earlier.fee if earlier else 0)
    payout = line.payout if line.payout != (earlier.payout if earlier else None) else None
    if not (fee or payout):
        return []
    at = system.now()
    movement = settled(order, payment, line.reference, fee=fee, settlement=payout or line.payout, at=at)
    return puts(system.orders.table, order.merchant_id, [movement])


def _sums(told: Settlement) -> Settled:
    return Settled(told.case, PaymentStatus(told.state), told.currency, told.amount, told.refunded, told.as_of)


def _line(account: PspAccount, told: Settlement) -> SettledLine:
    return SettledLine(
        payment_id=told.case,
        connector=account.connector,
        kind=str(told.kind),
        reference=told.reference or "",
        currency=told.currency,
        amount=told.amount,
        state=told.state,
        as_of=told.as_of,
        fee=told.fee,
        payout=told.payout,
        payout_arrives_at=told.payout_arrives_at,
        account=account.name,
        net=told.net,
    )
