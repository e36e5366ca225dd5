"""Days and times are written as Unicode's CLDR has it for language and region: babel knows, and is asked in each."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel import Locale
from babel.dates import format_date, format_skeleton, format_time

from tests.menu.test_amounts import LOCALES
from tillgate.domain.shared import localized_dates_data
from tillgate.domain.shared.localized_dates import written_instant
from tillgate.outbound.invoices.texts import TEXTS
from tools import cldr

AT = datetime(2030, 3, 5, 17, 8, tzinfo=UTC)
REGIONS = [locale for locale in LOCALES if "-" in locale]


def written(locale: str, at: datetime = AT) -> str:
    return written_instant(at, locale, TEXTS[locale.partition("-")[0]].instant)


def test_what_is_checked_in_is_what_cldr_says() -> None:
    assert Path(localized_dates_data.__file__ or "").read_text() == cldr.render_dates()


@pytest.mark.parametrize("locale", REGIONS)
def test_every_region_has_its_order_and_signs(locale: str) -> None:
    """English has the month as a word; the others have figures, of two digits each."""
    known = Locale.parse(locale, sep="-")
    day, clock = written(locale).removesuffix(" UTC").rsplit(", ", 1)
    if known.language == "en":
        assert day == format_date(AT, "long", locale=known)
    else:
        assert re.sub(r"\b0", "", day) == re.sub(r"\b0", "", format_skeleton("yMd", AT, locale=known))
    expected = format_time(AT, "short", locale=known)
    half_days = re.search(r"[^\d\W]", expected) and "h" not in expected
    assert clock in (expected, "17:08") if half_days else clock == expected


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "5 March 2030, 17:08 UTC"),
        ("en-GB", "5 March 2030, 17:08 UTC"),
        ("en-US", "March 5, 2030, 5:08\u202fPM UTC"),
        ("de", "05.03.2030, 17:08 UTC"),
        ("de-AT", "05.03.2030, 17:08 UTC"),
        ("fr", "05/03/2030, 17:08 UTC"),
        ("fr-CH", "05.03.2030, 17:08 UTC"),
        ("fr-CA", "2030-03-05, 17 h 08 UTC"),
        ("nl-BE", "05/03/2030, 17:08 UTC"),
        ("es-PR", "03/05/2030, 17:08 UTC"),
        ("de-XX", "05.03.2030, 17:08 UTC"),
    ],
)
def test_they_are_written_so(locale: str, text: str) -> None:
    assert written(locale) == text
