"""Posts a signed notification. Anything but a 2xx is a failure, and redirects are not followed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import cache

import urllib3

from . import signing
from .clients import credentials


class DeliveryError(Exception):
    """The notification was not accepted."""


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(timeout=urllib3.Timeout(connect=2, read=10), retries=False)


def deliver(url: str, event: Mapping[str, object]) -> None:
    """Posts the event, or raises DeliveryError."""
    body = json.dumps(event).encode()
    headers = signing.sign(credentials(), "POST", signing.NOTIFICATION_PATH, body, time.time())
    try:
        answer = _pool().request(
            "POST", url, body=body, headers={**headers, "Content-Type": "application/json"}, redirect=False
        )
    except urllib3.exceptions.HTTPError as error:
        raise DeliveryError(type(error).__name__) from error
    if not 200 <= answer.status < 300:
        raise DeliveryError(f"status {answer.status}")
