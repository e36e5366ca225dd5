"""The size budget of an order: it is one item of 400 KB, and it must always be possible to finish it.

So the space is kept in three parts. A request that makes the order grow is refused (422 `order_too_large`) before it
touches the second; a request that captures, cancels or refunds is refused before it touches the third:

| room | for |
| --- | --- |
| the rest | all requests of merchant and shopper |
| `FOR_OPERATIONS` | captures, cancels and refunds without a reason text, withdrawals |
| `reserved` | unrequested growth: outcomes, a PSP's own operations, endings, operators' resolutions |

An ending is never refused, nor is a report by a PSP or an operator. A PSP's texts are bounded on arrival
(`bounded_texts`), an operator's on input. Sizes are bytes as DynamoDB counts them, of the order as JSON with everything
stored beside it, including personal data. A packed order (see `items`) takes less.
"""

from collections.abc import Sequence

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.order_events import (
    AmountChanged,
    EndingBegun,
    InvoiceSendAsked,
    MetadataChanged,
    OrderCreated,
    TenderNamed,
)
from tillgate.domain.payments.events import OperationRequested, PaymentStarted
from tillgate.domain.payments.lifecycle import FACES
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.refusals import Refusal

MOST_BYTES = 400 * 1024  # of an item of DynamoDB
MOST_OPERATIONS = 500  # of all payments of an order together; limits requests of merchant and shopper
FOR_OPERATIONS = 30_000  # some sixty of them
MORE_OPERATIONS = 50
FOR_WHATEVER_COMES = 40_000  # one redirect, and a hundred operations of PSPs, bookings and retries by operators
FOR_PAYMENT = 5_000  # its outcome, details and notes (`MOST_NOTES`), what an ending does to it, one retry
FOR_ENDED = 1_700  # a payment that has ended: late money is returned, with one retry
FOR_OPERATION = 700  # without an outcome: the PSP's report, with a reference and a reason
FOR_DECIDED = 300  # with an outcome: later reports of the PSP, possible or not
FOR_NAMED = 1_400 + FOR_PAYMENT  # a named tender becomes a payment by itself

_GROWING = (OrderCreated, AmountChanged, MetadataChanged, TenderNamed, InvoiceSendAsked, PaymentStarted)
_WAY_OUT = (
    "the rest is reserved for outcomes and for ending the order. Leave out long texts such as reason and metadata, or "
    "create a new order; this one can still be cancelled, which returns all the money it holds"
)
_ASKING = (Actor.MERCHANT, Actor.SHOPPER)


class OrderTooLarge(Refusal):
    """The order would not have enough space left to be finished."""

    code = "order_too_large"


def reserved(order: Order) -> int:
    """Bytes that are kept for unrequested growth, for every possible outcome of the order's payments."""
    named = FOR_NAMED * len(order.named)
    return FOR_WHATEVER_COMES + named + sum(_reserved_for(payment) for payment in order.payments)


def _reserved_for(payment: Payment) -> int:
    operations = (FOR_OPERATION if operation.status.at_psp else FOR_DECIDED for operation in payment.operations)
    return (FOR_ENDED if FACES[payment.status].final else FOR_PAYMENT) + sum(operations)


def check(actor: Actor, events: Sequence[Event], after: Order, size: int, change: int) -> None:
    """Raises `OrderTooLarge` for a request that leaves too little space to finish the order.

    `size`: the order after the events, in bytes. `change`: their entry in its history, in bytes.
    """
    asked = [event for event in events if _is_asked_for(event)]
    if actor not in _ASKING or not asked or any(isinstance(event, EndingBegun) for event in events):
        return
    operates = all(_is_bare_operation(event) for event in asked)
    room = MOST_BYTES - reserved(after) - (0 if operates else FOR_OPERATIONS)
    if size > room or change > MOST_BYTES:
        raise OrderTooLarge(f"the order would grow to {size} bytes and requests may use {max(0, room)}; {_WAY_OUT}")
    operations = sum(len(payment.operations) for payment in after.payments)
    most = MOST_OPERATIONS + (MORE_OPERATIONS if operates else 0)
    if operations > most:
        raise OrderTooLarge(f"the order would have {operations} operations and the limit is {most}; {_WAY_OUT}")


def _is_asked_for(event: Event) -> bool:
    by_them = isinstance(event, OperationRequested) and event.actor in _ASKING
    return by_them or isinstance(event, _GROWING)


def _is_bare_operation(event: Event) -> bool:
    """An operation on an existing payment, without a text."""
    return isinstance(event, OperationRequested) and not event.reason
