"""Explains in words why an order has its status, and why it is or is not considered safe (ONE-4, CM-8).

`say` writes amounts, which are in minor units: as they are for the API, with decimals where people read.
"""

from collections.abc import Callable

from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.orders.standing import payment_level
from tillgate.domain.payments.disputes import Dispute
from tillgate.domain.payments.lifecycle import FACES, PaymentStatus
from tillgate.domain.payments.payment import Payment

_ENDED = {
    OrderStatus.CANCELLED: "it was ended, and what its payments held went back",
    OrderStatus.WITHDRAWN: "the merchant ended it before anyone had begun to pay",
    OrderStatus.EXPIRED: "its time ran out before it was paid",
    OrderStatus.MANUAL_INTERVENTION_NEEDED: "it was to end, but money that should have gone back could not be moved",
}


type Say = Callable[[int], str]


def why(order: Order, say: Say = str) -> list[str]:
    """One sentence per fact: the order's status, each payment, whether it is safe to ship."""
    payments = [_payment(payment, say) for payment in order.payments]
    return [f"The order is {order.status}: {_status(order, say)}.", *payments, _safe(order, say)]


def _status(order: Order, say: Say) -> str:
    if order.ended:
        return _ENDED[order.ended]
    if order.status is OrderStatus.REFUNDED:
        return "all that was captured was given back"
    if order.is_free:
        return "there is nothing to pay"
    covered = f"{say(order.covered)} of {say(order.due)} is covered"
    if order.ending:
        return f"{covered}, and it is on its way to {order.ending.target}"
    return f"{covered}, {say(order.open)} is open"


def _payment(payment: Payment, say: Say) -> str:
    sums = ", ".join(
        f"{say(getattr(payment, name))} {name}"
        for name in ("authorized", "captured", "cancelled", "refunded", "disputed")
        if getattr(payment, name)
    )
    parts = [
        f"{payment.payment_id} ({payment.method}, {say(payment.amount)}) is {payment.status}",
        FACES[payment.status].meaning,
        sums,
        f"reason {payment.reason_code}" if payment.reason_code else "",
        f"{say(payment.received)} has come, the rest is awaited" if payment.received and payment.awaits_shopper else "",
        *(_dispute(dispute, say) for dispute in payment.disputes),
        "an operation is at the PSP" if _is_at_psp(payment) else "",
        "a refund waits for an operator to transfer it" if _waits_for_person(payment) else "",
        "it came when nothing was open for it, or with a blocked instrument, and goes back" if payment.surplus else "",
    ]
    return "; ".join(part for part in parts if part) + "."


def _dispute(dispute: Dispute, say: Say) -> str:
    return f"{say(dispute.amount)} of it is disputed ({dispute.reason}): {dispute.status}"


def _waits_for_person(payment: Payment) -> bool:
    return any(operation.waits_for_person for operation in payment.operations)


def _is_at_psp(payment: Payment) -> bool:
    return any(operation.status.at_psp and not operation.waits_for_person for operation in payment.operations)


def _safe(order: Order, say: Say) -> str:
    if order.safe:
        since = f"{order.safe.since:%Y-%m-%dT%H:%M:%SZ}"
        return f"It is considered safe, {order.safe.level}, since {since}: {_reached(order)}"
    return f"It is not considered safe: {_unsafe(order, say)}."


def _reached(order: Order) -> str:
    levels = (
        f"{payment.payment_id} has reached {payment_level(payment)} and {payment.method} is safe from "
        f"{payment.traits.safe_at} on"
        for payment in order.payments
        if payment.covers
    )
    return "; ".join(("all that is due is covered", *levels)) + "."


def _unsafe(order: Order, say: Say) -> str:
    if order.ended or order.ending or order.status is OrderStatus.REFUNDED:
        return f"it is {order.ended or order.status}" if not order.ending else f"it will be {order.ending.target}"
    if order.open or not order.due:
        return f"{say(order.open)} of {say(order.due)} is open"
    if order.split_undone:
        return "a split of it was cancelled whole, and no vendor has been given anything since"
    if any(payment.lost_to_disputes for payment in order.payments if payment.covers):
        return f"disputes have taken {say(sum(payment.lost_to_disputes for payment in order.payments))} of it"
    low = [_short_of(payment) for payment in order.payments if payment.covers and payment_level(payment) is None]
    return "; ".join(low) or "nothing covers it"


def _short_of(payment: Payment) -> str:
    if payment.authorization.contradictions:
        return f"the PSP says of {payment.payment_id} what cannot be true; an operator has to look"
    if payment.status is PaymentStatus.CANCEL_FAILED:
        return f"{payment.payment_id} holds what should have been released"
    return f"{payment.payment_id} is {payment.status}, and {payment.method} is safe from {payment.traits.safe_at} on"
