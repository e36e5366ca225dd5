"""Saved instruments: what a shopper has paid with and may pay with again (RG-4, RG-5).

Our token `ins_x_y` names its shopper `shp_x`, so an instrument is found by its token alone with one read. What a PSP
calls it, and its last digits, lie with the shopper and are erased with the shopper; an order keeps our token alone.
"""

import re
import secrets
from dataclasses import dataclass

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_TOKEN = re.compile(r"ins_([0-9a-z]{1,64})_[a-z2-7]{26}")


@dataclass(frozen=True, slots=True)
class StoredInstrument:
    """What a PSP keeps for a shopper: its own token, what the shopper knows it by. `expires`: year and month."""

    psp_token: str
    brand: str | None = None
    last4: str | None = None
    expires: str | None = None


def new_token(shopper_key: str) -> str:
    """130 random bits behind the shopper's key."""
    random = "".join(secrets.choice(_ALPHABET) for _ in range(26))
    return f"ins_{shopper_key.removeprefix('shp_')}_{random}"


def is_token(text: str) -> bool:
    """Whether it is one of ours rather than a PSP's."""
    return _TOKEN.fullmatch(text) is not None


def shopper_key_of(token: str) -> str | None:
    """Whose it is; None for what is no token of ours."""
    found = _TOKEN.fullmatch(token)
    return f"shp_{found[1]}" if found else None
