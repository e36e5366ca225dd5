"""Days and clock times as they are where a merchant is (US-6): names of IANA's database, such as Europe/Berlin.

Instants stay UTC; a zone only says where a day begins and ends, and what a clock shows.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

_NO_PLACE = ("localtime", "Factory")  # files beside the names: the machine's own zone, and that of one not set up


def check_time_zone(name: object) -> str:
    """Raises ValueError for what is no name of a time zone."""
    if not isinstance(name, str) or name in _NO_PLACE or name not in available_timezones():
        raise ValueError("must be the IANA name of a time zone such as Europe/Berlin")
    return name


def local(at: datetime, zone: str) -> datetime:
    """The same instant as that zone's clocks show it."""
    return at.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))


def day_begins(day: date, zone: str) -> datetime:
    """The instant, in UTC, at which that day begins there; where midnight is skipped, the first that exists."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def day_ends(day: date, zone: str) -> datetime:
    """The instant at which the next day begins: a day has 23 to 25 hours where clocks are changed."""
    return day_begins(day + timedelta(days=1), zone)
