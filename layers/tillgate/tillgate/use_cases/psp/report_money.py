"""Records money received on our own account, reported by an operator or read from a bank statement (IS-18, EV-13).

Each booking has an id of its own and is recorded once, in the transaction that says what it is for. Reporting it again
changes nothing; a second transfer with the same reference is money like the first (see `bank_bookings`).
"""

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.lookup import find_payment
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import OutcomeLearned
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payments.payment import Payment
from tillgate.domain.psp.bank_bookings import receive
from tillgate.domain.psp.creditor_reference import is_reference, plain
from tillgate.domain.shared.identifiers import aggregate_key_of
from tillgate.domain.shared.refusals import NotFound, OperationNotAllowed, Refusal
from tillgate.runtime.telemetry import count, logger
from tillgate.use_cases.shared.changes import change, execute_requests
from tillgate.wiring import System

COLUMNS = ("reference", "amount", "currency")
LONGEST_ID = 100
LONGEST_STATEMENT = 40  # it has to fit into the ids of its lines
MOST_PAYMENTS = 200  # per order: its item has no room for more
NONE_GIVEN = ("", "NOTPROVIDED")  # the latter is SEPA's value for a missing id


def report_money(
    system: System, reference: str, amount: int, currency: str, booking_id: str, *, by: str
) -> dict[str, object]:
    """The result for the booking: MATCHED, or KNOWN if it was reported before. `over` is the overpaid amount.

    `amount` in minor units. Raises `NotFound` for a reference that no transfer of ours has, and `Refusal` for a booking
    that was reported with different content before.
    """
    payment_id = system.orders.payment_by_reference(plain(reference)) if is_reference(reference) else None
    if payment_id is None:
        raise NotFound("no transfer has this reference")
    _check_id("booking_id", booking_id, LONGEST_ID)
    cause = f"{amount} {currency} received, told by {by}"
    saved = change(
        system,
        aggregate_key_of(payment_id),
        lambda order: _received(system, order, payment_id, amount, currency, booking_id),
        actor=Actor.OPERATOR,
        cause=cause,
    )
    order = execute_requests(system, saved)
    payment = find_payment(order, payment_id)
    outcome = "MATCHED" if saved.events else "KNOWN"
    count("MoneyReported", outcome=outcome)
    what = {"order_key": order.order_key, "payment_id": payment_id, "booking_id": booking_id, "amount": amount}
    logger.info("money received", extra=what | {"outcome": outcome})
    return {
        "payment_id": payment_id,
        "booking_id": booking_id,
        "outcome": outcome,
        "status": payment.status,
        "received": payment.received,
        "order": order.status,
        "over": sum(event.amount for event in saved.events if isinstance(event, OutcomeLearned) and event.surplus),
    }


def _received(
    system: System, order: Order, payment_id: str, amount: int, currency: str, booking_id: str
) -> list[Event]:
    _check(order, find_payment(order, payment_id), amount, currency)
    told = system.orders.booking(booking_id)
    if told:
        if (aggregate_key_of(told.payment_id), told.amount) != (order.order_key, amount):
            raise Refusal(f"this booking was reported before as {told.amount} for {told.payment_id}", "/booking_id")
        return []
    if len(order.payments) >= MOST_PAYMENTS:
        raise OperationNotAllowed("this order cannot accept more money; return it manually")
    return receive(order, payment_id, booking_id, amount, system.now())


def _check(order: Order, payment: Payment, amount: int, currency: str) -> None:
    if payment.instructions is None:
        raise OperationNotAllowed("this payment does not expect a transfer to our own account")
    if not isinstance(amount, int) or amount < 1:
        raise Refusal("amount must be a positive integer in minor units", "/amount")
    if currency != order.currency:
        raise Refusal(f"the order is in {order.currency}", "/currency")


def _check_id(name: str, text: object, longest: int) -> None:
    if not isinstance(text, str) or not text.isprintable() or not text.strip() or len(text) > longest:
        raise Refusal(f"{name} must be the bank's identifier, 1 to {longest} characters", f"/{name}")


def read_statement(system: System, text: str, statement: str | None = None, *, by: str) -> list[dict[str, object]]:
    """Every line of a collection account's CSV statement with its result; UNMATCHED lines are left to an operator.

    A line without `booking_id` is identified by its `statement`, and by its ordinal among the lines with the same
    reference and amount there, regardless of position. So a statement that has grown can be read again.
    """
    if statement is not None:
        _check_id("statement", statement, LONGEST_STATEMENT)
    return [_line(system, line, by) for line in _lines(text, statement)]


def _line(system: System, line: dict[str, str], by: str) -> dict[str, object]:
    told: dict[str, object] = dict(line)
    try:
        amount = int(line["amount"])
        return told | report_money(system, line["reference"], amount, line["currency"], line["booking_id"], by=by)
    except (Refusal, ValueError) as refusal:
        count("MoneyReported", outcome="UNMATCHED")
        return told | {"outcome": "UNMATCHED", "why": str(refusal)}


def _lines(text: str, statement: str | None) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(StringIO(text))
    if reader.fieldnames is None or not set(COLUMNS) <= set(reader.fieldnames):
        raise Refusal(f"the header line must name {', '.join(COLUMNS)}")
    if statement is None and "booking_id" not in reader.fieldnames:
        raise Refusal(
            "pass the statement, or a booking_id for each line: otherwise a repeated line cannot be recognized"
        )
    seen = Counter[str]()
    for row in reader:
        line = {name: (row[name] or "").strip() for name in COLUMNS}
        booking_id = (row.get("booking_id") or "").strip()
        if booking_id in NONE_GIVEN and statement is not None:
            same = f"{statement} {plain(line['reference'])} {line['amount']} {line['currency']}"
            seen[same] += 1
            booking_id = f"{same} {seen[same]}"
        yield line | {"booking_id": "" if booking_id in NONE_GIVEN else booking_id}
