"""Operators' work on accounts: merchants, vendors, secrets. Secrets are shown once, when they are created."""

import base64
import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tillgate.domain.merchants.account import DEFAULT_SCOPES, PAYOUTS, SCOPES, Client, Merchant, OldSecret
from tillgate.domain.merchants.urls import check_notification_url, check_return_url
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.shared.refusals import NotFound, Refusal
from tillgate.store.shared.encryption import Seal
from tillgate.use_cases.merchants.client_secrets import hash_secret, new_secret
from tillgate.wiring import System

OVERLAP = timedelta(hours=24)  # how long a replaced signing secret still signs
MOST_OLD_SECRETS = 4
LIVE_SECRETS = 2  # during a rotation the previous one still works
DEFAULT_METHODS = {"card": "sandbox", "bank_redirect": "sandbox", "gift_card": "sandbox"}


def create_merchant(
    system: System, seal: Seal, *, name: str, update_url: str | None, methods: dict[str, str] | None
) -> dict[str, Any]:
    """Creates an account with one API client. Its secrets are only ever shown in this answer."""
    merchant_id = f"mer_{_random()}"
    client_id, client_secret, signing_secret = f"cli_{_random()}", new_secret(), _new_signing_secret()
    merchant = Merchant(
        merchant_id=merchant_id,
        name=name,
        update_url=_callable(system, update_url),
        update_url_set_at=system.now(),
        methods=DEFAULT_METHODS if methods is None else methods,
        signing_secret=seal.encrypt(signing_secret, merchant_id),
    )
    system.merchants.save_merchant(merchant)
    system.merchants.save_client(Client(client_id, merchant_id, (hash_secret(client_secret),)))
    return {
        "merchant_id": merchant_id,
        "client_id": client_id,
        "client_secret": client_secret,
        "signing_secret": signing_secret,
    }


def update_merchant(system: System, merchant_id: str, **changes: Any) -> dict[str, Any]:
    """Changes the given fields, such as name, methods or authorization_sequence; effective everywhere within a minute.

    `requires_signatures` can only be lifted here, for a merchant that has lost its keys.
    """
    _check_dress(system, changes)
    if changes.get("requires_signatures") not in (None, False):
        raise Refusal("the merchant sets this with PUT /account/signatures", "/requires_signatures")
    if "update_url" in changes:
        changes |= {"update_url": _callable(system, changes["update_url"]), "update_url_set_at": system.now()}
    merchant = replace(_merchant(system, merchant_id), **changes)
    system.merchants.save_merchant(merchant)
    return {
        "merchant_id": merchant_id,
        "name": merchant.name,
        "suspended": merchant.suspended,
        "update_url": merchant.update_url,
        "methods": merchant.methods,
        "authorization_sequence": merchant.authorization_sequence,
        "refunds_commission": merchant.refunds_commission,
        "logo_url": merchant.logo_url,
        "colour": merchant.colour,
        "requires_signatures": merchant.requires_signatures,
    }


def create_vendor(system: System, merchant_id: str, *, name: str, psp_account: str) -> dict[str, Any]:
    _merchant(system, merchant_id)
    vendor = Vendor(f"ven_{_random()}", merchant_id, name, psp_account)
    system.merchants.save_vendor(vendor)
    return {"vendor_id": vendor.vendor_id}


def update_vendor(system: System, merchant_id: str, vendor_id: str, **changes: str) -> dict[str, Any]:
    """Changes name or psp_account; payouts use the new account from the next attempt on."""
    vendor = system.merchants.vendor(merchant_id, vendor_id)
    if vendor is None:
        raise NotFound("this vendor does not exist")
    vendor = replace(vendor, **changes)  # type: ignore[arg-type]
    system.merchants.save_vendor(vendor)
    return {"vendor_id": vendor_id, "name": vendor.name, "psp_account": vendor.psp_account}


def suspend_vendor(system: System, merchant_id: str, vendor_id: str, suspended: bool) -> dict[str, Any]:
    vendor = system.merchants.vendor(merchant_id, vendor_id)
    if vendor is None:
        raise NotFound("this vendor does not exist")
    system.merchants.save_vendor(replace(vendor, suspended=suspended))
    return {"vendor_id": vendor_id, "suspended": suspended}


