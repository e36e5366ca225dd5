"""Every day: reconciles what PSPs have settled with our payments (IS-10, GO-4).

A PSP that delivers reports has a bucket for them; the others are asked, for each account there is. {"report":
"2026-01-31.csv"} names one report; without it the latest few are read. Repetitions do no harm.
"""

import os
from collections import Counter
from typing import Any

from tillgate.runtime.aws import client
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.psp.reconcile import reconcile, reconcile_asked
from tillgate.wiring import system

LATEST = 3  # makes up for late reports and days on which this did not run


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    logger.clear_state()
    bucket, connector = os.environ.get("SETTLEMENTS_BUCKET"), os.environ.get("SETTLEMENTS_OF", "")
    found: Counter[str] = Counter()
    reports: list[str] = []
    if bucket:
        reports = [event["report"]] if "report" in event else _latest(bucket)
    for report in reports:
        body = client("s3").get_object(Bucket=bucket, Key=report)["Body"].read()
        found += reconcile(system(), connector, body, report)
    failed = [] if "report" in event else _ask_all(found)
    logger.info("reconciled", extra={"reports": reports, "lines": dict(found)})
    if failed:
        raise RuntimeError(f"these could not be asked what they have settled: {', '.join(failed)}")
    return {"reports": reports, "lines": dict(found)}


def _ask_all(found: Counter[str]) -> list[str]:
    """Asks each account; one that fails does not hold up the others, and is answered."""
    failed: list[str] = []
    for manifest in system().manifests():
        if manifest.settles != "asked":
            continue
        for merchant_id in system().accounts_at(manifest.name):
            try:
                found += reconcile_asked(system(), manifest.name, merchant_id)
            except Exception:
                logger.exception("not asked what was settled", extra={"connector": manifest.name})
                failed.append(manifest.name)
    return failed


def _latest(bucket: str) -> list[str]:
    """Reports are named by their day."""
    answer = client("s3").list_objects_v2(Bucket=bucket)
    return sorted(item["Key"] for item in answer.get("Contents", []))[-LATEST:]
