"""Queue of orders whose windows were opened minutes ago: {"order_key"}. Each window that is still open gets its
execution, which waits until its end (EV-6, TH-3). Of an order that was paid meanwhile there is none (ADR 130).
"""

import os
from typing import Any

from tillgate.domain.orders.deadlines import windows
from tillgate.runtime import executions
from tillgate.runtime.batches import each_message
from tillgate.runtime.waits import not_before
from tillgate.wiring import system


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return each_message(event, take)


def take(message: dict[str, Any]) -> None:
    order = system().orders.load(message["order_key"])
    for name, at in windows(order).items() if order else ():
        given = {"order_key": message["order_key"], "due_at": not_before(at)}
        executions.start(os.environ["WINDOW_STATE_MACHINE_ARN"], name, given)
