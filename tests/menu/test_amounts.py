"""Amounts are written as Unicode's CLDR has it: babel knows, and is asked about every currency in every language."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from babel import Locale
from babel.numbers import format_currency, get_currency_precision

from functions.payments.menu.pages.languages import LANGUAGES
from tillgate.domain.shared import countries, localized_amounts_data
from tillgate.domain.shared.currencies import DECIMALS
from tillgate.domain.shared.localized_amounts import NBSP, readable
from tillgate.domain.shared.localized_amounts_data import STYLES
from tools import cldr

AMOUNTS = (0, 99, 4999, 123456, 100_000_000_000, -5000)
LOCALES = sorted(style.partition("|")[0] for style in STYLES.strip().split("\n"))


def test_what_is_checked_in_is_what_cldr_says() -> None:
    """Five languages, with every region that CLDR has of them."""
    assert Path(localized_amounts_data.__file__ or "").read_text() == cldr.render_amounts()
    assert Path(countries.__file__ or "").read_text() == cldr.render_countries()
    assert len(LOCALES) > 200
    assert {locale.partition("-")[0] for locale in LOCALES} == set(LANGUAGES)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_currency_is_written_as_babel_writes_it(locale: str) -> None:
    known = Locale.parse(locale, sep="-")
    signs = known.number_symbols["latn"]
    for currency, decimals in DECIMALS.items():
        if get_currency_precision(currency) != decimals:
            continue  # CLDR rounds some to what is in use; ISO 4217 decides what an amount means
        for amount in AMOUNTS:
            expected = format_currency(Decimal(amount).scaleb(-decimals), currency, locale=known)
            if "currencyDecimal" in signs and decimals:  # babel has it and does not use it
                expected = signs["currencyDecimal"].join(expected.rsplit(signs["decimal"], 1))
            written = readable(amount, currency, locale)
            # Letters before a number get a space here, as CLDR wants and babel leaves out.
            assert written in (expected, re.sub(r"([^\W\d_])(\d)", rf"\1{NBSP}\2", expected)), amount


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        (123456, "CHF", "de-CH", "CHF\u00a01\u2019234.56"),
        (123456, "CHF", "fr-CH", "1\u202f234.56\u00a0CHF"),
        (123456, "MXN", "es-MX", "$1,234.56"),
        (1234, "JPY", "es-MX", "JPY\u00a01,234"),
        (12345678, "INR", "en-IN", "\u20b91,23,456.78"),
        (123456, "EUR", "de-AT", "\u20ac\u00a01.234,56"),
        (123456, "CAD", "fr-CA", "1\u00a0234,56\u00a0$"),
        (123456, "USD", "en-CA", "US$1,234.56"),
        (123456, "EUR", "de-MX", "1.234,56\u00a0\u20ac"),
        (-500, "EUR", "nl-BE", "\u20ac\u00a0-5,00"),
    ],
)
def test_a_locale_is_language_and_region(amount: int, currency: str, locale: str, text: str) -> None:
    assert readable(amount, currency, locale) == text


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
