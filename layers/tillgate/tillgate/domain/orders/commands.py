"""What the merchant and the shopper may ask of an order: each function answers the events, or raises a `Refusal`.

Nothing is changed here; `evolve` applies the events, the store saves them together. Amounts are minor units, `now` UTC.
"""

from datetime import datetime

from tillgate.domain.orders.allowed_operations import is_withdrawable
from tillgate.domain.orders.deadlines import window_is_open
from tillgate.domain.orders.duties import react
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.orders.order_events import EndingBegun, InvoiceSeen, TenderNamed
from tillgate.domain.orders.requests import close, request
from tillgate.domain.orders.tenders import left_for_open
from tillgate.domain.payments.events import PageOpened, PaymentStarted
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment, Recurring
from tillgate.domain.shared.identifiers import order_key_of, payment_id_of
from tillgate.domain.shared.refusals import (
    AmountExceedsAvailable,
    MethodNotApplicable,
    NotFound,
    OperateOnVendorPayments,
    OperationNotAllowed,
)

__all__ = ["order_key_of"]  # where others look for it

MOST_PAYMENTS = 100  # the aggregate is one item; attempts without end are not an order any more
MOST_OPERATIONS = 100


def find(order: Order, payment_id: str) -> Payment:
    payment = order.payment(payment_id)
    if payment is None:
        raise NotFound("this order has no such payment")
    return payment


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
) -> list[Event]:
    """START (CM-4, CM-5): records a payment and the authorization that is about to be asked for.

    `instrument` is our token of the saved one that it is paid with, `saves_as` what it is to be saved as.
    `amount` None: what is open; an open tender that the shopper starts leaves out what the named tenders pay (IS-7).
    """
    may_start(order, now)
    if order.terms.methods is not None and method not in order.terms.methods:
        raise MethodNotApplicable(f"this order does not offer {method}", "/method")
    if amount is not None and not 0 < amount <= order.open:
        raise AmountExceedsAvailable(f"{order.open} is open on this order", "/amount")
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
        at=now,
    )
    payment = evolve(order, started).payments[-1]
    return [started, request(payment, OperationType.AUTHORIZE, payment.amount, actor, now)]


def _default_amount(order: Order, method: str, actor: Actor) -> int:
    left = order.open if METHODS[method].limited or actor is not Actor.SHOPPER else left_for_open(order)
    if left == 0:
        raise OperationNotAllowed("what is open is paid by the tenders that were named")
    return left


def name_tender(order: Order, *, method: str, connector: str, token: str, balance: int, now: datetime) -> list[Event]:
    """A limited tender that pays after the open one, up to its balance (IS-8). Named again, it is named once.

    What still awaits the shopper is closed: its amount was another's share.
    """
    may_start(order, now)
    if order.terms.methods is not None and method not in order.terms.methods:
        raise MethodNotApplicable(f"this order does not offer {method}", "/method")
    if len(order.payments) + len(order.named) + order.misnamed >= MOST_PAYMENTS:
        raise OperationNotAllowed(f"{MOST_PAYMENTS} attempts are enough; create a new order")
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
    """Raises `OperationNotAllowed` where no payment can be started now."""
    if order.ended or order.ending:
        raise OperationNotAllowed(f"the order is {order.status}; create a new one")
    if order.open == 0:
        raise OperationNotAllowed("nothing is open on this order")
    if window_is_open(order) and order.expires_at <= now:
        raise OperationNotAllowed("the order's time is over; create a new one")
    if order.in_flight:
        raise OperationNotAllowed("an earlier payment's outcome is not known yet; ask for it with sync, then try again")
    if len(order.payments) >= MOST_PAYMENTS:
        raise OperationNotAllowed(f"{MOST_PAYMENTS} attempts are enough; create a new order")


def check_room_for(order: Order, method: str) -> None:
    if not has_room_for(order, method):
        raise OperationNotAllowed("this order has an open tender already; add gift cards or cancel that payment")


def has_room_for(order: Order, method: str) -> bool:
    """One open tender an order, and one more for each raise; any number of limited ones (IS-6)."""
    if METHODS[method].limited:
        return True
    alive = _open_tenders(order)
    if order.raised is None:
        return not alive
    earlier = sum(1 for payment in alive if payment.created_at < order.raised.at)
    return len(alive) <= max(1, earlier)


def _open_tenders(order: Order) -> list[Payment]:
    """Open tenders that cover something or are about to."""
    alive = (p for p in order.payments if not p.traits.limited and not p.surplus)
    return [p for p in alive if p.covers or p.status is PaymentStatus.PROCESSING]


def end_awaiting(order: Order, now: datetime) -> list[Event]:
    """A new START ends an earlier payment that still awaits the shopper, at the PSP too."""
    return [
        close(payment, PaymentStatus.WITHDRAWN, Actor.SYSTEM, now)
        for payment in order.payments
        if payment.awaits_shopper and not payment.pending
    ]


def open_page(order: Order, now: datetime) -> list[Event]:
    """The shopper opened the page: CREATED becomes SEEN (EV-3). Of an invoice the first time is remembered (RG-7)."""
    unseen = order.invoice is not None and order.invoice.seen_at is None
    seen: list[Event] = [InvoiceSeen(at=now)] if unseen else []
    return seen + [
        PageOpened(payment_id=payment.payment_id, at=now)
        for payment in order.payments
        if payment.status is PaymentStatus.CREATED
    ]


