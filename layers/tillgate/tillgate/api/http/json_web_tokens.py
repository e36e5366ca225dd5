"""JSON Web Tokens (RFC 7519) with ES256, as IssueToken makes them and no other: read strictly, verified (RFC 8725)."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from tillgate.api.http.es256 import PublicKey, verifies

_FORM = re.compile(r"([\w-]+)\.([\w-]+)\.([\w-]+)", re.ASCII)
_SPARE_SECONDS = 60  # that clocks may differ by


class NotValid(Exception):
    """No token of ours."""


class Expired(Exception):
    """It was valid."""


class Token(NamedTuple):
    """A token as read: nothing of it is verified yet."""

    kid: str
    claims: dict[str, Any]
    message: bytes
    signature: bytes

    def check(self, key: PublicKey, issuer: str, now: float) -> None:
        """Raises `NotValid`, or `Expired` for a token that is otherwise valid. `now` in Unix seconds."""
        if not verifies(key, self.message, self.signature) or self.claims.get("iss") != issuer:
            raise NotValid
        if not (type(self.claims.get("exp")) is type(self.claims.get("iat")) is int):
            raise NotValid
        if self.claims["iat"] > now + _SPARE_SECONDS:
            raise NotValid
        if self.claims["exp"] <= now:
            raise Expired


def read(text: str) -> Token:
    """Raises `NotValid` for what is no token with ES256 and a key id."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise NotValid
    try:
        header, claims = _object(found[1]), _object(found[2])
        signature = _decoded(found[3])
    except ValueError:
        raise NotValid from None
    kid = header.get("kid")
    if header.get("alg") != "ES256" or "crit" in header or not isinstance(kid, str):
        raise NotValid
    return Token(kid, claims, text.rpartition(".")[0].encode(), signature)


def encoded(value: bytes | Mapping[str, Any]) -> str:
    """Base64url without padding."""
    data = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    """Raises ValueError for what is not written as we write it: a token has one spelling."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encoded(data) != text:
        raise ValueError("not canonical")
    return data


def _object(text: str) -> dict[str, Any]:
    value = json.loads(_decoded(text))
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def number(text: str) -> int:
    """A coordinate of a key, as in a JSON Web Key. Raises ValueError."""
    return int.from_bytes(_decoded(text))
