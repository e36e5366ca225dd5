"""Operators' work on merchants' accounts and secrets. Secrets are shown once, when they are created."""

import base64
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tillgate.domain.merchants.account import LINKS, Client, Merchant, OldSecret
from tillgate.domain.merchants.urls import check_notification_url, check_return_url
from tillgate.domain.payments.attempts import FREE
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.shared.refusals import NotFound, Refusal
from tillgate.domain.shared.time_zones import check_time_zone
from tillgate.store.merchants.items import Missing
from tillgate.store.shared.encryption import Seal
from tillgate.use_cases.merchants.client_secrets import hash_secret, new_secret
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System

type Guard = IdempotencyGuard[Merchant]

OVERLAP = timedelta(hours=24)  # how long a replaced signing secret still signs
MOST_OLD_SECRETS = 4
MOST_CALLS = 100_000  # a second
DEFAULT_METHODS = ("card", "bank_redirect", "gift_card")  # as far as this deployment has an account that pays them


def create_merchant(
    system: System, seal: Seal, *, name: str, update_url: str | None, methods: dict[str, str] | None
) -> dict[str, Any]:
    """Creates an account with one API client. Its secrets are only ever shown in this answer."""
    merchant_id = f"mer_{random_part()}"
    client_id, client_secret, signing_secret = f"cli_{random_part()}", new_secret(), _new_signing_secret()
    merchant = Merchant(
        merchant_id=merchant_id,
        name=name,
        update_url=_callable(system, update_url),
        update_url_set_at=system.now(),
        methods=_default_methods(system) if methods is None else _checked(system, methods),
        signing_secret=seal.encrypt(signing_secret, merchant_id),
    )
    system.merchants.create_merchant(merchant)
    system.merchants.create_client(Client(client_id, merchant_id, (hash_secret(client_secret),)))
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
    if changes.get("calls_per_second") is not None:
        changes |= {"calls_per_second": _calls(changes["calls_per_second"])}
    _check_attempt_limits(changes.get("attempt_limits"))
    _check_time_zone(changes)
    if changes.get("requires_signatures") not in (None, False):
        raise Refusal("the merchant sets this with PUT /account/signatures", "/requires_signatures")
    if "methods" in changes:
        changes |= {"methods": _checked(system, changes["methods"])}
    if "update_url" in changes:
        changes |= {"update_url": _callable(system, changes["update_url"]), "update_url_set_at": system.now()}
    merchant = changed_merchant(system, merchant_id, lambda merchant: replace(merchant, **changes))
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
        "links": merchant.links,
        "requires_signatures": merchant.requires_signatures,
        "calls_per_second": merchant.calls_per_second,
        "time_zone": merchant.time_zone,
        "attempt_limits": {**FREE, **merchant.attempt_limits},
    }


def rotate_signing_secret(system: System, seal: Seal, merchant_id: str, *, revoke_now: bool = False) -> dict[str, Any]:
    """The new secret signs at once; the previous one signs as well for a day, with `revoke_now` no more."""
    told: list[str] = []

    def changed(merchant: Merchant) -> Merchant:
        merchant, secret = with_new_signing_secret(system, seal, merchant)
        told[:] = [secret]
        return replace(merchant, old_signing_secrets=()) if revoke_now else merchant

    changed_merchant(system, merchant_id, changed)
    return {"merchant_id": merchant_id, "signing_secret": told[0]}


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


def _default_methods(system: System) -> dict[str, str]:
    """What a new account offers before it has set anything up: through the deployment's own accounts with PSPs."""
    own = [
        manifest for manifest in system.manifests() if manifest.credentials and system.is_set_up(manifest.name, None)
    ]
    return {
        method: manifest.name for method in DEFAULT_METHODS for manifest in reversed(own) if method in manifest.methods
    }


def _checked(system: System, methods: Any) -> dict[str, str]:
    """Raises `Refusal` unless each method is one that its connector supports in this deployment."""
    if not isinstance(methods, dict):
        raise Refusal("methods must name a connector for each method", "/methods")
    for method, connector in methods.items():
        try:
            supported = system.manifest(connector).methods
        except (KeyError, TypeError):
            raise Refusal(f"there is no connector {connector} in this deployment", f"/methods/{method}") from None
        if method not in METHODS or method not in supported:
            raise Refusal(f"{connector} does not support {method}", f"/methods/{method}")
    return methods


def find_merchant(system: System, merchant_id: str) -> Merchant:
    """As stored now. Raises `NotFound`."""
    merchant = system.merchants.merchant(merchant_id, fresh=True)
    if merchant is None:
        raise NotFound("this merchant does not exist")
    return merchant


def changed_merchant(
    system: System, merchant_id: str, change: Callable[[Merchant], Merchant], guard: Guard | None = None
) -> Merchant:
    """The account after the change, which the call's idempotency key is taken with.

    Raises `NotFound`, and `KeyTaken` for a call that was made before.
    """
    try:
        return system.merchants.change_merchant(merchant_id, change, guard.at_once() if guard else None)
    except Missing:
        raise NotFound("this merchant does not exist") from None


def _callable(system: System, url: str | None) -> str | None:
    """Raises `Refusal` for a URL that we do not call."""
    try:
        return check_notification_url(url, system.local_origins) if url else None
    except ValueError as error:
        raise Refusal(f"update_url {error}", "/update_url") from None


def _check_dress(system: System, changes: dict[str, Any]) -> None:
    """Raises `Refusal` for a logo, a colour or links that the payment menu cannot show."""
    logo_url, colour, links = changes.get("logo_url"), changes.get("colour"), changes.get("links", {})
    if colour and not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise Refusal("colour must be like #0b5c47", "/colour")
    if not isinstance(links, dict) or not set(links) <= set(LINKS):
        raise Refusal(f"links has URLs for {', '.join(LINKS)}", "/links")
    shown = {"logo_url": logo_url} if logo_url else {}
    for name, url in (shown | {f"links/{name}": url for name, url in links.items()}).items():
        try:
            check_return_url(str(url), system.allows_local_urls)
        except ValueError as error:
            raise Refusal(f"{name.partition('/')[0]} {error}", f"/{name}") from None


def _calls(per_second: Any) -> float:
    """Raises `Refusal` for no number, or too small or large a one."""
    if type(per_second) not in (int, float) or not 2 <= per_second <= MOST_CALLS:
        raise Refusal(f"calls_per_second is a number from 2 to {MOST_CALLS}", "/calls_per_second")
    return float(per_second)


def _check_time_zone(changes: dict[str, Any]) -> None:
    try:
        if "time_zone" in changes:
            check_time_zone(changes["time_zone"])
    except ValueError as error:
        raise Refusal(f"time_zone {error}", "/time_zone") from None


def _check_attempt_limits(limits: Any) -> None:
    """Raises `Refusal` for a number of free attempts that cannot be, or is for nothing that is counted."""
    if limits is None:
        return
    if not isinstance(limits, dict) or not set(limits) <= set(FREE):
        raise Refusal(f"attempt_limits has numbers for {', '.join(FREE)}", "/attempt_limits")
    if any(type(number) is not int or not 1 <= number <= 1_000_000 for number in limits.values()):
        raise Refusal("attempt_limits must be integers from 1 to 1,000,000", "/attempt_limits")


def random_part() -> str:
    """What makes an identifier of an account unique."""
    return secrets.token_hex(10)


def _new_signing_secret() -> str:
    """As in Standard Webhooks: `whsec_` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
