"""Amounts as Stripe counts them. Ours are minor units as in ISO 4217; most currencies are the same in both.

Source: Stripe's table of currencies. It counts ISK and UGX in hundredths although they have none, MGA in whole ariary
although ISO 4217 gives it two decimals, and takes currencies with three decimals only in multiples of ten.
"""

_HUNDREDTHS = frozenset({"ISK", "UGX"})  # the last two digits have to be zeros
_WHOLE = frozenset({"MGA"})
_TENS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
_WHOLE_PAYOUTS = frozenset({"HUF", "TWD"})  # to a bank only, and then counted in hundredths all the same


class NotPayable(ValueError):
    """Stripe cannot move exactly this amount, and an amount of money is never rounded."""


def to_stripe(amount: int, currency: str) -> int:
    """Our minor units in Stripe's. Raises `NotPayable`."""
    if currency in _HUNDREDTHS:
        return amount * 100
    if currency in _WHOLE:
        return _exactly(amount, 100, currency)
    if currency in _TENS and amount % 10:
        raise NotPayable(f"{amount} {currency}")
    return amount


def to_bank(amount: int, currency: str) -> int:
    """Our minor units in those of a payout to a bank account. Raises `NotPayable`."""
    if currency in _WHOLE_PAYOUTS and amount % 100:
        raise NotPayable(f"{amount} {currency} to a bank")
    return to_stripe(amount, currency)


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's minor units in ours. Raises `NotPayable`: an amount that we cannot express."""
    if currency in _HUNDREDTHS:
        return _exactly(amount, 100, currency)
    return amount * 100 if currency in _WHOLE else amount


def _exactly(amount: int, divisor: int, currency: str) -> int:
    whole, rest = divmod(amount, divisor)
    if rest:
        raise NotPayable(f"{amount} {currency}")
    return whole
