"""Days and clock times where a merchant is (US-6)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillgate.domain.ledger.entries import CLEARING, Entry, Posting, vendor_account
from tillgate.domain.ledger.statement import statement
from tillgate.domain.shared.time_zones import check_time_zone, day_begins, day_ends, local

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "America/Sao_Paulo"]


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2030, 3, 31), "Europe/Berlin", 23),
        (date(2030, 10, 27), "Europe/Berlin", 25),
        (date(2030, 1, 1), "Asia/Kolkata", 24),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, zone: str, hours: int) -> None:
    assert day_ends(day, zone) - day_begins(day, zone) == timedelta(hours=hours)


@given(st.dates(date(1980, 1, 1), date(2060, 1, 1)), st.sampled_from(ZONES))
def test_each_instant_is_in_one_day(day: date, zone: str) -> None:
    assert day_ends(day, zone) == day_begins(day + timedelta(days=1), zone)
    assert day_begins(day, zone).tzinfo is UTC


def test_a_clock_shows_the_same_instant() -> None:
    noon = datetime(2030, 7, 1, 12, tzinfo=UTC)
    assert f"{local(noon, 'Europe/Berlin'):%d.%m.%Y, %H:%M %Z}" == "01.07.2030, 14:00 CEST"
    assert f"{local(noon, 'UTC'):%H:%M %Z}" == "12:00 UTC"


@pytest.mark.parametrize(
    "name", ["", "Berlin", "CEST", "../etc/passwd", "/etc/localtime", None, 1, "europe/berlin", "localtime", "Factory"]
)
def test_what_is_no_name_of_a_zone(name: object) -> None:
    with pytest.raises(ValueError, match="IANA"):
        check_time_zone(name)


def test_a_statement_is_dated_by_the_merchants_clock() -> None:
    postings = (Posting(CLEARING, 10), Posting(vendor_account("ven_1"), -10))
    entry = Entry("cap_1", datetime(2030, 7, 1, 22, 30, tzinfo=UTC), "EUR", "ven_1", "capture", "S-1", postings)
    text = statement([entry], "EUR", zone="Europe/Berlin")
    assert text.splitlines()[1].startswith("2030-07-02T00:30:00+02:00,capture")
    assert statement([entry], "EUR").splitlines()[1].startswith("2030-07-01T22:30:00Z,capture")
    of_july_2 = statement([entry], "EUR", day_begins(date(2030, 7, 2), "Europe/Berlin"), zone="Europe/Berlin")
    assert len(of_july_2.splitlines()) == 2
