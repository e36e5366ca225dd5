"""Verifies notifications (Standard Webhooks 1.0.0)."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import cast

from .models import Event
from .problem import InvalidSignature

TOLERANCE = 300  # seconds


def verify(secret: str, headers: Mapping[str, str], body: bytes | str, *, now: float | None = None) -> Event:
    """The event of a notification. Raises `InvalidSignature`.

    `secret`: `whsec_...`; `body` as it arrived, byte for byte. Events come at least once and out of order: keep the
    highest `data.version` of each order, and ignore what is not newer.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        name, at, given = (lower[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        sent = int(at)
    except (KeyError, ValueError, binascii.Error):
        raise InvalidSignature("the headers webhook-id, webhook-timestamp and webhook-signature are needed") from None
    if abs((time.time() if now is None else now) - sent) > TOLERANCE:
        raise InvalidSignature("the notification is more than five minutes old, or from the future")
    raw = body.encode() if isinstance(body, str) else body
    right = base64.b64encode(hmac.digest(key, f"{name}.{at}.".encode() + raw, hashlib.sha256))
    signatures = [each.removeprefix("v1,").encode() for each in given.split() if each.startswith("v1,")]
    if True not in [hmac.compare_digest(right, each) for each in signatures]:
        raise InvalidSignature("no signature matches")
    return cast("Event", json.loads(raw))
