"""Which language a shopper gets, and that each says all there is to say."""

from __future__ import annotations

import re

import pytest

from functions.payments.menu.pages.languages import LANGUAGES, Wishes, texts
from tillgate.connectors.host.facts import REASON_CODES
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.shared.locales import language_of
from tools import cldr


@pytest.mark.parametrize(
    ("locale", "accepted", "language"),
    [
        ("de-AT", "fr", "de"),
        ("nl_BE", "", "nl"),
        ("pt-BR", "es-MX,en;q=0.5", "es"),
        (None, "pt;q=0.9, fr-CA;q=0.8, en;q=0.7", "fr"),
        (None, "en;q=0.2,de;q=0.9", "de"),
        (None, "fr;q=0", "en"),
        (None, "fr;q=nonsense,nl", "nl"),
        (None, "", "en"),
        (None, ",;=,;q=" * 1000, "en"),
    ],
)
def test_the_merchants_word_counts_then_the_browsers(locale: str | None, accepted: str, language: str) -> None:
    assert language_of(Wishes(accepted).locale(locale)) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    english, found = texts("en"), texts(language)
    assert found.keys() == english.keys()
    assert all(found.values())
    assert {f"method_{method}" for method in METHODS} <= found.keys()
    assert {f"reason_{reason}" for reason in REASON_CODES} <= found.keys()
    for key, text in english.items():
        assert re.findall(r"\{\w+\}", found[key]) == re.findall(r"\{\w+\}", text)


def test_every_language_writes_amounts() -> None:
    assert set(LANGUAGES) == set(cldr.LANGUAGES)


@pytest.mark.parametrize(
    ("locale", "accepted", "expected"),
    [
        ("de-CH", "fr", "de-CH"),
        ("de_ch", "", "de-CH"),
        ("de", "de-CH", "de"),
        ("it-CH", "pt, es-419, en;q=0.5", "es-419"),
        ("de-Latn-AT", "", "de-AT"),
        ("de-u-co-phonebk", "", "de"),
        (None, "en-GB-oxendict,en;q=0.9", "en-GB"),
        (None, "", "en"),
    ],
)
def test_the_region_goes_with_the_language(locale: str | None, accepted: str, expected: str) -> None:
    assert Wishes(accepted).locale(locale) == expected


@pytest.mark.parametrize(
    ("locale", "accepted", "chosen", "expected"),
    [
        ("de-AT", "fr-CH", "fr", "fr-CH"),
        ("de-AT", "fr-CH", "de", "de-AT"),
        ("de-AT", "", "es", "es"),
        ("de-AT", "", "xx", "de-AT"),
        (None, "nl", "", "nl"),
    ],
)
def test_the_shoppers_choice_counts_before_all_others(
    locale: str | None, accepted: str, chosen: str, expected: str
) -> None:
    assert Wishes(accepted, chosen).locale(locale) == expected
