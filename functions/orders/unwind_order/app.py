"""Task of the unwinding state machine: finishes an ending that its call could not finish (IS-9)."""

from datetime import datetime
from typing import Any

from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.order import OrderStatus
from tillgate.runtime.telemetry import logger
from tillgate.runtime.waits import not_before
from tillgate.use_cases.orders.unwind_order import unwind_order
from tillgate.wiring import system


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """`go_on`: call again at `due_at`. `redriven_at` is set after an operator's redrive, which retries what failed.

    `stuck` says what could not be given back. The state machine then fails, so that it can be redriven.
    """
    logger.clear_state()
    logger.append_keys(order_key=event["order_key"])
    redriven_at = datetime.fromisoformat(event["redriven_at"]) if event.get("redriven_at") else None
    order, due_at = unwind_order(system(), event["order_key"], redriven_at)
    logger.info("unwinding", extra={"status": order.status, "go_on": due_at is not None})
    needs_operator = order.ended is OrderStatus.MANUAL_INTERVENTION_NEEDED and due_at is None
    return {
        "order_key": order.order_key,
        "status": order.status,
        "stuck": "; ".join(troubles(order)) if needs_operator else "",
        "go_on": due_at is not None,
        "due_at": not_before(due_at or system().now()),
    }
