"""The keys that sign access tokens (RG-9): the first, a new one without downtime, and one at once if one has leaked."""

import base64
import secrets
from datetime import datetime
from typing import Any

from tillgate.domain.merchants.token_keys import (
    ANNOUNCED_FOR,
    SealedTokenKey,
    TokenKey,
    TokenKeys,
    with_successor,
)
from tillgate.domain.shared.refusals import OperationNotAllowed
from tillgate.runtime.telemetry import logger
from tillgate.store.merchants.items import Missing, Taken
from tillgate.wiring import System

_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200" + "04")  # before a point's coordinates


def signing_key(system: System) -> tuple[TokenKey, bytes]:
    """The key that signs now, and its private half, which only IssueToken may open. The first call makes the first."""
    keys = system.token_keys.public(fresh=True) or _first(system)
    key = keys.signing(system.now())
    sealed = system.token_keys.sealed(key.kid)
    if sealed is None:
        raise LookupError(f"the token key {key.kid} has no private half")
    return key, system.key_pairs.open(sealed.sealed)


def rotate_token_key(system: System, *, revoke_now: bool = False) -> dict[str, Any]:
    """A new key, which signs in ten minutes; those before it verify until their last token has ended.

    `revoke_now`: it signs at once, and no other verifies any more: within a minute every token of before is refused.
    Raises `OperationNotAllowed` while one that was announced does not sign yet, unless `revoke_now`.
    """
    now = system.now()
    keys = system.token_keys.public(fresh=True) or _first(system)
    if keys.announced(now) and not revoke_now:
        raise OperationNotAllowed("a new key has already been announced and will sign soon")
    new = _new(system, now if revoke_now else now + ANNOUNCED_FOR)

    def changed(found: TokenKeys) -> TokenKeys:
        return TokenKeys((new,)) if revoke_now else with_successor(found, new, now)

    after = system.token_keys.change_public(changed)
    _forget(system, {key.kid for key in keys.keys} - {key.kid for key in after.keys})
    logger.info("token key rotated", extra={"key_id": new.kid, "revoked": revoke_now})
    return {"key_id": new.kid, "signs_from": new.signs_from.isoformat(timespec="seconds").replace("+00:00", "Z")}


def _first(system: System) -> TokenKeys:
    """The first key of a deployment; another process may be faster."""
    keys = TokenKeys((_new(system, system.now()),))
    try:
        system.token_keys.publish_first(keys)
    except Taken:
        _forget(system, {keys.keys[0].kid})
    return system.token_keys.public(fresh=True) or keys


def _new(system: System, signs_from: datetime) -> TokenKey:
    public, sealed = system.key_pairs.make()
    if not public.startswith(_P256) or len(public) != len(_P256) + 64:
        raise ValueError("this is no public key on P-256")
    x, y = public[-64:-32], public[-32:]
    key = TokenKey(f"k{system.now():%Y%m%d}-{secrets.token_hex(4)}", _base64url(x), _base64url(y), signs_from)
    system.token_keys.add_sealed(SealedTokenKey(key.kid, sealed))
    return key


def _forget(system: System, kids: set[str]) -> None:
    """Deletes private halves that sign no more."""
    for kid in kids:
        try:
            system.token_keys.delete_sealed(kid)
        except Missing:
            continue


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
