"""Task of a split's state machine: pays or reverses a batch of parts. A repetition finds what is done."""

from dataclasses import asdict
from typing import Any

from tillgate.runtime.telemetry import logger
from tillgate.use_cases.marketplace.run_split import run_batch
from tillgate.wiring import system


def handler(event: dict[str, Any], _context: object) -> dict[str, int]:
    logger.clear_state()
    logger.append_keys(order_key=event["order_key"], split_id=event["split_id"], batch=event["batch"])
    done = asdict(run_batch(system(), event["order_key"], event["split_id"], int(event["batch"])))
    logger.info("batch processed", extra=done)
    return done
