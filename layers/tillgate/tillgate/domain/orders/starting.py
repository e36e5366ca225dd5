"""How a payment begins: START, a named tender, the opened page (CM-4, CM-5, IS-8)."""

from datetime import datetime

from tillgate.domain.orders.deadlines import window_is_open
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.order_events import InvoiceSeen, TenderNamed
from tillgate.domain.orders.reactions import react
from tillgate.domain.orders.requests import close, request
from tillgate.domain.orders.tenders import left_for_open
from tillgate.domain.payments.events import PageOpened, PaymentStarted
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.payments.operations import Actor, OperationType
from tillgate.domain.payments.payment import Payment, Recurring
from tillgate.domain.shared.identifiers import payment_id_of
from tillgate.domain.shared.refusals import (
    AmountExceedsAvailable,
    MethodNotApplicable,
    OperationNotAllowed,
)

MOST_PAYMENTS = 100  # the aggregate is one item, so attempts are limited


def start_payment(
    order: Order,
    *,
    method: str,
    connector: str,
    amount: int | None,
    return_url: str | None,
    actor: Actor,
    now: datetime,
    instrument: str | None = None,
    saves_as: str | None = None,
    recurring: Recurring | None = None,
    refund_before_settled: bool = True,
) -> list[Event]:
    """START (CM-4, CM-5): records a payment and the authorization that is about to be requested.

    `refund_before_settled`: whether the PSP can refund a confirmed bank payment before it is booked.
    `instrument`: our token of the saved instrument used to pay; `saves_as`: the token to save an instrument under.
    `amount` None: the open amount; for an open tender started by the shopper, less the named tenders' part (IS-7).
    """
    may_start(order, now)
    check_applies(order, method)
    if amount is not None and not 0 < amount <= order.open:
        raise AmountExceedsAvailable(f"only {order.open} is open on this order", "/amount")
    check_room_for(order, method)
    started = PaymentStarted(
        payment_id=payment_id_of(order.order_key, len(order.payments) + 1),
        method=method,
        connector=connector,
        amount=_default_amount(order, method, actor) if amount is None else amount,
        return_url=return_url,
        instrument=instrument,
        saves_as=saves_as,
        recurring=recurring,
        refund_before_settled=refund_before_settled,
        at=now,
    )
    payment = evolve(order, started).payments[-1]
    return [started, request(payment, OperationType.AUTHORIZE, payment.amount, actor, now)]


def _default_amount(order: Order, method: str, actor: Actor) -> int:
    left = order.open if METHODS[method].limited or actor is not Actor.SHOPPER else left_for_open(order)
    if left == 0:
        raise OperationNotAllowed("the open amount is reserved for the gift cards that the shopper has entered")
    return left


def name_tender(order: Order, *, method: str, connector: str, token: str, balance: int, now: datetime) -> list[Event]:
    """Names a limited tender that pays after the open one, up to its balance (IS-8). Idempotent.

    Payments that still await the shopper are closed: their amounts include this tender's share.
    """
    may_start(order, now)
    check_applies(order, method)
    if len(order.payments) + len(order.named) + order.misnamed >= MOST_PAYMENTS:
        raise OperationNotAllowed(f"an order can have at most {MOST_PAYMENTS} attempts; create a new order")
    if any(tender.token == token for tender in order.named):
        return []
    named = TenderNamed(method=method, connector=connector, balance=balance, code=token if balance > 0 else "", at=now)
    if balance <= 0:
        return [named]
    events: list[Event] = [named, *end_awaiting(order, now)]
    after = order
    for event in events:
        after = evolve(after, event)
    return [*events, *react(after, now)]


def may_start(order: Order, now: datetime) -> None:
    """Raises `OperationNotAllowed` if no payment can be started now."""
    if order.ended or order.ending:
        raise OperationNotAllowed(f"the order is {order.status}; create a new one")
    if order.open == 0:
        raise OperationNotAllowed("nothing is open on this order")
    if window_is_open(order) and order.expires_at <= now:
        raise OperationNotAllowed("the order's payment window is over; create a new order")
    if order.in_flight:
        raise OperationNotAllowed(
            "the outcome of an earlier payment is not known yet; call sync for it, then try again"
        )
    if len(order.payments) >= MOST_PAYMENTS:
        raise OperationNotAllowed(f"an order can have at most {MOST_PAYMENTS} attempts; create a new order")


def check_applies(order: Order, method: str) -> None:
    if found := why_not(order, method):
        raise MethodNotApplicable(found, "/method")


def why_not(order: Order, method: str) -> str | None:
    """Why this method cannot pay this order, regardless of the connector; None if it can (IS-5, RG-7)."""
    if order.terms.methods is not None and method not in order.terms.methods:
        return f"this order does not offer {method}"
    if order.invoice is not None and METHODS[method].pays_later:
        return f"an invoice cannot be paid with {method}, which is paid after delivery"
    return None


def check_room_for(order: Order, method: str) -> None:
    if not has_room_for(order, method):
        raise OperationNotAllowed("this order already has an open tender; add gift cards, or cancel that payment")


def has_room_for(order: Order, method: str) -> bool:
    """One open tender per order, and one more for each raise; any number of limited tenders (IS-6)."""
    if METHODS[method].limited:
        return True
    alive = _open_tenders(order)
    if order.raised is None:
        return not alive
    earlier = sum(1 for payment in alive if payment.created_at < order.raised.at)
    return len(alive) <= max(1, earlier)


def _open_tenders(order: Order) -> list[Payment]:
    """Open tenders that cover part of the order or may soon; a transfer that fell short leaves the rest to another."""
    alive = (p for p in order.payments if not p.traits.limited and not p.surplus and not 0 < p.received < p.amount)
    return [p for p in alive if p.covers or p.status is PaymentStatus.PROCESSING]


def end_awaiting(order: Order, now: datetime) -> list[Event]:
    """A new START ends an earlier payment that still awaits the shopper, at the PSP too."""
    return [
        close(payment, PaymentStatus.WITHDRAWN, Actor.SYSTEM, now)
        for payment in order.payments
        if payment.awaits_shopper and not payment.pending
    ]


def open_page(order: Order, now: datetime) -> list[Event]:
    """The shopper opened the page: CREATED becomes SEEN (EV-3). An invoice records the first time (RG-7)."""
    unseen = order.invoice is not None and order.invoice.seen_at is None
    seen: list[Event] = [InvoiceSeen(at=now)] if unseen else []
    return seen + [
        PageOpened(payment_id=payment.payment_id, at=now)
        for payment in order.payments
        if payment.status is PaymentStatus.CREATED
    ]
