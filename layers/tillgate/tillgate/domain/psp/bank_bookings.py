"""A booking on our own account for an awaited bank transfer: all of it is recorded, in every state of the order.

The payment takes what it wants (`received`). The excess becomes a separate payment, so that its amounts match the money
that arrived and no more can be given back: it covers what is open on the order; the rest is surplus and is returned.
"""

from datetime import datetime
from typing import NamedTuple

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.lookup import find_payment
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.reactions import react
from tillgate.domain.orders.received_money import wanted
from tillgate.domain.orders.requests import request
from tillgate.domain.payments.events import MoneyReceived, PaymentStarted
from tillgate.domain.payments.operations import Actor, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.identifiers import payment_id_of


class _Booking(NamedTuple):
    booking_id: str
    value_date: str | None


def receive(
    order: Order, payment_id: str, booking_id: str, amount: int, now: datetime, value_date: str | None = None
) -> list[Event]:
    """The events for a booking. The caller has to detect a booking that was recorded before.

    `value_date`: the day from which the bank counts the money, `YYYY-MM-DD`, if it says so.
    """
    payment, booking = find_payment(order, payment_id), _Booking(booking_id, value_date)
    takes = min(amount, wanted(order, payment))
    events = _booked(order, [], payment_id, booking, takes, now) if takes else []
    order, left = _after(order, events), amount - takes
    while left:
        counts = 0 if order.is_over else order.open
        takes = min(left, counts or left)
        another = payment_id_of(order.order_key, len(order.payments) + 1)
        more = _booked(order, _started(order, payment, another, takes, now), another, booking, takes, now)
        order, left = _after(order, more), left - takes
        events += more
    return events


def _booked(
    order: Order, started: list[Event], payment_id: str, booking: _Booking, amount: int, now: datetime
) -> list[Event]:
    """The events for a booking of one payment, which may have been started for it, and their consequences."""
    received = MoneyReceived(payment_id=payment_id, amount=amount, at=now, **booking._asdict())
    events = [*started, received]
    return events + react(_after(order, events), now)


def _started(order: Order, like: Payment, payment_id: str, amount: int, now: datetime) -> list[Event]:
    """A payment that nobody requested: the money that is booked with it decides its authorization."""
    started = PaymentStarted(
        payment_id=payment_id,
        method=like.method,
        connector=like.connector,
        amount=amount,
        mode=like.mode,
        at=now,
    )
    payment = evolve(order, started).payments[-1]
    return [started, request(payment, OperationType.AUTHORIZE, amount, Actor.SYSTEM, now)]


def _after(order: Order, events: list[Event]) -> Order:
    for event in events:
        order = evolve(order, event)
    return order
