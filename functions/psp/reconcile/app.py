"""Every day: reconciles what PSPs have settled with our payments (IS-10, GO-4).

A PSP that delivers reports has a bucket for them; the others are asked once a day for each account there is, the
deployment's own and merchants'. {"report": "2026-01-31.csv"} names one report; without it the latest few are read, by
the schedule at 4:00 UTC only. Every hour it asks about those accounts for which no time was left, or which could not
be asked. Repetitions do no harm.

It fails, which rings, if the deployment's own account or no account of a PSP could be asked, and if something could not
be recorded. One merchant's credentials that are no good any more are a line in the log.
"""

import os
from collections import Counter
from typing import Any

from tillgate.runtime.aws import client
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.psp.reconcile import reconcile
from tillgate.use_cases.psp.reconcile_accounts import reconcile_accounts
from tillgate.wiring import system

LATEST = 3  # makes up for late reports and days on which this did not run
DAILY_AT = 4  # o'clock UTC, when PSPs have written their reports
RESERVE = 60_000  # milliseconds in which what is begun can end


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    logger.clear_state()
    found: Counter[str] = Counter()
    reports = _reports(event)
    for report in reports:
        body = client("s3").get_object(Bucket=os.environ["SETTLEMENTS_BUCKET"], Key=report)["Body"].read()
        found += reconcile(system(), os.environ["SETTLEMENTS_OF"], body, report)
    failed = [] if "report" in event else reconcile_accounts(system(), found, lambda: _is_over(context))
    logger.info("reconciled", extra={"reports": reports, "lines": dict(found)})
    if failed:
        raise RuntimeError(f"not reconciled: {', '.join(failed)}")
    return {"reports": reports, "lines": dict(found)}


def _is_over(context: Any) -> bool:
    return context is not None and context.get_remaining_time_in_millis() < RESERVE


def _reports(event: dict[str, Any]) -> list[str]:
    bucket = os.environ.get("SETTLEMENTS_BUCKET")
    is_scheduled = event.get("detail-type") == "Scheduled Event"
    if not bucket or (is_scheduled and system().now().hour != DAILY_AT):
        return []
    return [event["report"]] if "report" in event else _latest(bucket)


def _latest(bucket: str) -> list[str]:
    """Reports are named by their day."""
    answer = client("s3").list_objects_v2(Bucket=bucket)
    return sorted(item["Key"] for item in answer.get("Contents", []))[-LATEST:]
