"""How a payment begins: START, a named tender, the opened page (CM-4, CM-5, IS-8)."""

from datetime import datetime

from tillgate.domain.orders.deadlines import window_is_open
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.order_events import InvoiceSeen, TenderNamed
from tillgate.domain.orders.reactions import react
from tillgate.domain.orders.requests import close, request
from tillgate.domain.orders.room import MOST_PAYMENTS, why_not
from tillgate.domain.orders.tenders import beside, has_room_for, left_for_open, unclaimed
from tillgate.domain.payments.events import PageOpened, PaymentStarted
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.limits import Limits
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.payments.operations import Actor, OperationType
from tillgate.domain.payments.payment import Recurring
from tillgate.domain.shared.identifiers import payment_id_of
from tillgate.domain.shared.modes import Mode
from tillgate.domain.shared.refusals import (
    AmountExceedsAvailable,
    MethodNotApplicable,
    OperationNotAllowed,
)


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
    limits: Limits | None = None,
    mode: Mode | None = None,
    fingerprint: str | None = None,
) -> list[Event]:
    """START (CM-4, CM-5): records a payment and the authorization that is about to be requested.

    `limits`: what the connector can do with the payment; None: everything.
    `refund_before_settled`: whether the PSP can refund a confirmed bank payment before it is booked.
    `instrument`: our token of the saved instrument used to pay; `saves_as`: the token to save an instrument under.
    `mode`: of the merchant's own account with the PSP; None for the deployment's account.
    `amount` None: the open amount, less what payments bring that await the shopper and need not make way for this one;
    for an open tender started by the shopper, less the named tenders' part too (IS-7).
    """
    may_start(order, now)
    check_applies(order, method)
    check_amount(amount, unclaimed(order, limited=METHODS[method].limited))
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
        limits=limits,
        mode=mode,
        fingerprint=None if METHODS[method].limited else fingerprint,
        menu_key=order.menu_key if actor is Actor.SHOPPER else None,
        at=now,
    )
    payment = evolve(order, started).payments[-1]
    return [started, request(payment, OperationType.AUTHORIZE, payment.amount, actor, now)]


def _default_amount(order: Order, method: str, actor: Actor) -> int:
    limited = METHODS[method].limited
    left = unclaimed(order, limited=limited) if limited or actor is not Actor.SHOPPER else left_for_open(order)
    if left == 0:
        raise OperationNotAllowed("the open amount is reserved for the gift cards that the shopper has entered")
    return left


def name_tender(
    order: Order,
    *,
    method: str,
    connector: str,
    token: str,
    balance: int,
    now: datetime,
    mode: Mode | None = None,
) -> list[Event]:
    """Names a limited tender that pays after the open one, up to its balance (IS-8). Idempotent.

    Payments that still await the shopper make way for it if their amounts include this tender's share.
    """
    may_start(order, now)
    check_applies(order, method)
    if len(order.payments) + len(order.named) + order.misnamed >= MOST_PAYMENTS:
        raise OperationNotAllowed(f"an order can have at most {MOST_PAYMENTS} attempts; create a new order")
    if any(tender.token == token for tender in order.named):
        return []
    code = token if balance > 0 else ""
    named = TenderNamed(method=method, connector=connector, balance=balance, code=code, mode=mode, at=now)
    if balance <= 0:
        return [named]
    events: list[Event] = [named, *make_way(order, method, None, now)]
    after = order
    for event in events:
        after = evolve(after, event)
    return [*events, *react(after, now)]


def check_amount(amount: int | None, most: int) -> None:
    """Raises `AmountExceedsAvailable`."""
    if amount is not None and not 0 < amount <= most:
        raise AmountExceedsAvailable(f"only {most} is open on this order", "/amount")


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


def check_room_for(order: Order, method: str) -> None:
    if not has_room_for(order, method):
        raise OperationNotAllowed(
            f"this order has {order.terms.max_open_tenders} of {order.terms.max_open_tenders} open tenders; add gift "
            "cards, or cancel a payment"
        )


def make_way(order: Order, method: str, amount: int | None, now: datetime) -> list[Event]:
    """A new START ends earlier payments that still await the shopper, at the PSP too (CM-2).

    Not if the order allows several open tenders, has room for one more, and what they are to bring leaves enough.
    """
    awaiting = [payment for payment in order.payments if payment.awaits_shopper and not payment.pending]
    left = beside(order, limited=METHODS[method].limited)
    if not awaiting or (left and (amount or 0) <= left):
        return []
    check_amount(amount, order.open)
    return [close(payment, PaymentStatus.WITHDRAWN, Actor.SYSTEM, now) for payment in awaiting]


def open_page(order: Order, now: datetime) -> list[Event]:
    """The shopper opened the page: CREATED becomes SEEN (EV-3). An invoice records the first time (RG-7)."""
    unseen = order.invoice is not None and order.invoice.seen_at is None
    seen: list[Event] = [InvoiceSeen(at=now)] if unseen else []
    return seen + [
        PageOpened(payment_id=payment.payment_id, at=now)
        for payment in order.payments
        if payment.status is PaymentStatus.CREATED
    ]
