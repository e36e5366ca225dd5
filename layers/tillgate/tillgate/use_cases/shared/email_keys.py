"""Keyed hashes of e-mail addresses, by which operators find orders (ONE-9, ADR 151).

Without the key, which is a secret of the deployment, a hash cannot be told from any other, nor an address tried.
"""

import base64
import hashlib
import hmac
import os

from tillgate.runtime.telemetry import logger

LONGEST = 254  # characters of an address (RFC 5321)
_BYTES = 16


def email_key(email: object) -> str | None:
    """The same for the same address, whatever its letters' case. None for what is no address, and if there is no key.

    An order is never refused because its address cannot be hashed: it is not found by it then, and the log says so.
    """
    secret_id = os.environ.get("EMAIL_KEY_SECRET_ID")
    if not secret_id or not isinstance(email, str) or not _is_address(email.strip()):
        return None
    try:
        from tillgate.wiring import secret

        key = secret(secret_id)["key"]
    except Exception:
        logger.exception("an e-mail address could not be hashed; its order is not found by it")
        return None
    digest = hmac.digest(key.encode(), email.strip().casefold().encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:_BYTES]).decode().rstrip("=")


def _is_address(text: str) -> bool:
    return "@" in text.strip("@") and len(text) <= LONGEST and not any(each.isspace() for each in text)
