"""Keys that sign access tokens (RG-9): announced first, signing later, verified until their last token has ended."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LIFE = timedelta(hours=1)  # of a token
ANNOUNCED_FOR = timedelta(minutes=10)  # before it signs: longer than any process keeps the keys
_SPARE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TokenKey:
    """The public half of a key: the coordinates of a point of P-256, base64url (RFC 7518, 6.2).

    `verifies_until`: the end of its overlap with its successor, UTC; None while it has none.
    """

    kid: str
    x: str
    y: str
    signs_from: datetime
    verifies_until: datetime | None = None

    def verifies(self, now: datetime) -> bool:
        return self.verifies_until is None or now < self.verifies_until


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """All public keys, newest first; never empty."""

    keys: tuple[TokenKey, ...]

    def signing(self, now: datetime) -> TokenKey:
        """The newest that has begun to sign."""
        return next((key for key in self.keys if key.signs_from <= now), self.keys[-1])

    def verifying(self, now: datetime) -> dict[str, TokenKey]:
        """Those that verify, by id; one that is only announced is among them."""
        return {key.kid: key for key in self.keys if key.verifies(now)}

    def announced(self, now: datetime) -> TokenKey | None:
        """The one that does not sign yet."""
        return self.keys[0] if self.keys[0].signs_from > now else None


@dataclass(frozen=True, slots=True)
class SealedTokenKey:
    """The private half, encrypted: a PKCS #8 document (RFC 5958), base64 of KMS's ciphertext."""

    kid: str
    sealed: str


def with_successor(keys: TokenKeys, new: TokenKey, now: datetime) -> TokenKeys:
    """The new key announced; each before it verifies until the last token that it can have signed has ended."""
    until = new.signs_from + LIFE + _SPARE
    kept = (key if key.verifies_until else replace(key, verifies_until=until) for key in keys.keys)
    return TokenKeys((new, *(key for key in kept if key.verifies(now))))
