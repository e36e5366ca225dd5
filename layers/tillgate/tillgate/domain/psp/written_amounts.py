"""Amounts as banks and spreadsheets write them, in minor units: `49,99`, `1.234,56`, `1'234.56 CHF`, `-5.00`, `4999`.

What can be read in two ways is not read at all: `1.234` EUR is either a thousand or a bit more than one. Of a currency
with three decimals, such as KWD, three digits behind the only point are its decimals, for so its amounts are written.
"""

import re
from typing import NamedTuple

_SPACES = " \u00a0\u202f\u2009"
_APOSTROPHES = "'\u2019"
_PLAIN = re.compile(r"\d+", re.ASCII)
_DECIMAL = re.compile(r"(\d+)[.,](\d+)", re.ASCII)
_GROUPED = re.compile(
    rf"\d{{1,3}}(?:(?P<group>[.,{_SPACES}{_APOSTROPHES}])\d{{3}})(?:(?P=group)\d{{3}})*(?:[.,](?P<cents>\d+))?",
    re.ASCII,
)
_MINUS = "-\u2212"


class Written(NamedTuple):
    """An amount in minor units. `has_point`: it was written in major units; otherwise only the file can tell."""

    amount: int
    has_point: bool


def read_amount(text: str, currency: str, decimals: int) -> Written:
    """Raises ValueError for what is not recognized. `decimals`: of the currency."""
    sign, digits = _signed(_without_currency(text.strip(_SPACES), currency))
    if _PLAIN.fullmatch(digits):
        return Written(sign * int(digits), False)
    if found := _DECIMAL.fullmatch(digits):
        whole, cents = found.groups()
        if len(cents) != 3 or decimals == 3 or len(whole) > 3:
            return Written(sign * _minor(whole, cents, decimals, text), True)
    if found := _GROUPED.fullmatch(digits):
        return Written(sign * _grouped(found, digits, decimals, text), bool(found["cents"]))
    raise ValueError(f"{text!r:.40} is not recognized as an amount")


def _grouped(found: re.Match[str], digits: str, decimals: int, text: str) -> int:
    cents, group = found["cents"] or "", found["group"]
    if cents and digits[-len(cents) - 1] == group:
        raise ValueError(f"{text!r:.40} is not recognized as an amount")
    if not cents and decimals:
        raise ValueError(f"{text!r:.40} can be read in two ways; write its decimals")
    whole = digits[: -len(cents) - 1] if cents else digits
    return _minor(re.sub(r"\D", "", whole), cents, decimals, text)


def _minor(whole: str, cents: str, decimals: int, text: str) -> int:
    if len(cents) > decimals:
        raise ValueError(f"{text!r:.40} has more decimals than its currency")
    return int(whole + cents.ljust(decimals, "0"))


def _without_currency(text: str, currency: str) -> str:
    if text.upper().startswith(currency):
        text = text[len(currency) :]
    elif text.upper().endswith(currency):
        text = text[: -len(currency)]
    return text.strip(_SPACES)


def _signed(text: str) -> tuple[int, str]:
    """The sign, before or after the digits, and the rest."""
    for at, rest in ((text[:1], text[1:]), (text[-1:], text[:-1])):
        if at and at in _MINUS + "+":
            return (-1 if at in _MINUS else 1), rest.strip(_SPACES)
    return 1, text
