"""Task of a split's state machine: evaluates a round and returns the batches to run again."""

from datetime import datetime
from typing import Any

from tillgate.domain.marketplace.splits import Split, SplitStatus
from tillgate.runtime.telemetry import logger
from tillgate.runtime.waits import not_before
from tillgate.use_cases.marketplace.run_split import load_split, redriven, settle
from tillgate.wiring import system


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """`redriven_at` is set after an operator's redrive, which retries what could not be reversed.

    `stuck` says that something could not be reversed. The state machine then fails, so that it can be redriven. While
    an order is unwound it is empty: the order's own execution fails.
    """
    logger.clear_state()
    logger.append_keys(order_key=event["order_key"], split_id=event["split_id"])
    where = (system(), event["order_key"], event["split_id"])
    again = redriven(*where, datetime.fromisoformat(event["redriven_at"])) if event.get("redriven_at") else []
    if again:
        return _answer(load_split(*where), again, system().now())
    split, again, at = settle(*where)
    return _answer(split, again, at)


def _answer(split: Split, again: list[int], at: datetime) -> dict[str, Any]:
    is_stuck = split.status is SplitStatus.MANUAL_INTERVENTION_NEEDED and not split.is_unwinding
    return {
        "order_key": split.order_key,
        "split_id": split.split_id,
        "status": split.status,
        "stuck": "payments of vendors could not be taken back" if is_stuck else "",
        "batches": again,
        "wait_until": not_before(at),
    }
