"""Every hour: writes the bookkeeping of days that are over into the bucket, a file for each merchant (US-7).

Repetitions do no harm. {} as its input, from the console too.
"""

import os
from typing import Any

from tillgate.outbound.exports.bucket import Bucket
from tillgate.runtime.aws import client
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.merchants.export_days import export_days
from tillgate.wiring import system

SECONDS = 600.0  # the rest of the time is for the last merchant


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    logger.clear_state()
    found = export_days(system(), Bucket(client("s3"), os.environ["EXPORTS_BUCKET"]), SECONDS)
    logger.info("exported", extra=dict(found))
    if found["failed"]:
        raise RuntimeError(f"the days of {found['failed']} merchants could not be exported")
    return dict(found)
