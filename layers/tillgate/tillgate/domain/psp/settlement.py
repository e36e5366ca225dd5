"""What a PSP's settlement report says about a payment (IS-10): MARKED, then SETTLED; or a difference from our amounts.

Reports commute with all other facts: a line older than our latest knowledge is ignored, as a later one will follow.
"""

from datetime import datetime
from typing import NamedTuple

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.reactions import react
from tillgate.domain.payments.events import SettlementReported
from tillgate.domain.payments.lifecycle import IllegalStep, PaymentStatus
from tillgate.domain.payments.payment import Payment

_RANKS = {None: 0, PaymentStatus.MARKED: 1, PaymentStatus.SETTLED: 2}


class Settled(NamedTuple):
    """One line of a report: what the PSP captured and refunded until `as_of`. Minor units, UTC."""

    payment_id: str
    status: PaymentStatus  # MARKED or SETTLED
    currency: str
    captured: int
    refunded: int
    as_of: datetime


def settle(order: Order, line: Settled, report: str, now: datetime) -> list[Event]:
    """The events for a line; empty if it says nothing new."""
    payment = order.payment(line.payment_id)
    if payment is None or _is_too_early(payment, line):
        return []
    difference = _difference(order, payment, line)
    news = difference != payment.difference if difference else _RANKS[line.status] > _RANKS[payment.settlement]
    if not news and (difference or payment.difference is None):
        return []
    reported = SettlementReported(
        payment_id=line.payment_id, status=line.status, report=report, difference=difference, at=now
    )
    try:
        return [reported, *react(evolve(order, reported), now)]
    except IllegalStep:
        return []


def _is_too_early(payment: Payment, line: Settled) -> bool:
    still_held = payment.held > 0 and not payment.confirmed  # more may be captured; there is no partial settlement
    return payment.pending or still_held or payment.updated_at > line.as_of


def _difference(order: Order, payment: Payment, line: Settled) -> str | None:
    """For a technical payment, its own sums count: its vendors' captures and refunds have lines of their own.

    If it was taken at once, its vendors' parts were taken with it, and all that was allotted to them is theirs.
    """
    of = payment.vendors
    ours = payment.taken + of.taken_back - of.authorized if payment.taken_at_once else payment.taken - of.captured
    refunded = payment.refunded - of.refunded
    if order.currency != line.currency:
        return f"the report has {line.currency}, we have {order.currency}"
    if ours != line.captured:
        return f"the report has {line.captured} captured, we have {ours}"
    if refunded != line.refunded:
        return f"the report has {line.refunded} refunded, we have {refunded}"
    return None