def capture(
    order: Order, payment_id: str, *, amount: int | None, final: bool | None, fee: int, now: datetime
) -> list[Event]:
    """Takes held money, in full or in part, in several steps (TH-6). Allowed in AUTHORIZED, PARTIALLY_CAPTURED."""
    payment = _held_payment(order, payment_id, "capture")
    if payment.status is PaymentStatus.CANCEL_FAILED:
        raise OperationNotAllowed("what is held should have been released; cancel it")
    amount = _amount(amount, payment.available, "captured")
    if fee > amount:
        raise AmountExceedsAvailable("the fee is more than the amount", "/fee")
    takes_all = amount == payment.held
    if final and payment.pending:
        raise OperationNotAllowed("another operation is at the PSP; a final capture has to wait for it")
    is_final = final if final is not None else takes_all
    return [request(payment, OperationType.CAPTURE, amount, Actor.MERCHANT, now, final=is_final, fee=fee)]


def cancel(order: Order, payment_id: str, *, amount: int | None, now: datetime) -> list[Event]:
    """Releases held money, in full or in part (TH-7). Allowed in AUTHORIZED, PARTIALLY_CAPTURED, CANCEL_FAILED."""
    payment = _held_payment(order, payment_id, "cancel")
    amount = _amount(amount, payment.available, "cancelled")
    return [request(payment, OperationType.CANCEL, amount, Actor.MERCHANT, now)]


def refund(order: Order, payment_id: str, *, amount: int | None, reason: str | None, now: datetime) -> list[Event]:
    """Gives captured money back, in full or in part (TH-8). Allowed as long as something captured is not refunded."""
    payment = _operable(order, payment_id)
    if payment.captured == payment.refunded:
        raise OperationNotAllowed(f"refund is not possible in {payment.status}: nothing captured is left")
    _room_for_operation(payment)
    amount = _amount(amount, payment.refundable, "refunded")
    return [request(payment, OperationType.REFUND, amount, Actor.MERCHANT, now, reason=reason)]


def withdraw_payment(order: Order, payment_id: str, *, now: datetime) -> list[Event]:
    """Ends a payment that nobody took up (EV-5). Allowed in CREATED, SEEN."""
    payment = find(order, payment_id)
    if not payment.awaits_shopper or payment.pending:
        raise OperationNotAllowed(f"withdraw is not possible in {payment.status}; cancel or refund instead")
    return [close(payment, PaymentStatus.WITHDRAWN, Actor.MERCHANT, now)]


def withdraw_order(order: Order, *, now: datetime) -> list[Event]:
    """Ends an order nobody has begun to pay (EV-5). Saying it again is no error."""
    if order.ended is OrderStatus.WITHDRAWN or _is_ending(order, OrderStatus.WITHDRAWN):
        return []
    if not is_withdrawable(order):
        raise OperationNotAllowed("somebody has begun to pay this order; cancel it instead")
    return _begin_ending(order, OrderStatus.WITHDRAWN, Actor.MERCHANT, now)


def cancel_order(order: Order, *, actor: Actor, now: datetime) -> list[Event]:
    """Ends an order: what is held is cancelled, what was captured is refunded. Saying it again is no error."""
    if order.ended is OrderStatus.CANCELLED or _is_ending(order, OrderStatus.CANCELLED):
        return []
    if order.ended or order.ending:
        raise OperationNotAllowed("the order has ended already, or is about to")
    return _begin_ending(order, OrderStatus.CANCELLED, actor, now)


def refund_order(order: Order, *, amount: int | None, reason: str | None, now: datetime) -> list[Event]:
    """Refunds over the order's payments, the last captured first (EV-12). `amount` None: all that can be."""
    if order.kind == "technical":
        raise OperateOnVendorPayments(_ON_VENDORS)
    counting = [payment for payment in order.payments if payment.refundable and not payment.surplus]
    possible = sum(payment.refundable for payment in counting)
    if possible == 0:
        raise OperationNotAllowed("nothing captured is left to refund on this order")
    left = _amount(amount, possible, "refunded")
    events: list[Event] = []
    for payment in sorted(counting, key=_last_captured, reverse=True):
        part = min(left, payment.refundable)
        if part:
            _room_for_operation(payment)
            events.append(request(payment, OperationType.REFUND, part, Actor.MERCHANT, now, reason=reason))
            left -= part
    return events


def _last_captured(payment: Payment) -> datetime:
    takes = (OperationType.CAPTURE, OperationType.AUTHORIZE)
    succeeded = (op for op in payment.operations if op.status is OperationStatus.SUCCEEDED)
    return max(op.requested_at for op in succeeded if op.type in takes)


_ON_VENDORS = "capture, cancel and refund the payments of its vendors: GET /orders/{order_key}/vendor-payments"


def _operable(order: Order, payment_id: str) -> Payment:
    payment = find(order, payment_id)
    if payment.kind == "technical":
        raise OperateOnVendorPayments(_ON_VENDORS)
    return payment


def _held_payment(order: Order, payment_id: str, verb: str) -> Payment:
    payment = _operable(order, payment_id)
    if payment.held == 0 or not payment.traits.holds:
        raise OperationNotAllowed(f"{verb} is not possible in {payment.status}: nothing is held")
    _room_for_operation(payment)
    return payment


def _room_for_operation(payment: Payment) -> None:
    if len(payment.operations) >= MOST_OPERATIONS:
        raise OperationNotAllowed(f"a payment takes {MOST_OPERATIONS} operations at most")


def _amount(asked: int | None, available: int, verb: str) -> int:
    amount = available if asked is None else asked
    if amount > available or amount <= 0:
        raise AmountExceedsAvailable(f"{available} can be {verb}", "/amount")
    return amount


def _is_ending(order: Order, target: OrderStatus) -> bool:
    return order.ending is not None and order.ending.target is target


def _begin_ending(order: Order, target: OrderStatus, actor: Actor, now: datetime) -> list[Event]:
    begun = EndingBegun(target=target, actor=actor, at=now)
    return [begun, *react(evolve(order, begun), now)]
