"""Writes each merchant's bookkeeping of each day into the bucket, once the day is over where the merchant is (US-7).

It runs every hour, and looks at a merchant in the first hours of the merchant's day. Nothing is remembered but the
files: a day without one is written, also after nights on which this did not run. A repetition finds nothing to do.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tillgate.domain.ledger.export import BookedDay, booked_day, csv_file
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.shared.time_zones import day_begins, local
from tillgate.outbound.exports.bucket import Bucket
from tillgate.runtime.telemetry import logger
from tillgate.wiring import System

LOOKED_AT = timedelta(hours=6)  # after the day's end; several runs, should one not be enough for all
LOOK_BACK = 7  # days
AT_ONCE = 2500  # movements a query, about 1 MB


def export_days(system: System, bucket: Bucket, seconds: float) -> Counter[str]:
    """How many files were written, and of how many merchants that failed. After `seconds`, none is begun any more."""
    found: Counter[str] = Counter()
    until = system.clock() + seconds
    for merchant in system.merchants.all():
        try:
            for day in _missing(bucket, merchant, system.now()):
                if system.clock() >= until:
                    logger.warning("exports go on with the next run", extra=dict(found))
                    return found
                _write(system, bucket, merchant.merchant_id, day)
                found["written"] += 1
        except Exception:
            logger.exception("not exported", extra={"merchant_id": merchant.merchant_id})
            found["failed"] += 1
    return found


def _missing(bucket: Bucket, merchant: Merchant, now: datetime) -> Iterator[BookedDay]:
    """Days that are over and have no file, oldest first: since the first that has one, or else the last one."""
    today = local(now, merchant.time_zone).date()
    if now - day_begins(today, merchant.time_zone) > LOOKED_AT:
        return
    days = [booked_day(today - timedelta(days=back), merchant.time_zone) for back in range(LOOK_BACK, 0, -1)]
    if not days[-1].is_over(now):
        return
    known = bucket.days(merchant.merchant_id, _before(days[0].day))
    first = min(known, default=days[-1].day.isoformat())
    yield from (day for day in days if day.day.isoformat() not in known and day.day.isoformat() >= first)


def _before(day: date) -> str:
    return (day - timedelta(days=1)).isoformat() + "~"


def _write(system: System, bucket: Bucket, merchant_id: str, day: BookedDay) -> None:
    found = system.books.movements(merchant_id, day.since, day.until, at_once=AT_ONCE)
    bucket.write(merchant_id, day.day.isoformat(), csv_file((movement for movement, _ in found), day.zone))
    logger.info("day exported", extra={"merchant_id": merchant_id, "day": day.day.isoformat()})
