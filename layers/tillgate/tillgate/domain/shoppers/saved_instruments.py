"""Saved instruments: what a shopper has paid with and may pay with again (RG-4, RG-5).

Our token `ins_x_y` names its shopper `shp_x`, so one read finds an instrument by its token; `y` begins with the
creation time, so tokens sort by age. The PSP's token and the last digits are stored with the shopper and erased with
the shopper; an order keeps only our token.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's, in the order in which strings sort
_TOKEN = re.compile(r"ins_([0-9a-z]{1,64})_[0-9a-hjkmnp-tv-z]{35}")
_TIME = 9  # characters: milliseconds until the year 3084


@dataclass(frozen=True, slots=True)
class StoredInstrument:
    """What a PSP stores for a shopper: its own token, and what the shopper recognizes. `expires`: year and month."""

    psp_token: str
    brand: str | None = None
    last4: str | None = None
    expires: str | None = None


class InstrumentStatus(StrEnum):
    """PENDING: the PSP has not confirmed yet that it stored the instrument; it can pay once it is ACTIVE."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"


@dataclass(frozen=True, slots=True)
class SavedInstrument:
    """A shopper's instrument, as Tillgate stores it. `recurring`: it may pay while the shopper is absent."""

    token: str
    merchant_id: str
    shopper_key: str
    method: str
    connector: str
    recurring: bool
    created_at: datetime
    status: InstrumentStatus = InstrumentStatus.PENDING
    at_psp: StoredInstrument | None = None

    @property
    def key(self) -> str:
        return self.token


def new_token(shopper_key: str, now: datetime) -> str:
    """The shopper's key, the time and 130 random bits."""
    milliseconds = int(now.timestamp() * 1000)
    time = "".join(_ALPHABET[milliseconds >> 5 * place & 31] for place in reversed(range(_TIME)))
    random = "".join(secrets.choice(_ALPHABET) for _ in range(26))
    return f"ins_{shopper_key.removeprefix('shp_')}_{time}{random}"


def is_token(text: str) -> bool:
    """Whether the token is one of ours rather than a PSP's."""
    return _TOKEN.fullmatch(text) is not None


def shopper_key_of(token: str) -> str:
    """The key of the shopper whom one of our tokens belongs to."""
    return f"shp_{token.split('_')[1]}"
