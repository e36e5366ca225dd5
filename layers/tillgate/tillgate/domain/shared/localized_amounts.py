"""Localized amounts: the rules of Unicode's CLDR for the shoppers' languages, and nothing more.

Minor units in, text out: 4999 EUR is `€49.99` in English and `49,99 €` in German. A test compares every currency in
every language with babel, whose data would add 33 MB to each function's layer.
"""

from typing import NamedTuple

from tillgate.domain.shared.currencies import DECIMALS

NBSP = "\u00a0"
NARROW = "\u202f"


class Style(NamedTuple):
    """How a language writes an amount."""

    point: str
    groups: str
    symbol_first: bool
    gap: str  # between symbol and number; a letter code before the number always has one
    symbols: dict[str, str]  # if not the ISO code


_ALL = {"EUR": "€", "VND": "₫", "XCG": "Cg."}
_MANY = {"INR": "₹", "ILS": "₪", "KRW": "₩", "BRL": "R$", "XAF": "FCFA", "XOF": "F\u202fCFA"}
_DOLLARS = {"HKD": "HK$", "MXN": "MX$", "NZD": "NZ$", "TWD": "NT$", "XCD": "EC$", "CNY": "CN¥", "GBP": "£"}
_FRENCH = "ARS AUD BMD BND BZD CAD CLP COP FJD MXN NAD NZD SBD SGD SRD TTD USD UYU WST"  # $AR, $AU and so on

STYLES: dict[str, Style] = {
    "en": Style(
        *(".", ",", True, ""),
        _ALL | _MANY | _DOLLARS | {"AUD": "A$", "CAD": "CA$", "JPY": "¥", "PHP": "₱", "USD": "$", "XPF": "CFPF"},
    ),
    "de": Style(
        *(",", ".", False, NBSP),
        _ALL | _MANY | _DOLLARS | {"AUD": "AU$", "CAD": "CA$", "JPY": "¥", "THB": "฿", "USD": "$", "XPF": "CFPF"},
    ),
    "fr": Style(
        *(",", NARROW, False, NBSP),
        _ALL
        | _MANY
        | {code: f"${code[:2]}" for code in _FRENCH.split()}
        | {"FKP": "£FK", "GBP": "£GB", "GIP": "£GI", "LBP": "£LB", "XPF": "FCFP"},
    ),
    "nl": Style(
        *(",", ".", True, NBSP),
        _ALL
        | _MANY
        | _DOLLARS
        | {"AUD": "AU$", "CAD": "C$", "FJD": "FJ$", "JPY": "JP¥", "SBD": "SI$", "THB": "฿", "USD": "US$"},
    ),
    "es": Style(*(",", ".", False, NBSP), _ALL | {"THB": "฿", "USD": "US$", "XPF": "CFPF"}),
}


def readable(amount: int, currency: str, language: str) -> str:
    """An amount of 0 or more in minor units, with its currency's symbol."""
    style = STYLES[language]
    number = _number(amount, DECIMALS.get(currency, 2), style)
    symbol = style.symbols.get(currency, currency)
    if not style.symbol_first:
        return f"{number}{style.gap}{symbol}"
    gap = style.gap or (NBSP if symbol[-1].isalpha() else "")
    return f"{symbol}{gap}{number}"


def _number(amount: int, decimals: int, style: Style) -> str:
    whole, rest = divmod(amount, 10**decimals)
    fraction = f"{style.point}{rest:0{decimals}d}" if decimals else ""
    return f"{whole:,}".replace(",", style.groups) + fraction
