"""Instants for Step Functions, which cuts off what is less than a second of a Wait's timestamp (EV-6, TH-3)."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillgate.runtime.waits import not_before

INSTANTS = st.datetimes(
    datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.sampled_from([UTC, timezone(timedelta(hours=5.5))])
)


def as_aws_waits(timestamp: str) -> datetime:
    """Documented: "the timestamp value is truncated to the nearest second"."""
    return datetime.fromisoformat(timestamp).replace(microsecond=0)


@given(INSTANTS)
def test_a_wait_ends_when_its_instant_has_come_and_within_a_second(at: datetime) -> None:
    late = as_aws_waits(not_before(at)) - at
    assert timedelta(0) <= late < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("at", "waits_until"),
    [
        ("2030-01-01T12:00:00+00:00", "2030-01-01T12:00:00Z"),
        ("2030-01-01T12:00:00.000001+00:00", "2030-01-01T12:00:01Z"),
        ("2030-12-31T23:59:59.999999+00:00", "2031-01-01T00:00:00Z"),
        ("2030-01-01T13:00:00.500000+01:00", "2030-01-01T12:00:01Z"),
    ],
)
def test_instants_are_rounded_up_in_utc(at: str, waits_until: str) -> None:
    assert not_before(datetime.fromisoformat(at)) == waits_until
