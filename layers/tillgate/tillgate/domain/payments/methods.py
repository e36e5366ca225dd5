"""The traits of the payment methods (CM-8, IS-6, IS-18, RG-14, TH-12)."""

from enum import StrEnum
from typing import NamedTuple


class SafeLevel(StrEnum):
    """How sure it is that the merchant gets the money, weakest first (CM-8)."""

    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    SETTLED = "SETTLED"

    @property
    def rank(self) -> int:
        return list(SafeLevel).index(self)


class Method(NamedTuple):
    limited: bool  # a tender with a balance, such as a gift card; any number of them in one order
    holds: bool  # an authorization holds money that is captured or cancelled later; a bank's confirmation does not
    lapses: bool  # the hold ends after seven days (TH-9)
    safe_at: SafeLevel  # the level from which the merchant may ship
    pays_later: bool = False  # a promise to pay after delivery; it cannot pay an invoice (RG-7)


METHODS: dict[str, Method] = {
    "card": Method(limited=False, holds=True, lapses=True, safe_at=SafeLevel.AUTHORIZED),
    "gift_card": Method(limited=True, holds=True, lapses=True, safe_at=SafeLevel.AUTHORIZED),
    "wallet": Method(limited=False, holds=True, lapses=True, safe_at=SafeLevel.CAPTURED),
    "invoice": Method(limited=False, holds=True, lapses=False, safe_at=SafeLevel.AUTHORIZED, pays_later=True),
    "cash_on_delivery": Method(limited=False, holds=True, lapses=False, safe_at=SafeLevel.AUTHORIZED, pays_later=True),
    "bank_redirect": Method(limited=False, holds=False, lapses=False, safe_at=SafeLevel.SETTLED),
    "bank_transfer": Method(limited=False, holds=False, lapses=False, safe_at=SafeLevel.SETTLED),
    "direct_debit": Method(limited=False, holds=False, lapses=False, safe_at=SafeLevel.SETTLED),
}
