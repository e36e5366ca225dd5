"""Operations on a payment: capture, cancel, refund, withdraw (TH-6, TH-7, TH-8, EV-5).

`actor`: the merchant, or an operator in its place (ONE-9).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.lookup import find_payment
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.requests import close, request
from tillgate.domain.orders.room import MOST_OPERATIONS
from tillgate.domain.payments.events import OperationRequested
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.limit_checks import check_cancel, check_capture, check_refund
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.refusals import (
    AmountExceedsAvailable,
    OperateOnVendorPayments,
    OperationNotAllowed,
    Refusal,
)


def capture(
    order: Order,
    payment_id: str,
    *,
    amount: int | None,
    final: bool | None,
    fee: int,
    now: datetime,
    actor: Actor = Actor.MERCHANT,
) -> list[Event]:
    """Captures held money, in full or in parts (TH-6). Allowed in AUTHORIZED, PARTIALLY_CAPTURED."""
    if find_payment(order, payment_id).kind == "technical":
        raise OperateOnVendorPayments(_ON_VENDORS)
    payment = _held_payment(order, payment_id, "capture", None)
    if payment.status is PaymentStatus.CANCEL_FAILED:
        raise OperationNotAllowed("the rest of this authorization should already have been released; cancel it")
    amount = _amount(amount, payment.available, "captured")
    check_capture(payment, amount, final)
    if fee > amount:
        raise AmountExceedsAvailable("the fee is more than the amount", "/fee")
    takes_all = amount == payment.held
    if final and payment.pending:
        raise OperationNotAllowed("another operation is at the PSP; a final capture has to wait for it")
    is_final = takes_all if final is None else final
    return [request(payment, OperationType.CAPTURE, amount, actor, now, final=is_final, fee=fee)]


def cancel(
    order: Order, payment_id: str, *, amount: int | None, now: datetime, actor: Actor = Actor.MERCHANT
) -> list[Event]:
    """Releases held money, in full or in part (TH-7). Allowed in AUTHORIZED, PARTIALLY_CAPTURED, CANCEL_FAILED.

    For a technical payment, only the part not allotted to vendors (TH-10); raises `OperateOnVendorPayments` for more.
    """
    payment = _held_payment(order, payment_id, "cancel", amount)
    amount = _amount(amount, payment.available, "cancelled")
    check_cancel(payment, amount)
    return [request(payment, OperationType.CANCEL, amount, actor, now)]


def refund(
    order: Order,
    payment_id: str,
    *,
    amount: int | None,
    reason: str | None,
    now: datetime,
    refund_reason: str | None = None,
    actor: Actor = Actor.MERCHANT,
) -> list[Event]:
    """Refunds captured money, in full or in part (TH-8). Allowed as long as some captured money is not refunded."""
    payment = find_payment(order, payment_id)
    if payment.awaits_booking:
        raise OperationNotAllowed("the PSP refunds this payment only once its bank has booked it; wait for SETTLED")
    _only_unallotted(payment, amount, payment.refundable)
    if payment.taken <= payment.refunded:
        raise OperationNotAllowed(f"refund is not possible in {payment.status}: nothing captured is left")
    _room_for_operation(payment)
    amount = _amount(amount, payment.refundable, "refunded")
    check_refund(payment, amount)
    kind = OperationType.REFUND
    return [request(payment, kind, amount, actor, now, reason=reason, refund_reason=refund_reason)]


def withdraw_payment(order: Order, payment_id: str, *, now: datetime, actor: Actor = Actor.MERCHANT) -> list[Event]:
    """Ends a payment that still waits for the shopper (EV-5). Allowed in CREATED, SEEN."""
    payment = find_payment(order, payment_id)
    if not payment.awaits_shopper or payment.pending:
        raise OperationNotAllowed(f"withdraw is not possible in {payment.status}; cancel or refund instead")
    return [close(payment, PaymentStatus.WITHDRAWN, actor, now)]


def refund_tenders(
    order: Order,
    tenders: Sequence[tuple[str, int | None]],
    *,
    amount: int | None,
    reason: str | None,
    now: datetime,
    refund_reason: str | None = None,
) -> list[Event]:
    """Refunds the payments that the merchant has chosen, each its amount or all that is refundable of it (US-4).

    `amount`: their sum, if it is given.
    """
    if len({payment_id for payment_id, _ in tenders}) < len(tenders):
        raise Refusal("must name each payment once", "/payments")
    why: Any = {"reason": reason, "refund_reason": refund_reason}
    events = [event for key, part in tenders for event in refund(order, key, amount=part, now=now, **why)]
    total = sum(event.amount for event in events if isinstance(event, OperationRequested))
    if amount is not None and amount != total:
        raise Refusal(f"the payments' refunds add up to {total}", "/amount")
    return events


def refund_order(
    order: Order,
    *,
    amount: int | None,
    reason: str | None,
    now: datetime,
    refund_reason: str | None = None,
    actor: Actor = Actor.MERCHANT,
) -> list[Event]:
    """Distributes a refund over the order's payments, last captured first (EV-12). `amount` None: all refundable."""
    counting = [payment for payment in order.payments if payment.refundable and not payment.surplus]
    possible = sum(payment.refundable for payment in counting)
    for payment in order.payments:
        _only_unallotted(payment, amount, possible)
    if possible == 0:
        raise OperationNotAllowed("this order has no captured amount left to refund")
    left = _amount(amount, possible, "refunded")
    why: Any = {"reason": reason, "refund_reason": refund_reason, "actor": actor}
    events: list[Event] = []
    for payment in sorted(counting, key=_last_captured, reverse=True):
        part = min(left, payment.refundable)
        if part:
            events += refund(order, payment.payment_id, amount=part, now=now, **why)
            left -= part
    return events


def _last_captured(payment: Payment) -> datetime:
    takes = (OperationType.CAPTURE, OperationType.AUTHORIZE)
    succeeded = (op for op in payment.operations if op.status is OperationStatus.SUCCEEDED)
    return max(op.requested_at for op in succeeded if op.type in takes)


_ON_VENDORS = "capture, cancel and refund the payments of its vendors: GET /orders/{order_key}/vendor-payments"


def _only_unallotted(payment: Payment, amount: int | None, available: int) -> None:
    """Only the part of a technical payment that is not allotted to vendors is cancelled or refunded (TH-10)."""
    given = max(payment.allotted, payment.vendors.authorized) > 0
    if payment.kind == "technical" and given and (available == 0 or (amount or 0) > available):
        raise OperateOnVendorPayments(f"{available} of it was given to no vendor; for the rest, {_ON_VENDORS}")


def _held_payment(order: Order, payment_id: str, verb: str, amount: int | None) -> Payment:
    payment = find_payment(order, payment_id)
    if payment.held <= 0 or not payment.traits.holds:
        raise OperationNotAllowed(f"{verb} is not possible in {payment.status}: nothing is held")
    _only_unallotted(payment, amount, payment.available)
    _room_for_operation(payment)
    return payment


def _room_for_operation(payment: Payment) -> None:
    if len(payment.operations) >= MOST_OPERATIONS:
        raise OperationNotAllowed(f"a payment can have at most {MOST_OPERATIONS} operations")


def _amount(asked: int | None, available: int, verb: str) -> int:
    amount = available if asked is None else asked
    if amount > available or amount <= 0:
        raise AmountExceedsAvailable(f"at most {available} can be {verb}", "/amount")
    return amount
