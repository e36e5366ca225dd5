"""Operators' work on API clients: credentials of a merchant's systems, their scopes and secrets."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tillgate.domain.merchants.account import DEFAULT_SCOPES, PAYOUTS, SCOPES, Client
from tillgate.domain.merchants.token_keys import LIFE
from tillgate.domain.shared.refusals import NotFound, Refusal
from tillgate.store.merchants.items import Missing
from tillgate.use_cases.merchants.accounts import changed_merchant, find_merchant
from tillgate.use_cases.merchants.client_secrets import hash_secret, new_secret
from tillgate.wiring import System

OVERLAP = timedelta(hours=24)  # how long a replaced secret still works


def create_client(
    system: System, merchant_id: str, scopes: Iterable[str] | None, by: str | None = None
) -> dict[str, Any]:
    """Further API credentials, perhaps with fewer scopes: one for each calling system."""
    find_merchant(system, merchant_id)
    client_id, client_secret = f"cli_{secrets.token_hex(10)}", new_secret()
    client = Client(client_id, merchant_id, (hash_secret(client_secret),), _scopes(scopes))
    system.merchants.create_client(_known_to(client, by))
    return {"client_id": client_id, "client_secret": client_secret, "scopes": list(client.scopes)}


def update_client(
    system: System, client_id: str, scopes: Iterable[str], by: str | None = None, *, revoke_now: bool = False
) -> dict[str, Any]:
    """Sets the scopes of new tokens. Existing ones keep theirs until they expire, within the hour, or with `revoke_now`
    are refused within a minute."""
    wanted = _scopes(scopes)
    client = _changed_client(system, client_id, lambda client: _known_to(replace(client, scopes=wanted), by))
    if revoke_now:
        _revoke_tokens(system, client)
    return {"client_id": client_id, "scopes": list(client.scopes)}


def delete_client(system: System, client_id: str) -> dict[str, Any]:
    """It gets no more tokens, and existing ones are refused within a minute."""
    client = system.merchants.client(client_id)
    if client is None:
        raise NotFound("this client does not exist")
    now = system.now()
    try:
        system.merchants.delete_client(client, lambda merchant: merchant.revoking(client_id, now + LIFE, now))
    except Missing:
        raise NotFound("this client does not exist") from None
    return {"client_id": client_id, "deleted": True}


def rotate_client_secret(
    system: System, client_id: str, by: str | None = None, *, revoke_now: bool = False
) -> dict[str, Any]:
    """The new secret works at once, the previous one for `OVERLAP` or until the next rotation.

    `revoke_now`: the previous one ends at once, and tokens that were got with it are refused within a minute.
    """
    client_secret = new_secret()

    def changed(client: Client) -> Client:
        hashed = hash_secret(client_secret, like=next(iter(client.secret_hashes), None))
        kept = () if revoke_now else client.secret_hashes[:1]
        return _known_to(replace(client, secret_hashes=(hashed, *kept), previous_until=system.now() + OVERLAP), by)

    client = _changed_client(system, client_id, changed)
    if revoke_now:
        _revoke_tokens(system, client)
    return {"client_id": client_id, "client_secret": client_secret}


def _revoke_tokens(system: System, client: Client) -> None:
    now = system.now()
    changed_merchant(system, client.merchant_id, lambda merchant: merchant.revoking(client.client_id, now, now))


def _changed_client(system: System, client_id: str, change: Callable[[Client], Client]) -> Client:
    try:
        return system.merchants.change_client(client_id, change)
    except Missing:
        raise NotFound("this client does not exist") from None


def _scopes(wanted: Iterable[str] | None) -> tuple[str, ...]:
    """Raises `Refusal` for an unknown scope."""
    scopes = DEFAULT_SCOPES if wanted is None else tuple(wanted)
    if not scopes or not set(scopes) <= set(SCOPES):
        raise Refusal(f"scopes must be among {', '.join(SCOPES)}", "/scopes")
    return scopes


def _known_to(client: Client, by: str | None) -> Client:
    """Records who lets a client pay out, or learns its secret: they cannot be the second person for its payouts."""
    if PAYOUTS not in client.scopes:
        return client
    if not (by or "").strip():
        raise Refusal(f"pass who grants {PAYOUTS} or is told the secret (by)", "/by")
    return replace(client, known_to=tuple(dict.fromkeys((*client.known_to, by or ""))))
