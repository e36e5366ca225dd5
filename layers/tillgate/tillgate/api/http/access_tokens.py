"""Bearer tokens (RG-9): short-lived and signed with HMAC. Verifying one needs no call.

The keys are in Secrets Manager as {"current": id, id: key, ...}. Rotation has no downtime: a new key is announced as
{"next": id, "next_from": unix seconds} before it signs, so every process has read it by then. The old key still
verifies.
"""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import jwt

from tillgate.api.http.problems import Problem, unauthorized
from tillgate.domain.merchants.account import DEFAULT_SCOPES
from tillgate.domain.merchants.token_keys import signing_key
from tillgate.wiring import secret

LIFE = timedelta(hours=1)
_ISSUER = "tillgate"
_REREAD_SECONDS = 60  # a token may name a key that this process has not read yet, or no key of ours at all
_KEPT_SECONDS = 300  # then the keys are read again, so that every process knows a new one before it signs
_NO_KEYS = ("current", "next", "next_from")
_MOST_KNOWN = 1000  # tokens that a process remembers; the oldest is dropped first
_known: dict[str, "_Verified"] = {}
_read_again_at = 0.0
_read_at: float | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a token: whose it is and its scopes."""

    merchant_id: str
    client_id: str
    scopes: frozenset[str]


class _Verified(NamedTuple):
    """A verified token, the key that signed it and its expiry in Unix seconds."""

    claims: Claims
    kid: str
    key: str
    expires: int


def issue(merchant_id: str, client_id: str, now: datetime, scopes: Iterable[str] = DEFAULT_SCOPES) -> str:
    keys = _keys()
    kid = signing_key(keys, now)
    claims = {
        "iss": _ISSUER,
        "sub": merchant_id,
        "client_id": client_id,
        "scope": " ".join(scopes),
        "iat": now,
        "exp": now + LIFE,
    }
    return jwt.encode(claims, keys[kid], algorithm="HS256", headers={"kid": kid})


def verify(authorization: str, scope: str) -> Claims:
    """The claims of a valid token. 401 without one, 403 if it lacks the scope."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthorized("send Authorization: Bearer with a token from POST /auth/token")
    try:
        claims = _remembered(token) or _remember(token, _verified(token))
    except jwt.ExpiredSignatureError:
        raise unauthorized("the token has expired; get a new one from POST /auth/token") from None
    except (jwt.PyJWTError, KeyError):
        raise unauthorized("the token is not valid; get one from POST /auth/token") from None
    if scope not in claims.scopes:
        raise Problem(403, "forbidden", f"the token lacks the scope {scope}")
    return claims


def _verified(token: str) -> _Verified:
    """The claims of a token with a valid signature. Raises PyJWTError, or KeyError for a key that is not ours."""
    kid = jwt.get_unverified_header(token).get("kid")
    key = _key(kid)
    claims = jwt.decode(token, key, algorithms=["HS256"], issuer=_ISSUER, options={"require": ["exp", "sub", "scope"]})
    told = Claims(str(claims["sub"]), str(claims.get("client_id", "")), frozenset(str(claims["scope"]).split()))
    return _Verified(told, str(kid), key, int(claims["exp"]))


def _remembered(token: str) -> Claims | None:
    """The claims of a token that was verified before, has not expired, and whose key has not changed."""
    known = _known.get(token)
    if known and time.time() < known.expires and _keys().get(known.kid) == known.key:
        return known.claims
    return None


def _remember(token: str, verified: _Verified) -> Claims:
    if len(_known) >= _MOST_KNOWN:
        del _known[next(iter(_known))]
    _known[token] = verified
    return verified.claims


def _key(kid: object) -> str:
    """The key with that id. Raises KeyError for an unknown one: such a token is never verified with another key."""
    global _read_again_at
    if not isinstance(kid, str) or kid in _NO_KEYS:
        raise KeyError(kid)
    keys = _keys()
    if kid not in keys and time.monotonic() >= _read_again_at:
        _read_again_at = time.monotonic() + _REREAD_SECONDS
        secret.cache_clear()
        keys = secret(os.environ["TOKEN_SECRET_ID"])
    return keys[kid]


def _keys() -> dict[str, str]:
    global _read_at
    if _read_at is not None and time.monotonic() - _read_at > _KEPT_SECONDS:
        secret.cache_clear()
        _read_at = None
    if _read_at is None:
        _read_at = time.monotonic()
    return secret(os.environ["TOKEN_SECRET_ID"])
