"""Every five minutes: finishes erasures and erases what has been kept long enough (GO-7)."""

import os
from dataclasses import asdict
from typing import Any

from tillgate.runtime.telemetry import logger
from tillgate.use_cases.shoppers.retention import sweep
from tillgate.wiring import system

MOST_A_SHARD = 100  # what is left over comes first the next time
SECONDS = 200.0  # of the function's 240


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    logger.clear_state()
    swept = asdict(sweep(system(), int(os.environ["RETENTION_DAYS"]), MOST_A_SHARD, SECONDS))
    logger.info("erased", extra=swept)
    return swept
