"""Keyed hashes of e-mail addresses, by which operators find orders (ONE-9, ADR 151).

Without the key, a secret of the deployment, a hash cannot be told from any other, nor an address tried. It lies sealed
in the shoppers table and opens for its purpose alone.
"""

import base64
import hashlib
import hmac
import secrets

from tillgate.runtime.telemetry import logger
from tillgate.store.shared.encryption import EMAIL_KEY
from tillgate.wiring import System

LONGEST = 254  # characters of an address (RFC 5321)
_BYTES = 16
_BYTES_OF_KEY = 32


def email_key(system: System, email: object, *, looks: bool = False) -> str | None:
    """The same for the same address, whatever its letters' case. None for what is no address.

    The first address makes the key. `looks`: only looks for orders, of which there are none before; then it is None.
    An order is never refused because its address cannot be hashed: it is not found by it then, and the log says so.
    """
    if not isinstance(email, str) or not _is_address(email.strip()):
        return None
    try:
        key = _key(system, makes=not looks)
    except Exception:
        logger.exception("an e-mail address could not be hashed; its order is not found by it")
        return None
    if key is None:
        return None
    digest = hmac.digest(key.encode(), email.strip().casefold().encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:_BYTES]).decode().rstrip("=")


def _key(system: System, *, makes: bool) -> str | None:
    sealed = system.emails.sealed_key()
    if sealed is None and makes:
        sealed = system.emails.keep_key(system.seal.encrypt(secrets.token_urlsafe(_BYTES_OF_KEY), None, EMAIL_KEY))
    return system.seal.decrypt(sealed, None, EMAIL_KEY) if sealed else None


def _is_address(text: str) -> bool:
    return "@" in text.strip("@") and len(text) <= LONGEST and not any(each.isspace() for each in text)
