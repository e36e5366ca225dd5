"""Records money received on our own account, reported by an operator or read from a bank statement (IS-18, EV-13).

Each booking has an id of its own and is recorded once, in the transaction that says what it is for. Reporting it again
changes nothing; a second transfer with the same reference is money like the first (see `bank_bookings`).
"""

from datetime import date

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.lookup import find_payment
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import OutcomeLearned
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payments.payment import Payment
from tillgate.domain.psp.bank_bookings import receive
from tillgate.domain.psp.creditor_reference import references_in
from tillgate.domain.shared.identifiers import aggregate_key_of
from tillgate.domain.shared.refusals import NotFound, OperationNotAllowed, Refusal
from tillgate.runtime.telemetry import count, logger
from tillgate.use_cases.shared.changes import change, execute_requests
from tillgate.wiring import System

LONGEST_ID = 100
MOST_PAYMENTS = 200  # per order: its item has no room for more


class AmbiguousReference(Refusal):
    """The text has the references of several transfers; `candidates` has each with its payment."""

    def __init__(self, found: dict[str, str]) -> None:
        self.candidates = [{"reference": each, "payment_id": payment_id} for each, payment_id in found.items()]
        super().__init__(f"several transfers have a reference in this text: {', '.join(found)}", "/reference")


def report_money(
    system: System,
    reference: str,
    amount: int,
    currency: str,
    booking_id: str,
    *,
    by: str,
    value_date: date | None = None,
) -> dict[str, object]:
    """The result for the booking: MATCHED, or KNOWN if it was reported before. `over` is the overpaid amount.

    `reference`: as the payer wrote it, with whatever words around it. `amount` in minor units. Raises `NotFound` for a
    text without a reference of ours, `AmbiguousReference` for one with several, and `Refusal` for a booking that was
    reported with different content before.
    """
    payment_id = _payment_of(system, reference)
    check_id("booking_id", booking_id, LONGEST_ID)
    cause = f"{amount} {currency} received, told by {by}"
    saved = change(
        system,
        aggregate_key_of(payment_id),
        lambda order: _received(system, order, payment_id, amount, currency, booking_id, value_date),
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


def found_in(system: System, text: object) -> dict[str, str]:
    """The transfers whose references the text has, however they are written: payments by reference."""
    return system.orders.payments_by_references(references_in(text)) if isinstance(text, str) else {}


def check_id(name: str, text: object, longest: int) -> None:
    """Raises `Refusal` for what cannot be an identifier of a bank."""
    if not isinstance(text, str) or not text.isprintable() or not text.strip() or len(text) > longest:
        raise Refusal(f"{name} must be the bank's identifier, 1 to {longest} characters", f"/{name}")


def _payment_of(system: System, reference: str) -> str:
    found = found_in(system, reference)
    if len(found) > 1:
        raise AmbiguousReference(found)
    for payment_id in found.values():
        return payment_id
    raise NotFound("no transfer has this reference")


def _received(
    system: System,
    order: Order,
    payment_id: str,
    amount: int,
    currency: str,
    booking_id: str,
    value_date: date | None,
) -> list[Event]:
    _check(order, find_payment(order, payment_id), amount, currency)
    told = system.orders.booking(booking_id)
    if told:
        if (aggregate_key_of(told.payment_id), told.amount) != (order.order_key, amount):
            raise Refusal(f"this booking was reported before as {told.amount} for {told.payment_id}", "/booking_id")
        return []
    if len(order.payments) >= MOST_PAYMENTS:
        raise OperationNotAllowed("this order cannot accept more money; return it manually")
    valued = value_date.isoformat() if value_date else None
    return receive(order, payment_id, booking_id, amount, system.now(), valued)


def _check(order: Order, payment: Payment, amount: int, currency: str) -> None:
    if payment.instructions is None:
        raise OperationNotAllowed("this payment does not expect a transfer to our own account")
    if not isinstance(amount, int) or amount < 1:
        raise Refusal("amount must be a positive integer in minor units", "/amount")
    if currency != order.currency:
        raise Refusal(f"the order is in {order.currency}", "/currency")
