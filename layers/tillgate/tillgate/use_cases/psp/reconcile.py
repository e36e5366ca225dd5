"""Reconciles what PSPs have settled with our payments (GO-4, IS-10).

A PSP delivers a report, or is asked. Either tells the sums of a payment, or each capture and refund with the PSP's fee
and the payout to the bank that it came in: these lines are kept, and a payment is settled once they add up. If sums
differ from ours, the PSP is asked first: that applies news that never reached us and resolves most differences.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from tillgate.connectors.v1 import Settlement
from tillgate.domain.ledger.movements import settled
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import SettlementReported
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payments.payment import Payment
from tillgate.domain.psp.settlement import Settled, settle
from tillgate.domain.shared.identifiers import aggregate_key_of
from tillgate.domain.shared.refusals import NotFound
from tillgate.runtime.telemetry import count, logger
from tillgate.store.ledger.books import puts
from tillgate.store.psp.settlements import SettledLine
from tillgate.use_cases.psp.ask_psp import ask_psp
from tillgate.use_cases.shared.changes import change, execute_requests, load
from tillgate.wiring import System

LOOK_BACK = timedelta(days=7)  # makes up for days on which this did not run: a line that is told again changes nothing


def reconcile(system: System, connector: str, body: bytes, report: str) -> Counter[str]:
    """Counts the lines that were new, known, different, not complete yet or about a payment that is not ours.

    Safe to repeat.
    """
    return _all(system, connector, system.psp(connector, None).read_report(body), report)


def reconcile_asked(system: System, connector: str, merchant_id: str | None) -> Counter[str]:
    """The same for a PSP that is asked; `merchant_id` None: about the deployment's own account there."""
    told = system.psp(connector, merchant_id).settled(system.now() - LOOK_BACK)
    return _all(system, connector, told, f"{connector} {system.now():%Y-%m-%d}", merchant_id)


def _all(
    system: System, connector: str, told: Iterable[Settlement], report: str, merchant_id: str | None = None
) -> Counter[str]:
    found: Counter[str] = Counter()
    by_payment: dict[str, list[SettledLine]] = {}
    for line in told:
        if line.kind is None:
            _count(found, _reconcile(system, connector, _sums(line), report, merchant_id), line.case, report)
        elif (ours := _is_ours(system, connector, line.case, merchant_id)) is None:
            _count(found, "not ours", line.case, report)
        else:
            kept = _line(connector, line)
            system.settlements.save(kept, partial(_booked, system, *ours, kept))
            by_payment.setdefault(line.case, []).append(kept)
    for payment_id in by_payment:
        lines = system.settlements.of_payment(payment_id)
        _count(found, _add_up(system, connector, payment_id, lines, report, merchant_id), payment_id, report)
    return found


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


def _count(found: Counter[str], outcome: str, payment_id: str, report: str) -> None:
    found[outcome] += 1
    if outcome in ("different", "not ours"):
        count("SettlementDifference")
        logger.error("a settlement differs", extra={"payment_id": payment_id, "how": outcome, "report": report})


def _sums(told: Settlement) -> Settled:
    return Settled(told.case, PaymentStatus(told.state), told.currency, told.amount, told.refunded, told.as_of)


def _line(connector: str, told: Settlement) -> SettledLine:
    return SettledLine(
        payment_id=told.case,
        connector=connector,
        kind=str(told.kind),
        reference=told.reference or "",
        currency=told.currency,
        amount=told.amount,
        state=told.state,
        as_of=told.as_of,
        fee=told.fee,
        payout=told.payout,
        payout_arrives_at=told.payout_arrives_at,
    )


def _add_up(
    system: System, connector: str, payment_id: str, lines: list[SettledLine], report: str, merchant_id: str | None
) -> str:
    """A payment is settled with the last of its captures and refunds; until then it is incomplete."""
    found = _is_ours(system, connector, payment_id, merchant_id)
    if found is None:
        return "not ours"
    _, payment = found
    sums = {kind: sum(line.amount for line in lines if line.kind == kind) for kind in ("CAPTURE", "REFUND")}
    if sums["CAPTURE"] < payment.captured or sums["REFUND"] < payment.refunded:
        return "incomplete"
    state = "SETTLED" if all(line.state == "SETTLED" for line in lines) else "MARKED"
    line = Settled(
        payment_id,
        PaymentStatus(state),
        lines[0].currency,
        sums["CAPTURE"],
        sums["REFUND"],
        max(system.now(), *(line.as_of for line in lines)),
    )
    return _reconcile(system, connector, line, report, merchant_id)


def _is_ours(system: System, connector: str, payment_id: str, merchant_id: str | None) -> tuple[Order, Payment] | None:
    """A PSP settles only payments that were begun with it; with a merchant's own account, only that merchant's."""
    try:
        order = load(system, aggregate_key_of(payment_id), merchant_id)
    except NotFound:
        return None
    payment = order.payment(payment_id)
    return (order, payment) if payment and payment.connector == connector else None


def _reconcile(system: System, connector: str, line: Settled, report: str, merchant_id: str | None) -> str:
    found = _is_ours(system, connector, line.payment_id, merchant_id)
    if found is None:
        return "not ours"
    order, payment = found
    if (payment.captured, payment.refunded) != (line.captured, line.refunded):
        ask_psp(system, order, line.payment_id, cause="settlement report")
    saved = change(
        system,
        order.order_key,
        lambda order: settle(order, line, report, system.now()),
        actor=Actor.PSP,
        cause=f"settlement report {report}",
    )
    after = execute_requests(system, saved).payment(line.payment_id)
    if after and after.difference:
        return "different"
    return "new" if any(isinstance(event, SettlementReported) for event in saved.events) else "known"
