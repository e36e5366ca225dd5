"""Invoices (RG-7): an order whose payment link is sent to the customer by e-mail, and that can be paid for weeks.

An invoice has no state beside its order's. Until somebody has begun to pay, its status is that of its e-mail; from then
on it is the order's status.

    DRAFT -> SENDING -> SENT -> SEEN -> PARTIALLY_PAID, AUTHORIZED, PAID ... as the order
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from tillgate.domain.orders.allowed_operations import is_withdrawable
from tillgate.domain.orders.deadlines import window_is_open
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Invoice, Order, OrderStatus
from tillgate.domain.orders.order_events import InvoiceSendAsked, InvoiceSent
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.shared.refusals import MethodNotApplicable, NotFound, OperationNotAllowed, TooSoon

LONGEST = timedelta(days=90)  # from creation until it is due
USUAL = timedelta(days=14)
APART = timedelta(minutes=1)  # between two e-mails of one invoice
MOST_MAILS = 20


class Unpaid(StrEnum):
    """The status of an invoice that nobody has begun to pay; after that, it has its order's status."""

    DRAFT = "DRAFT"  # its e-mail was never requested
    SENDING = "SENDING"
    SENT = "SENT"  # the mail service accepted it
    SEEN = "SEEN"  # the link was opened


def check_methods(methods: Iterable[str] | None) -> None:
    """Raises `MethodNotApplicable` for a pay-later method: it cannot pay an invoice."""
    for number, method in enumerate(methods or ()):
        if METHODS[method].pays_later:
            raise MethodNotApplicable(f"an invoice cannot be paid later, with {method}", f"/methods/{number}")


def invoice_of(order: Order) -> Invoice:
    """Raises `NotFound` for an order that is not an invoice."""
    if order.invoice is None:
        raise NotFound("this invoice does not exist")
    return order.invoice


def invoice_status(order: Order) -> Unpaid | OrderStatus:
    invoice = invoice_of(order)
    if order.status is not OrderStatus.UNPAID:
        return order.status
    if invoice.seen_at:
        return Unpaid.SEEN
    if invoice.sent_at:
        return Unpaid.SENT
    return Unpaid.SENDING if invoice.asked else Unpaid.DRAFT


def invoice_operations(order: Order) -> list[str]:
    possible = {"send": _is_payable(order), "withdraw": is_withdrawable(order)}
    return [name for name, is_possible in possible.items() if is_possible]


def _is_payable(order: Order) -> bool:
    return order.ended is None and order.ending is None and order.open > 0


def _is_late(order: Order, now: datetime) -> bool:
    return window_is_open(order) and order.expires_at <= now


def ask_to_send(order: Order, now: datetime) -> list[Event]:
    """Requests the e-mail, for the first time or again. Raises `TooSoon` within a minute of the last request."""
    invoice = invoice_of(order)
    if not _is_payable(order) or _is_late(order, now):
        raise OperationNotAllowed(f"the invoice is {invoice_status(order)}: there is nothing left to pay")
    if invoice.asked >= MOST_MAILS:
        raise OperationNotAllowed(f"an invoice can be sent at most {MOST_MAILS} times")
    if invoice.asked_at and now < invoice.asked_at + APART:
        left = invoice.asked_at + APART - now
        raise TooSoon(
            "the invoice has just been sent; wait a minute before you send it again", ceil(left.total_seconds())
        )
    return [InvoiceSendAsked(at=now)]


def is_to_be_mailed(order: Order, number: int, now: datetime) -> bool:
    """Whether the e-mail of the `number`th request must still be sent: not sent, no later request, and payable."""
    invoice = invoice_of(order)
    return invoice.sent < number == invoice.asked and _is_payable(order) and not _is_late(order, now)


def mailed(order: Order, number: int, now: datetime) -> list[Event]:
    return [InvoiceSent(number=number, at=now)] if invoice_of(order).sent < number else []
