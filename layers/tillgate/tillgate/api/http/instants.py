"""How the API writes instants."""

from datetime import UTC, datetime


def instant(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, ending in Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _instant_or_none(at: datetime | None) -> str | None:
    return instant(at) if at else None
