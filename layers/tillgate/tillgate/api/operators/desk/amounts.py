"""Amounts at the desk: as operators read and type them, with the currency's code."""

from collections.abc import Callable

from tillgate.domain.shared.currencies import DECIMALS
from tillgate.domain.shared.refusals import Refusal
from tillgate.domain.shared.typed_amounts import minor_units

type Minor = int


def shown(amount: Minor, currency: str) -> str:
    """4999 EUR is `49.99 EUR`."""
    return f"{plain(amount, currency)} {currency}"


def sayer(currency: str) -> Callable[[Minor], str]:
    """Writes amounts of one currency, for sentences."""
    return lambda amount: plain(amount, currency)


def plain(amount: Minor, currency: str) -> str:
    """As it can be typed again: without the currency and without groups."""
    decimals = DECIMALS.get(currency, 2)
    whole, rest = divmod(abs(amount), 10**decimals)
    return ("-" if amount < 0 else "") + (f"{whole}.{rest:0{decimals}d}" if decimals else str(whole))


def typed(text: str, currency: str) -> Minor | None:
    """Minor units; None if nothing is typed. Raises `Refusal` for what is no amount."""
    if not text:
        return None
    amount = minor_units(text.removesuffix(currency).strip(), DECIMALS.get(currency, 2), ".")
    if amount is None:
        raise Refusal(f"{text} is no amount in {currency}; write it as {plain(123456, currency)}", "/amount")
    return amount
