"""The settlement report: each day, what was captured and refunded so far, as CSV in the sandbox's own bucket.

A payment is `marked` in the first report after its last change and `settled` some time after it.

Each row is about one reference. `captured` is the sum captured under it, less what was carved out of that, as each part
has its own row. `refunded` is the sum refunded under it. Nothing is summed over the parts of a payment: one that was
captured at once and then carved completely shows 0. Amounts that a bank reversed or let fail later are in neither sum;
a dispute, even a lost one, changes neither.
"""

from __future__ import annotations

import csv
import io
import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from . import storage
from .calls import logger
from .clients import client
from .model import Payment

COLUMNS = ("reference", "status", "currency", "captured", "refunded", "as_of")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Writes the current report under its day; the last one of a day counts."""
    now = datetime.fromtimestamp(time.time(), UTC)
    rows = [_row(payment, now) for payment in storage.every() if payment.amounts.captured]
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    key = f"{now:%Y-%m-%d}.csv"
    client("s3").put_object(Bucket=os.environ["REPORTS_BUCKET"], Key=key, Body=text.getvalue().encode())
    logger.info("report written", report=key, payments=len(rows))
    return {"report": key, "payments": len(rows)}


def _row(payment: Payment, now: datetime) -> dict[str, object]:
    settles_after = timedelta(seconds=int(os.environ.get("SETTLES_AFTER_SECONDS", "86400")))
    rests_since = datetime.fromisoformat(payment.changed_at)
    return {
        "reference": payment.reference,
        "status": "settled" if now - rests_since >= settles_after else "marked",
        "currency": payment.currency,
        "captured": payment.amounts.captured - (payment.carved if payment.captured_whole else 0),
        "refunded": payment.amounts.refunded,
        "as_of": now.isoformat(),
    }
