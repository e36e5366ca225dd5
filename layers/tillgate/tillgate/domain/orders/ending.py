"""How an order is ended: withdrawn before anyone has begun to pay, or cancelled (EV-5)."""

from datetime import datetime

from tillgate.domain.orders.allowed_operations import has_something_to_end, is_withdrawable
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.orders.order_events import EndingBegun
from tillgate.domain.orders.reactions import react
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.refusals import (
    OperationNotAllowed,
)


def withdraw_order(order: Order, *, now: datetime, actor: Actor = Actor.MERCHANT) -> list[Event]:
    """Ends an order that nobody has begun to pay (EV-5). Idempotent. Raises `OperationNotAllowed`."""
    if order.ended is OrderStatus.WITHDRAWN or _is_ending(order, OrderStatus.WITHDRAWN):
        return []
    if not is_withdrawable(order):
        raise OperationNotAllowed("somebody has begun to pay this order; cancel it instead")
    return _begin_ending(order, OrderStatus.WITHDRAWN, actor, now)


def cancel_order(order: Order, *, actor: Actor, now: datetime) -> list[Event]:
    """Ends an order: holds are cancelled, captures are refunded. Idempotent. Raises `OperationNotAllowed`."""
    if order.ended is OrderStatus.CANCELLED or _is_ending(order, OrderStatus.CANCELLED):
        return []
    if order.ended or order.ending:
        raise OperationNotAllowed("the order has already ended, or is ending")
    if order.share is None and not has_something_to_end(order):
        raise OperationNotAllowed("everything that was captured has been given back: nothing is left to be ended")
    return _begin_ending(order, OrderStatus.CANCELLED, actor, now)


def _is_ending(order: Order, target: OrderStatus) -> bool:
    return order.ending is not None and order.ending.target is target


def _begin_ending(order: Order, target: OrderStatus, actor: Actor, now: datetime) -> list[Event]:
    begun = EndingBegun(target=target, actor=actor, at=now)
    return [begun, *react(evolve(order, begun), now)]
