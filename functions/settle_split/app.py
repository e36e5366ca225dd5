"""State machine of a split: what came of a round, and which batches have to be run again."""

from typing import Any

from tillgate.telemetry import logger
from tillgate.use_cases.run_split import settle
from tillgate.wiring import system


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    logger.clear_state()
    logger.append_keys(order_key=event["order_key"], split_id=event["split_id"])
    split, again, at = settle(system(), event["order_key"], event["split_id"])
    return {
        "order_key": split.order_key,
        "split_id": split.split_id,
        "status": split.status,
        "batches": again,
        "wait_until": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
