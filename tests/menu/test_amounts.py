"""Amounts are written as Unicode's CLDR has it: babel knows, and is asked about every currency in every language."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_currency, get_currency_precision

from tillgate.domain.shared.currencies import DECIMALS
from tillgate.domain.shared.localized_amounts import NBSP, STYLES, readable

AMOUNTS = (0, 1, 99, 100, 4999, 99999, 123456, 1234567, 100_000_000_000)


@pytest.mark.parametrize("language", STYLES)
def test_every_currency_is_written_as_babel_writes_it(language: str) -> None:
    for currency, decimals in DECIMALS.items():
        if get_currency_precision(currency) != decimals:
            continue  # CLDR rounds some to what is in use; ISO 4217 decides what an amount means
        for amount in AMOUNTS:
            expected = format_currency(Decimal(amount).scaleb(-decimals), currency, locale=language)
            written = readable(amount, currency, language)
            # Letters before a number get a space here, as CLDR wants and babel leaves out.
            assert written in (expected, f"{expected.rstrip('0123456789.,')}{NBSP}{_number(expected)}")


def _number(text: str) -> str:
    return text[len(text.rstrip("0123456789.,")) :]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "€1,234.50"),
        ("de", "1.234,50\u00a0€"),
        ("fr", "1\u202f234,50\u00a0€"),
        ("nl", "€\u00a01.234,50"),
        ("es", "1.234,50\u00a0€"),
    ],
)
def test_what_shoppers_see(language: str, text: str) -> None:
    assert readable(123450, "EUR", language) == text


def test_decimals_are_those_of_iso_4217() -> None:
    assert readable(500, "JPY", "en") == "¥500"
    assert readable(1234, "KWD", "en") == "KWD\u00a01.234"
