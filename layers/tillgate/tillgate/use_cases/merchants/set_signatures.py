"""Keys that sign a merchant's calls, and whether calls must be signed (RG-11). A key is shown only when created."""

import base64
import secrets
from collections.abc import Iterable
from dataclasses import replace

from tillgate.domain.merchants.account import Merchant, SignatureKey
from tillgate.domain.shared.refusals import Refusal
from tillgate.store.shared.encryption import REQUEST_SIGNATURE
from tillgate.use_cases.merchants.accounts import Guard, changed_merchant
from tillgate.wiring import System

MOST_KEYS = 5  # active at a time


def set_signatures(
    system: System,
    merchant_id: str,
    *,
    required: bool | None = None,
    new_key: bool = False,
    retire: Iterable[str] = (),
    signed_by: str | None = None,
    guard: Guard | None = None,
) -> tuple[Merchant, dict[str, str] | None]:
    """The account after it, and the new key if one was requested. `signed_by`: the key that signed the call.

    Refuses what would lock the merchant out: `required` in an unsigned call and, while calls must be signed, retiring
    the last key or the one that signed this call.
    """
    made, secret = _new_key(system, merchant_id) if new_key else (None, "")
    gone = set(retire)

    def changed(merchant: Merchant) -> Merchant:
        keys = tuple(key for key in merchant.signature_keys if key.key_id not in gone) + ((made,) if made else ())
        if len(keys) > MOST_KEYS:
            raise Refusal(f"an account can have at most {MOST_KEYS} active keys; retire one", "/new_key")
        must = merchant.requires_signatures if required is None else required
        if must and (signed_by is None or signed_by in gone):
            where = "/retire" if signed_by in gone else "/required"
            raise Refusal("sign this call with a key that you keep, to show that you can sign", where)
        return replace(merchant, signature_keys=keys, requires_signatures=must)

    merchant = changed_merchant(system, merchant_id, changed, guard)
    return merchant, {"key_id": made.key_id, "secret": secret} if made else None


def revoke_signature_keys(system: System, merchant_id: str, key_ids: Iterable[str]) -> Merchant:
    """For an operator, when keys have leaked: they are refused within a minute. A merchant that requires signatures and
    has no other key is locked out until the operator lifts that. Raises `Refusal` for a key that is not there."""
    gone = set(key_ids)

    def changed(merchant: Merchant) -> Merchant:
        if unknown := gone - {key.key_id for key in merchant.signature_keys}:
            raise Refusal(f"the account has no key {', '.join(sorted(unknown))}", "/key_ids")
        return replace(merchant, signature_keys=tuple(key for key in merchant.signature_keys if key.key_id not in gone))

    return changed_merchant(system, merchant_id, changed)


def _new_key(system: System, merchant_id: str) -> tuple[SignatureKey, str]:
    """A key and its 32 random bytes in base64."""
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    sealed = system.seal.encrypt(secret, merchant_id, REQUEST_SIGNATURE)
    return SignatureKey(f"sig_{secrets.token_hex(8)}", sealed, system.now()), secret
