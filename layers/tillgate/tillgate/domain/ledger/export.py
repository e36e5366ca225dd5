"""A day's movements as CSV (RFC 4180) or JSON lines, one a line, for a merchant's bookkeeping (US-7).

A day is over a while after its end (`CLOSES_AFTER`): what was decided in its last second is being saved then. What is
learned later is booked on the day on which it is learned, so a day that is over never changes.
"""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tillgate.domain.ledger.movements import Movement
from tillgate.domain.shared.csv_cells import safe
from tillgate.domain.shared.refusals import Refusal
from tillgate.domain.shared.time_zones import day_begins, day_ends, local

CLOSES_AFTER = timedelta(minutes=15)  # no function of ours takes longer from deciding to saving

COLUMNS = (
    *("booked_at", "day", "type", "amount", "currency", "fee", "commission", "net"),
    *("order_reference", "order_key", "payment_id", "operation_id", "vendor_id", "method", "connector"),
    *("psp_reference", "payout_id", "payout_reference", "settlement_reference", "movement_id"),
)


@dataclass(frozen=True, slots=True)
class BookedDay:
    """A day of a time zone: from `since` to before `until`, UTC."""

    day: date
    zone: str
    since: datetime
    until: datetime

    def is_over(self, now: datetime) -> bool:
        return now >= self.until + CLOSES_AFTER


def booked_day(day: date, zone: str) -> BookedDay:
    return BookedDay(day, zone, day_begins(day, zone), day_ends(day, zone))


def asked_day(text: str, zone: str, now: datetime) -> BookedDay:
    """The day that somebody asks for. Raises `Refusal` for what is no day, or one that has not begun there."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date() if len(text) == len("2030-01-31") else None
    except ValueError:
        day = None
    if day is None or day.year < 1970:
        raise Refusal("must be a day such as 2030-01-31", "/day")
    if day > local(now, zone).date():
        raise Refusal(f"this day has not begun in {zone}", "/day")
    return booked_day(day, zone)


def row(movement: Movement, zone: str) -> dict[str, str | int | None]:
    """What is told of a movement, by column. Minor units; `booked_at` is UTC, `day` that of the zone."""
    return {
        "booked_at": _written(movement.at),
        "day": local(movement.at, zone).date().isoformat(),
        "type": movement.type.value,
        "amount": movement.amount,
        "currency": movement.currency,
        "fee": movement.fee,
        "commission": movement.commission,
        "net": movement.net,
        "order_reference": movement.order_reference,
        "order_key": movement.order_key,
        "payment_id": movement.payment_id,
        "operation_id": movement.operation_id,
        "vendor_id": movement.vendor_id,
        "method": movement.method,
        "connector": movement.connector,
        "psp_reference": movement.psp_reference,
        "payout_id": movement.payout_id,
        "payout_reference": movement.payout_reference,
        "settlement_reference": movement.settlement,
        "movement_id": movement.movement_id,
    }


def csv_header() -> str:
    return ",".join(COLUMNS) + "\r\n"


def csv_line(movement: Movement, zone: str) -> str:
    """A line with its end. Numbers are numbers; a text that a spreadsheet would calculate is escaped."""
    text = io.StringIO()
    cells = (row(movement, zone)[name] for name in COLUMNS)
    csv.writer(text).writerow([safe(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue()


def json_line(movement: Movement, zone: str) -> str:
    return json.dumps(row(movement, zone), ensure_ascii=False, separators=(",", ":")) + "\n"


def csv_file(movements: Iterable[Movement], zone: str) -> Iterable[str]:
    """A whole file, line by line."""
    yield csv_header()
    for movement in movements:
        yield csv_line(movement, zone)


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