def create_client(
    system: System, merchant_id: str, scopes: Iterable[str] | None, by: str | None = None
) -> dict[str, Any]:
    """Further API credentials, perhaps with fewer scopes: one for each calling system."""
    _merchant(system, merchant_id)
    client_id, client_secret = f"cli_{_random()}", new_secret()
    client = Client(client_id, merchant_id, (hash_secret(client_secret),), _scopes(scopes))
    system.merchants.save_client(_known_to(client, by))
    return {"client_id": client_id, "client_secret": client_secret, "scopes": list(client.scopes)}


def update_client(system: System, client_id: str, scopes: Iterable[str], by: str | None = None) -> dict[str, Any]:
    """Sets the scopes of new tokens; existing tokens keep theirs until they expire, within the hour."""
    client = _known_to(replace(_client(system, client_id), scopes=_scopes(scopes)), by)
    system.merchants.save_client(client)
    return {"client_id": client_id, "scopes": list(client.scopes)}


def delete_client(system: System, client_id: str) -> dict[str, Any]:
    """It gets no more tokens; existing ones expire within the hour."""
    _client(system, client_id)
    system.merchants.delete_client(client_id)
    return {"client_id": client_id, "deleted": True}


def rotate_client_secret(system: System, client_id: str, by: str | None = None) -> dict[str, Any]:
    """The new secret works at once, the previous one until the next rotation."""
    client = _known_to(_client(system, client_id), by)
    client_secret = new_secret()
    system.merchants.add_secret(client, hash_secret(client_secret), most=LIVE_SECRETS)
    return {"client_id": client_id, "client_secret": client_secret}


def rotate_signing_secret(system: System, seal: Seal, merchant_id: str) -> dict[str, Any]:
    """The new secret signs at once; the previous one signs as well for a day."""
    merchant, signing_secret = with_new_signing_secret(system, seal, _merchant(system, merchant_id))
    system.merchants.save_merchant(merchant)
    return {"merchant_id": merchant_id, "signing_secret": signing_secret}


def with_new_signing_secret(system: System, seal: Seal, merchant: Merchant) -> tuple[Merchant, str]:
    """The account with a new signing secret, and the secret; the replaced one still signs for `OVERLAP`."""
    signing_secret = _new_signing_secret()
    now = system.now()
    old = [each for each in merchant.old_signing_secrets if each.until > now]
    if merchant.signing_secret:
        old.insert(0, OldSecret(merchant.signing_secret, now + OVERLAP))
    changed = replace(
        merchant,
        signing_secret=seal.encrypt(signing_secret, merchant.merchant_id),
        old_signing_secrets=tuple(old[:MOST_OLD_SECRETS]),
    )
    return changed, signing_secret


def signing_secrets(seal: Seal, merchant: Merchant, now: datetime) -> list[str]:
    """All secrets that sign now, newest first."""
    if merchant.signing_secret is None:
        return []
    sealed = [merchant.signing_secret, *(old.sealed for old in merchant.old_signing_secrets if old.until > now)]
    return [seal.decrypt(each, merchant.merchant_id) for each in sealed]


def _merchant(system: System, merchant_id: str) -> Merchant:
    merchant = system.merchants.merchant(merchant_id, fresh=True)
    if merchant is None:
        raise NotFound("this merchant does not exist")
    return merchant


def _client(system: System, client_id: str) -> Client:
    client = system.merchants.client(client_id)
    if client is None:
        raise NotFound("this client does not exist")
    return client


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


def _callable(system: System, url: str | None) -> str | None:
    """Raises `Refusal` for a URL that we do not call."""
    try:
        return check_notification_url(url, system.shop_url) if url else None
    except ValueError as error:
        raise Refusal(f"update_url {error}", "/update_url") from None


def _check_dress(system: System, changes: dict[str, Any]) -> None:
    """Raises `Refusal` for a logo or a colour that the payment menu cannot show."""
    logo_url, colour = changes.get("logo_url"), changes.get("colour")
    if colour and not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise Refusal("colour must be like #0b5c47", "/colour")
    try:
        if logo_url:
            check_return_url(logo_url, system.allows_local_urls)
    except ValueError as error:
        raise Refusal(f"logo_url {error}", "/logo_url") from None


def _random() -> str:
    return secrets.token_hex(10)


def _new_signing_secret() -> str:
    """As in Standard Webhooks: `whsec_` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
