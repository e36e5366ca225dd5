"""What Tillgate has told the shop, and the proof that it was Tillgate (Standard Webhooks 1.0.0)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from threading import Lock
from typing import Any

TOLERANCE = 300  # seconds


class Inbox:
    """The messages that came, oldest first."""

    def __init__(self) -> None:
        self._messages: list[dict[str, Any]] = []
        self._lock = Lock()

    def add(self, message: dict[str, Any]) -> None:
        """Keeps a message, with the time it came."""
        with self._lock:
            self._messages.append({"received_at": time.time()} | message)

    def all(self) -> list[dict[str, Any]]:
        """A copy of what has come."""
        with self._lock:
            return list(self._messages)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._messages.clear()


def is_genuine(headers: Mapping[str, str], body: str, signing_secret: str) -> bool:
    """Whether a signed event comes from Tillgate and is fresh. Header names are lower case."""
    key = base64.b64decode(signing_secret.removeprefix("whsec_"))
    moment = headers.get("webhook-timestamp", "")
    signed = f"{headers.get('webhook-id', '')}.{moment}.{body}".encode()
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    fresh = moment.isdecimal() and abs(time.time() - int(moment)) <= TOLERANCE
    given = [each.partition(",")[2] for each in headers.get("webhook-signature", "").split()]
    return fresh and any(hmac.compare_digest(wanted, each) for each in given)
