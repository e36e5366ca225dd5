"""Closes a payment window (EV-6, TH-3): the state machine names the order, the domain knows what is due.

Who comes early, if only by a part of a second (ADR 90), finds nothing due, and nobody else comes before the sweep: a
window that ends within two seconds is awaited here.
"""

from datetime import timedelta
from typing import Any

from tillgate.domain.orders.deadlines import windows
from tillgate.domain.orders.order import Order
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.orders.meet_deadlines import meet_deadlines
from tillgate.wiring import system

SOON = timedelta(seconds=2)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """What cannot be ended yet, because an outcome is unknown, is left to the sweep."""
    logger.clear_state()
    logger.append_keys(order_key=event["order_key"])
    order = meet_deadlines(system(), event["order_key"], "window")
    early = _early(order)
    if early:
        system().pause(early.total_seconds())
        order = meet_deadlines(system(), event["order_key"], "window")
    coming = min(windows(order).values(), default=None)
    logger.info("window closed", extra={"status": order.status, "early": early, "next_window": coming})
    return {"order_key": order.order_key, "status": order.status}


def _early(order: Order) -> timedelta | None:
    """How long it is until a window ends that ends soon."""
    left = [at - system().now() for at in windows(order).values()]
    return min((each for each in left if timedelta(0) < each <= SOON), default=None)
