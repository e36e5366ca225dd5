"""Localized instants: a day and a time in the order and with the signs of the shopper's language and region (CLDR)."""

from datetime import datetime
from functools import cache


def written_instant(at: datetime, locale: str, usual: str) -> str:
    """`at` as its own time zone's clocks show it. `usual`: the language's pattern, for regions that write the same."""
    return at.strftime(_patterns().get(locale, usual))


@cache
def _patterns() -> dict[str, str]:
    from tillgate.domain.shared.localized_dates_data import PATTERNS  # few calls write dates

    lines = (line.split("|") for line in PATTERNS.strip("\n").split("\n"))
    return {locale: pattern for pattern, locales in lines for locale in locales.split(" ")}
