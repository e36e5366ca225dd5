"""Bearer tokens (RG-9): short-lived, signed by IssueToken with ES256, verified with public keys and without a call.

The keys are in the merchants table (see `store/merchants/token_keys`) and kept for a minute. Rotation has no downtime:
a new key is announced before it signs, so every process has read it by then, and the old one still verifies.
"""

import time
from dataclasses import dataclass
from typing import NamedTuple

from tillgate.api.http.es256 import PublicKey
from tillgate.api.http.json_web_tokens import Expired, NotValid, number, read
from tillgate.api.http.problems import Problem, unauthorized
from tillgate.domain.merchants.token_keys import TokenKey
from tillgate.runtime.bounded import Bounded
from tillgate.wiring import System

ISSUER = "tillgate"
_REREAD_SECONDS = 60  # a token may name a key that this process has not read yet, or no key of ours at all
_known: Bounded[str, "_Verified"] = Bounded()
_read_again_at = 0.0


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a token: whose it is, its scopes, and when it was issued, in Unix seconds."""

    merchant_id: str
    client_id: str
    scopes: frozenset[str]
    issued: int


class _Verified(NamedTuple):
    """A verified token, the key that signed it and its expiry in Unix seconds."""

    claims: Claims
    key: TokenKey
    expires: int


def verify(system: System, authorization: str, scope: str) -> Claims:
    """The claims of a valid token. 401 without one, 403 if it lacks the scope."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthorized("send Authorization: Bearer with a token from POST /auth/token")
    try:
        claims = _remembered(system, token) or _remember(token, _verified(system, token))
    except Expired:
        raise unauthorized("the token has expired; get a new one from POST /auth/token") from None
    except NotValid:
        raise unauthorized("the token is not valid; get one from POST /auth/token") from None
    if scope not in claims.scopes:
        raise Problem(403, "forbidden", f"the token lacks the scope {scope}")
    return claims


def _verified(system: System, text: str) -> _Verified:
    """The claims of a token with a valid signature. Raises `NotValid`, also for a key that is not ours, `Expired`."""
    token = read(text)
    key = _key(system, token.kid)
    token.check(PublicKey.of(number(key.x), number(key.y)), ISSUER, time.time())
    sub, client_id, scope = (token.claims.get(name) for name in ("sub", "client_id", "scope"))
    if not (isinstance(sub, str) and isinstance(client_id, str) and isinstance(scope, str)):
        raise NotValid
    claims = Claims(sub, client_id, frozenset(scope.split()), token.claims["iat"])
    return _Verified(claims, key, token.claims["exp"])


def _remembered(system: System, text: str) -> Claims | None:
    """The claims of a token that was verified before, has not expired, and whose key still verifies."""
    known = _known.get(text)
    if known and time.time() < known.expires and _same(_keys(system).get(known.key.kid), known.key):
        return known.claims
    return None


def _same(one: TokenKey | None, other: TokenKey) -> bool:
    return one is not None and (one.x, one.y) == (other.x, other.y)


def _remember(text: str, verified: _Verified) -> Claims:
    _known[text] = verified
    return verified.claims


def _key(system: System, kid: str) -> TokenKey:
    """The key with that id. `NotValid` for an unknown one: such a token is never verified with another key."""
    global _read_again_at
    found = _keys(system).get(kid)
    if found is None and time.monotonic() >= _read_again_at:
        _read_again_at = time.monotonic() + _REREAD_SECONDS
        system.token_keys.public(fresh=True)
        found = _keys(system).get(kid)
    if found is None:
        raise NotValid
    return found


def _keys(system: System) -> dict[str, TokenKey]:
    """The keys that verify now, by id."""
    keys = system.token_keys.public()
    return keys.verifying(system.now()) if keys else {}
