"""What operators do with accounts: merchants, vendors, secrets. Secrets are told once, when they are made."""

import base64
import secrets
from dataclasses import replace
from typing import Any

from tillgate.api.passwords import hash_secret, new_secret
from tillgate.domain.errors import NotFound
from tillgate.store.merchants import Client, Merchant, Vendor
from tillgate.wiring import System

LIVE_SECRETS = 2  # while a secret is rotated the one before still works
DEFAULT_METHODS = {"card": "sandbox", "gift_card": "sandbox"}


def create_merchant(
    system: System, seal: "Seal", *, name: str, update_url: str | None, methods: dict[str, str] | None
) -> dict[str, Any]:
    """A new account with one API client. The answer is the only place where its secrets are ever told."""
    merchant_id = f"mer_{_random()}"
    client_id, client_secret, signing_secret = f"cli_{_random()}", new_secret(), _new_signing_secret()
    merchant = Merchant(
        merchant_id=merchant_id,
        name=name,
        update_url=update_url,
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
    """Changes name, update_url, methods or suspended; it holds everywhere within a minute."""
    merchant = replace(_merchant(system, merchant_id), **changes)
    system.merchants.save_merchant(merchant)
    return {
        "merchant_id": merchant_id,
        "name": merchant.name,
        "suspended": merchant.suspended,
        "update_url": merchant.update_url,
        "methods": merchant.methods,
    }


def create_vendor(system: System, merchant_id: str, *, name: str, psp_account: str) -> dict[str, Any]:
    _merchant(system, merchant_id)
    vendor = Vendor(f"ven_{_random()}", merchant_id, name, psp_account)
    system.merchants.save_vendor(vendor)
    return {"vendor_id": vendor.vendor_id}


def suspend_vendor(system: System, merchant_id: str, vendor_id: str, suspended: bool) -> dict[str, Any]:
    vendor = system.merchants.vendor(merchant_id, vendor_id)
    if vendor is None:
        raise NotFound("there is no such vendor")
    system.merchants.save_vendor(replace(vendor, suspended=suspended))
    return {"vendor_id": vendor_id, "suspended": suspended}


def rotate_client_secret(system: System, client_id: str) -> dict[str, Any]:
    """The new secret works at once, the one before until the next rotation."""
    client = system.merchants.client(client_id)
    if client is None:
        raise NotFound("there is no such client")
    client_secret = new_secret()
    system.merchants.add_secret(client, hash_secret(client_secret), most=LIVE_SECRETS)
    return {"client_id": client_id, "client_secret": client_secret}


def rotate_signing_secret(system: System, seal: "Seal", merchant_id: str) -> dict[str, Any]:
    signing_secret = _new_signing_secret()
    merchant = _merchant(system, merchant_id)
    system.merchants.save_merchant(replace(merchant, signing_secret=seal.encrypt(signing_secret, merchant_id)))
    return {"merchant_id": merchant_id, "signing_secret": signing_secret}


class Seal:
    """Encrypts what has to be told again, such as signing secrets, with a key of KMS that never leaves it."""

    def __init__(self, kms: Any, key_id: str) -> None:
        self._kms = kms
        self._key_id = key_id

    def encrypt(self, secret: str, merchant_id: str) -> str:
        answer = self._kms.encrypt(
            KeyId=self._key_id, Plaintext=secret.encode(), EncryptionContext={"merchant_id": merchant_id}
        )
        return base64.b64encode(answer["CiphertextBlob"]).decode()


def _merchant(system: System, merchant_id: str) -> Merchant:
    merchant = system.merchants.merchant(merchant_id, fresh=True)
    if merchant is None:
        raise NotFound("there is no such merchant")
    return merchant


def _random() -> str:
    return secrets.token_hex(10)


def _new_signing_secret() -> str:
    """As Standard Webhooks has it: 32 random bytes in base64 behind `whsec_`."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
