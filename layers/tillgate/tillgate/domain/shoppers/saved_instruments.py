"""Saved instruments: what a shopper has paid with and may pay with again (RG-4, RG-5).

Our token `ins_x_y` names its shopper `shp_x`, so one read finds an instrument by its token; `y` begins with the
creation time, so tokens sort by age. The PSP's token and the last digits are stored with the shopper and erased with
the shopper; an order keeps only our token.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from tillgate.domain.payments.payment import Redirect
from tillgate.domain.shared.modes import Mode

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's, in the order in which strings sort
_TOKEN = re.compile(r"ins_([0-9a-z]{1,64})_[0-9a-hjkmnp-tv-z]{35}")
_TIME = 9  # characters: milliseconds until the year 3084


@dataclass(frozen=True, slots=True)
class StoredInstrument:
    """What a PSP stores for a shopper: its own token, and what the shopper recognizes. `expires`: year and month.

    `fingerprint` is the PSP's and the same for the same card, whatever its token; not every PSP has one.
    """

    psp_token: str
    brand: str | None = None
    last4: str | None = None
    expires: str | None = None
    fingerprint: str | None = None


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
    return_url: str | None = None  # of the shop, if the shopper has to confirm at the PSP
    redirect: Redirect | None = None  # where the shopper has to go; answered once, not stored
    mode: Mode | None = None  # of the merchant's own account with the PSP; None: the deployment's account

    @property
    def key(self) -> str:
        return self.token


def one_of_each(instruments: Iterable[SavedInstrument]) -> list[SavedInstrument]:
    """Each card once, however often it was saved: the copy with the newest expiry, in the place of the first one.

    Without a fingerprint of the PSP every instrument is one of its own: two cards may show the same digits.
    """
    found: dict[tuple[str, ...], SavedInstrument] = {}
    for each in instruments:
        known = each.at_psp
        same = known.fingerprint if known else None
        key = (each.method, each.connector, same) if same else (each.token,)
        kept = found.get(key)
        if kept is None or _expires(kept) < _expires(each):
            found[key] = each
    return list(found.values())


def _expires(instrument: SavedInstrument) -> str:
    return (instrument.at_psp.expires if instrument.at_psp else None) or ""


def new_token(shopper_key: str, now: datetime) -> str:
    """The shopper's key, the time and 130 random bits."""
    milliseconds = int(now.timestamp() * 1000)
    time = "".join(_ALPHABET[milliseconds >> 5 * place & 31] for place in reversed(range(_TIME)))
    random = "".join(secrets.choice(_ALPHABET) for _ in range(26))
    return f"ins_{shopper_key.removeprefix('shp_')}_{time}{random}"


def created_at(token: str) -> datetime:
    """The time in one of our tokens."""
    milliseconds = 0
    for letter in token.rsplit("_", 1)[1][:_TIME]:
        milliseconds = milliseconds << 5 | _ALPHABET.index(letter)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def is_token(text: str) -> bool:
    """Whether the token is one of ours rather than a PSP's."""
    return _TOKEN.fullmatch(text) is not None


def shopper_key_of(token: str) -> str:
    """The key of the shopper whom one of our tokens belongs to."""
    return f"shp_{token.split('_')[1]}"
