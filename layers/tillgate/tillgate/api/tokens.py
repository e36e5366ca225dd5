"""Bearer tokens (RG-9): short-lived, signed with HMAC, verified where they are used without any call.

The key lies in Secrets Manager as {"current": id, id: key, ...}; while it is rotated the old key still verifies.
"""

import os
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from tillgate.wiring import secret

from .problems import Problem, unauthorized

LIFE = timedelta(hours=1)
SCOPES = ("orders:read", "orders:write", "payouts:write", "account:write")
_ISSUER = "tillgate"
_REREAD_SECONDS = 60  # a token may name a key that is newer than what this process has read; others name none at all
_read_again_at = 0.0


@dataclass(frozen=True, slots=True)
class Claims:
    merchant_id: str
    scopes: frozenset[str]


def issue(merchant_id: str, client_id: str, now: datetime) -> str:
    keys = secret(os.environ["TOKEN_SECRET_ID"])
    claims = {
        "iss": _ISSUER,
        "sub": merchant_id,
        "client_id": client_id,
        "scope": " ".join(SCOPES),
        "iat": now,
        "exp": now + LIFE,
    }
    return jwt.encode(claims, keys[keys["current"]], algorithm="HS256", headers={"kid": keys["current"]})


def verify(authorization: str, scope: str) -> Claims:
    """The claims of a valid token. 401 without one, 403 if it lacks the scope."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthorized("send Authorization: Bearer with a token from POST /auth/token")
    try:
        key = _key(jwt.get_unverified_header(token).get("kid"))
        claims = jwt.decode(
            token, key, algorithms=["HS256"], issuer=_ISSUER, options={"require": ["exp", "sub", "scope"]}
        )
    except jwt.ExpiredSignatureError:
        raise unauthorized("the token has expired; get a new one from POST /auth/token") from None
    except (jwt.PyJWTError, KeyError):
        raise unauthorized("the token is not valid; get one from POST /auth/token") from None
    scopes = frozenset(str(claims["scope"]).split())
    if scope not in scopes:
        raise Problem(403, "forbidden", f"the token lacks the scope {scope}")
    return Claims(str(claims["sub"]), scopes)


def _key(kid: object) -> str:
    """The key of that id. Raises KeyError: what names no key of ours is never verified with anything."""
    global _read_again_at
    if not isinstance(kid, str) or kid == "current":
        raise KeyError(kid)
    keys = secret(os.environ["TOKEN_SECRET_ID"])
    if kid not in keys and time.monotonic() >= _read_again_at:
        _read_again_at = time.monotonic() + _REREAD_SECONDS
        secret.cache_clear()
        keys = secret(os.environ["TOKEN_SECRET_ID"])
    return keys[kid]
