"""Instants as a Wait of Step Functions takes them: it cuts off what is less than a second (ADR 90)."""

from datetime import UTC, datetime, timedelta

SECOND = timedelta(seconds=1)


def not_before(at: datetime) -> str:
    """The first full second that is not before `at`, in UTC: a wait until then ends when `at` has come."""
    rounded = at.astimezone(UTC).replace(microsecond=0)
    if rounded < at:
        rounded += SECOND
    return f"{rounded:%Y-%m-%dT%H:%M:%SZ}"
