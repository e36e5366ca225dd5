"""Localized amounts: the rules of Unicode's CLDR for the shoppers' languages and regions, and nothing more.

Minor units in, text out: 4999 EUR is `€49.99` in English, `49,99 €` in German, and `EUR 49.99` in Swiss German. The
data is generated (`localized_amounts_data`); a test compares every currency in every locale with babel.
"""

from functools import cache
from typing import NamedTuple

from tillgate.domain.shared.currencies import DECIMALS
from tillgate.domain.shared.locales import language_of

NBSP = "\u00a0"


class Style(NamedTuple):
    """How a locale writes an amount. A pattern is what stands before and after the number; `¤` is the symbol."""

    point: str
    groups: str
    sizes: tuple[int, int]  # of the last group, and of those before it
    positive: tuple[str, str]
    negative: tuple[str, str]
    symbols: dict[str, str]  # if not the ISO code


def readable(amount: int, currency: str, locale: str) -> str:
    """An amount in minor units with its currency's symbol. `locale`: a language, or with a region, as `de-CH`."""
    style = style_of(locale)
    before, after = style.negative if amount < 0 else style.positive
    symbol = style.symbols.get(currency, currency)
    if before.endswith("¤") and symbol[-1].isalpha():  # letters do not touch digits
        before += NBSP
    number = _number(abs(amount), DECIMALS.get(currency, 2), style)
    return f"{before}{number}{after}".replace("¤", symbol)


def style_of(locale: str) -> Style:
    """A region that CLDR does not know with this language is written as the language."""
    styles = _styles()
    return styles.get(locale) or styles[language_of(locale)]


@cache
def _styles() -> dict[str, Style]:
    from tillgate.domain.shared.localized_amounts_data import STYLES, SYMBOLS  # few calls write amounts

    symbols: dict[str, dict[str, str]] = {}
    for line in SYMBOLS.strip("\n").split("\n"):
        locale, *pairs = line.split(" ")
        symbols.setdefault(locale, {}).update({pair[:3]: pair[4:] for pair in pairs})
    found = {}
    for line in STYLES.strip("\n").split("\n"):
        locale, point, groups, sizes, *parts = line.split("|")
        last, others = sizes.split(",")
        of_language = symbols.get(language_of(locale), {})
        found[locale] = Style(
            *(point, groups, (int(last), int(others))),
            *((parts[0], parts[1]), (parts[2], parts[3])),
            of_language | symbols.get(locale, {}),
        )
    return found


def _number(amount: int, decimals: int, style: Style) -> str:
    whole, rest = divmod(amount, 10**decimals)
    fraction = f"{style.point}{rest:0{decimals}d}" if decimals else ""
    return _grouped(str(whole), style) + fraction


def _grouped(digits: str, style: Style) -> str:
    last, others = style.sizes
    parts = [digits[-last:]]
    digits = digits[:-last]
    while digits:
        parts.insert(0, digits[-others:])
        digits = digits[:-others]
    return style.groups.join(parts)
