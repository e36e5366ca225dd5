"""Saved instruments: what a shopper has paid with and may pay with again (RG-4, RG-5).

Our token `ins_x_y` names its shopper `shp_x`, so an instrument is found by its token with one read; `y` begins with
the time it was made, so tokens sort by age. What a PSP calls it, and its last digits, lie with the shopper and are
erased with the shopper; an order keeps our token alone.
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
    """What a PSP keeps for a shopper: its own token, what the shopper knows it by. `expires`: year and month."""

    psp_token: str
    brand: str | None = None
    last4: str | None = None
    expires: str | None = None


class InstrumentStatus(StrEnum):
    """PENDING: the PSP has not said yet whether it has stored it; it pays once it is ACTIVE."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"


@dataclass(frozen=True, slots=True)
class SavedInstrument:
    """A shopper's instrument, as Tillgate keeps it. `recurring`: it may pay without the shopper being there."""

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
    """The time and 130 random bits behind the shopper's key."""
    milliseconds = int(now.timestamp() * 1000)
    time = "".join(_ALPHABET[milliseconds >> 5 * place & 31] for place in reversed(range(_TIME)))
    random = "".join(secrets.choice(_ALPHABET) for _ in range(26))
    return f"ins_{shopper_key.removeprefix('shp_')}_{time}{random}"


def is_token(text: str) -> bool:
    """Whether it is one of ours rather than a PSP's."""
    return _TOKEN.fullmatch(text) is not None


def shopper_key_of(token: str) -> str:
    """Whose it is; of a token of ours."""
    return f"shp_{token.split('_')[1]}"
