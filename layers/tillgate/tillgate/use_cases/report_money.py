"""Money that came to our own account is told by an operator, or read out of the bank's statement (IS-18, EV-13).

It is a fact like a PSP's word: saying it again changes nothing, and what comes when nothing is open for it goes back,
by an operator's hand as no PSP stands behind it.
"""

import csv
from collections.abc import Iterator
from io import StringIO

from tillgate.domain.commands import find
from tillgate.domain.creditor_reference import is_reference, plain
from tillgate.domain.errors import NotFound, OperationNotAllowed, Refusal
from tillgate.domain.events import Event
from tillgate.domain.evolve import evolve
from tillgate.domain.facts import Fact, learn
from tillgate.domain.keys import aggregate_key_of
from tillgate.domain.lifecycle import PaymentStatus
from tillgate.domain.order import Actor, OperationStatus, Order, Payment
from tillgate.domain.settlement import Settled, settle
from tillgate.telemetry import count, logger
from tillgate.wiring import System

from .changes import carry_out, change

COLUMNS = ("reference", "amount", "currency")


def report_money(system: System, reference: str, amount: int, currency: str, *, by: str) -> dict[str, object]:
    """What the money came to: MATCHED, or KNOWN if that payment was told of before. `over` is what came too much.

    `amount` in minor units. Raises `NotFound` for a reference that no transfer of ours has.
    """
    payment_id = system.orders.payment_by_reference(plain(reference)) if is_reference(reference) else None
    if payment_id is None:
        raise NotFound("no transfer has this reference")
    cause = f"{amount} {currency} received, told by {by}"
    saved = change(
        system,
        aggregate_key_of(payment_id),
        lambda order: _received(system, order, payment_id, amount, currency, cause),
        actor=Actor.OPERATOR,
        cause=cause,
    )
    order = carry_out(system, saved)
    payment = find(order, payment_id)
    outcome = "MATCHED" if saved.events else "KNOWN"
    count("MoneyReported", outcome=outcome)
    what = {"order_key": order.order_key, "payment_id": payment_id, "outcome": outcome, "amount": amount}
    logger.info("money received", extra=what)
    over = max(0, amount - payment.amount) if saved.events else 0
    if over:
        count("OperatorNeeded")
        logger.error("an operator is needed", extra={"order_key": order.order_key, "why": f"{over} came too much"})
    return {"payment_id": payment_id, "outcome": outcome, "status": payment.status, "order": order.status, "over": over}


def _received(system: System, order: Order, payment_id: str, amount: int, currency: str, cause: str) -> list[Event]:
    payment = find(order, payment_id)
    _check(order, payment, amount, currency)
    if payment.settlement is not None:
        return []
    now, took = system.now(), min(amount, payment.amount)
    fact = Fact(payment_id, payment.authorization.operation_id, OperationStatus.SUCCEEDED, took)
    events = learn(order, [fact], now)
    for event in events:
        order = evolve(order, event)
    took = find(order, payment_id).authorized
    line = Settled(payment_id, PaymentStatus.SETTLED, order.currency, took, 0, now)
    return events + settle(order, line, cause, now)


def _check(order: Order, payment: Payment, amount: int, currency: str) -> None:
    if payment.instructions is None:
        raise OperationNotAllowed("this payment awaits no transfer to our own account")
    if not isinstance(amount, int) or amount < 1:
        raise Refusal("amount is a positive integer of minor units", "/amount")
    if currency != order.currency:
        raise Refusal(f"the order is in {order.currency}", "/currency")


def read_statement(system: System, text: str, *, by: str) -> list[dict[str, object]]:
    """Every line of a collection account's statement as CSV, with what came of it; UNMATCHED ones are an operator's."""
    return [_line(system, line, by) for line in _lines(text)]


def _line(system: System, line: dict[str, str], by: str) -> dict[str, object]:
    told: dict[str, object] = {name: line[name] for name in COLUMNS}
    try:
        return told | report_money(system, line["reference"], int(line["amount"]), line["currency"], by=by)
    except (Refusal, ValueError) as refusal:
        count("MoneyReported", outcome="UNMATCHED")
        return told | {"outcome": "UNMATCHED", "why": str(refusal)}


def _lines(text: str) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(StringIO(text))
    if reader.fieldnames is None or not set(COLUMNS) <= set(reader.fieldnames):
        raise Refusal(f"the first line has to name {', '.join(COLUMNS)}")
    for line in reader:
        yield {name: (line[name] or "").strip() for name in COLUMNS}
