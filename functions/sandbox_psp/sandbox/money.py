"""Amounts for people to read. Everywhere else they are integers in minor units."""

from __future__ import annotations

# ISO 4217: currencies whose minor unit is not a hundredth.
_UNDIVIDED = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF"}
    | {"UYI", "XPF"}
)
_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def readable(amount: int, currency: str) -> str:
    """4999 and EUR become `49.99 EUR`; thousands are separated by commas."""
    decimals = 0 if currency in _UNDIVIDED else 3 if currency in _THOUSANDTHS else 2
    whole, rest = divmod(amount, 10**decimals)
    fraction = f".{rest:0{decimals}d}" if decimals else ""
    return f"{whole:,}{fraction} {currency}"
