"""Applies events: `evolve(order, event)` is the order after it. Replaying an order's history rebuilds it (ONE-4).

Nothing is decided here, and nothing is refused except steps that the lifecycle does not have. The rule for each event
is in `evolve_order` or `evolve_payment`.
"""

from collections.abc import Iterable
from dataclasses import replace

from tillgate.domain.orders import evolve_order, evolve_payment
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.orders.standing import considered_safe, order_status

_RULES = evolve_order.RULES | evolve_payment.RULES


def replay(events: Iterable[Event]) -> Order:
    """The order that results from these events, oldest first, beginning with its creation."""
    order: Order | None = None
    for event in events:
        order = evolve(order, event)
    if order is None:
        raise ValueError("an order begins with its creation")
    return order


def evolve(order: Order | None, event: Event) -> Order:
    """The order after `event`. Raises `IllegalStep` where the lifecycle does not allow it."""
    if isinstance(event, OrderCreated):
        after = _created(event)
    elif order is None:
        raise ValueError("an order begins with its creation")
    else:
        after = _RULES[type(event)](event, order)
    return replace(
        after,
        updated_at=event.at,
        covered_once=after.covered_once or after.is_free or (after.open == 0 and after.covered > 0),
        raised=after.raised if after.open else None,
        status=order_status(after),
        safe=considered_safe(after, event.at),
    )


def _created(event: OrderCreated) -> Order:
    return Order(
        order_key=event.order_key,
        merchant_id=event.merchant_id,
        order_reference=event.order_reference,
        amount=event.amount,
        currency=event.currency,
        capture=event.capture,
        created_at=event.at,
        updated_at=event.at,
        expires_at=event.expires_at,
        terms=event.terms,
        kind=event.kind,
        share=event.share,
        invoice=event.invoice,
        refunds_commission=event.refunds_commission,
        menu_key=event.menu_key,
    )
