"""Closes a payment window (EV-6, TH-3): the state machine names the order, the domain knows what is due."""

from typing import Any

from tillgate.runtime.telemetry import logger
from tillgate.use_cases.orders.meet_deadlines import meet_deadlines
from tillgate.wiring import system


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """What cannot be ended yet, because an outcome is unknown, is left to the sweep."""
    logger.clear_state()
    logger.append_keys(order_key=event["order_key"])
    order = meet_deadlines(system(), event["order_key"], "window")
    logger.info("window closed", extra={"status": order.status})
    return {"order_key": order.order_key, "status": order.status}
