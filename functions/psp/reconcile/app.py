"""Every day: reconciles the PSP's latest settlement reports with our payments (IS-10, GO-4).

{"report": "2026-01-31.csv"} names one report; without it the latest few are read. Repetitions do no harm.
"""

import os
from collections import Counter
from typing import Any

from tillgate.runtime.aws import client
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.psp.reconcile import reconcile
from tillgate.wiring import system

CONNECTOR = "sandbox"
LATEST = 3  # makes up for late reports and days on which this did not run


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    logger.clear_state()
    found: Counter[str] = Counter()
    reports = [event["report"]] if "report" in event else _latest()
    for report in reports:
        body = client("s3").get_object(Bucket=os.environ["SETTLEMENTS_BUCKET"], Key=report)["Body"].read()
        found += reconcile(system(), CONNECTOR, body, report)
    logger.info("reconciled", extra={"reports": reports, "lines": dict(found)})
    return {"reports": reports, "lines": dict(found)}


def _latest() -> list[str]:
    """Reports are named by their day."""
    answer = client("s3").list_objects_v2(Bucket=os.environ["SETTLEMENTS_BUCKET"])
    return sorted(item["Key"] for item in answer.get("Contents", []))[-LATEST:]
