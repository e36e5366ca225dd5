"""Events of today's form, signed and delivered: `localstripe` tells of no PaymentIntent at all."""

from __future__ import annotations

import copy
import hashlib
import hmac
import itertools
import json
import threading
import time
import urllib.error
import urllib.request
from queue import Queue

from .forms import JSON

VERSION = "2026-10-28.endive"
ATTEMPTS = 5
ID_ONLY = ("latest_charge", "payment_method", "payment_intent", "charge")  # an event's object is not expanded


class Events:
    """Delivers in the background, in order. An answer other than 2xx is tried again."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._hooks: dict[str, tuple[str, str]] = {}
        self._queue: Queue[JSON] = Queue()
        threading.Thread(target=self._deliver_all, daemon=True).start()

    def subscribe(self, name: str, url: str, secret: str) -> None:
        self._hooks[name] = url, secret

    def tell(self, kind: str, thing: JSON) -> None:
        flat = copy.deepcopy(thing)
        for name in ID_ONLY:
            if isinstance(flat.get(name), dict):
                flat[name] = flat[name]["id"]
        self._queue.put(
            {
                "id": f"evt_{next(self._numbers)}{int(time.time())}",
                "object": "event",
                "api_version": VERSION,
                "created": int(time.time()),
                "data": {"object": flat},
                "livemode": False,
                "type": kind,
            }
        )

    def _deliver_all(self) -> None:
        while True:
            event = self._queue.get()
            for url, secret in list(self._hooks.values()):
                deliver(event, url, secret)
            self._queue.task_done()

    def wait(self) -> None:
        """Until all that was told has been delivered."""
        self._queue.join()


def deliver(event: JSON, url: str, secret: str) -> None:
    """POST, tried again until it is taken."""
    body = json.dumps(event, indent=2).encode()
    for attempt in range(ATTEMPTS):
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature(body, secret)}
        try:
            urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20).close()
            return
        except OSError:
            time.sleep(0.2 * 2**attempt)


def signature(body: bytes, secret: str) -> str:
    stamp = str(int(time.time()))
    signed = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={signed}"
