"""Signatures of calls and notifications: HMAC-SHA256 over time, method, path and body.

The path is the one after the API's base (`/payments/pay_1/captures`); a notification signs the constant
`notification` instead. A signature is valid for 300 seconds in both directions.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from .clients import Credentials
from .errors import unauthorized

TOLERANCE_SECONDS = 300
NOTIFICATION_PATH = "notification"


def signature(secret: str, timestamp: str, method: str, path: str, body: bytes) -> str:
    """The hex digest that goes into `Sandbox-Signature`."""
    signed = f"{timestamp}.{method.upper()}.{path}.".encode() + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def sign(who: Credentials, method: str, path: str, body: bytes, now: float) -> dict[str, str]:
    """The three headers of a signed request."""
    timestamp = str(int(now))
    return {
        "Sandbox-Key": who.key_id,
        "Sandbox-Timestamp": timestamp,
        "Sandbox-Signature": signature(who.secret, timestamp, method, path, body),
    }


def verify(who: Credentials, headers: Mapping[str, str], method: str, path: str, body: bytes, now: float) -> None:
    """Raises a 401 unless the headers carry a fresh signature of exactly this request."""
    timestamp = headers.get("sandbox-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > 12:
        raise unauthorized("Sandbox-Timestamp is missing or not a number of seconds.")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise unauthorized("Sandbox-Timestamp is too far from now.")
    expected = signature(who.secret, timestamp, method, path, body)
    genuine = hmac.compare_digest(expected.encode(), headers.get("sandbox-signature", "").encode())
    known = hmac.compare_digest(who.key_id.encode(), headers.get("sandbox-key", "").encode())
    if not (genuine and known):
        raise unauthorized("Sandbox-Key or Sandbox-Signature is wrong.")
