"""Dates as banks and spreadsheets write them. What can be read in two ways is not read at all."""

import re
from datetime import date

_YEAR_FIRST = re.compile(r"(?P<year>\d{4})(?P<sep>[-/.]?)(?P<month>\d\d)(?P=sep)(?P<day>\d\d)", re.ASCII)
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})", re.ASCII)
_EITHER = re.compile(r"(?P<one>\d{1,2})(?P<sep>[-/])(?P<other>\d{1,2})(?P=sep)(?P<year>\d{4})", re.ASCII)


def read_date(text: str) -> date:
    """Raises ValueError. `2030-01-31`, `20300131`, `31.01.2030`, and `31/01/2030`, where no month is a 31st."""
    if found := _YEAR_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text):
        year, month, day = (int(found[each]) for each in ("year", "month", "day"))
    elif found := _EITHER.fullmatch(text):
        year, one, other = (int(found[each]) for each in ("year", "one", "other"))
        if one <= 12 and other <= 12 and one != other:
            raise ValueError(f"{text} can be read in two ways; write it as {year}-MM-DD")
        day, month = (one, other) if one > 12 else (other, one)
    else:
        raise ValueError(f"{text!r:.40} is not recognized as a date")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"{text} is no date") from None
