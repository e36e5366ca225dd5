"""Sends the first demo merchant's cards to what stands in for Stripe: `make run PSP=stripe`."""

from __future__ import annotations

import json
import os
import socket
import sys
import urllib.parse
import urllib.request
from typing import Any

from local import merchants, processes
from local.place import HOST, ROOT, Place, TroubleError


def start_stripe(place: Place) -> None:
    """A program of its own, as Stripe is. Raises `TroubleError` if it does not answer."""
    processes.free_port(place.stripe_port)
    command = [sys.executable, "-m", "local.stripe", str(place.stripe_port), str(place.folder / "stripe")]
    started = processes.start(place, "stripe", command, {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)})

    def ready() -> bool:
        if not processes.is_alive(started):
            raise TroubleError(f"Stripe's stand-in stopped while it was starting; see {place.log('stripe')}")
        with socket.socket() as probe:
            return probe.connect_ex((HOST, place.stripe_port)) == 0

    processes.wait_until(ready, 90, f"Stripe's stand-in does not answer; see {place.log('stripe')}")


def use_stripe(place: Place, stack: dict[str, Any]) -> None:
    """Both demo merchants set up their accounts at Stripe; the first one's cards go there."""
    for each in stack["merchants"]:
        connect(place, stack["api_url"], each)
    first = stack["merchants"][0]
    _call(stack["api_url"], first, "PUT", "/account/methods/card", {"connector": "stripe"})


def connect(place: Place, api_url: str, merchant: dict[str, Any]) -> dict[str, str]:
    """What a merchant does: its keys go to us, our URL to Stripe. Returns the credentials."""
    credentials = stripe_account(merchant["merchant_id"])
    told = _call(api_url, merchant, "PUT", "/account/connectors/stripe", {"mode": "test", "credentials": credentials})
    form = urllib.parse.urlencode({"url": told["notification_url"], "secret": credentials["webhook_secret"]})
    key = {"Authorization": f"Bearer {credentials['secret_key']}"}
    _send("POST", f"{place.stripe_url}/_config/webhooks/tillgate", form.encode(), key)
    return credentials


def stripe_account(merchant_id: str) -> dict[str, str]:
    """Of the stand-in, where an account is opened when its key is first used."""
    return {
        "secret_key": f"sk_test_{merchant_id}",
        "publishable_key": f"pk_test_{merchant_id}",
        "webhook_secret": f"whsec_{merchant_id}",
    }


def _call(api_url: str, merchant: dict[str, Any], method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    token = merchants.token(api_url, merchant)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer: dict[str, Any] = json.loads(_send(method, api_url + path, json.dumps(body).encode(), headers))
    return answer


def _send(method: str, url: str, body: bytes, headers: dict[str, str]) -> bytes:
    request = urllib.request.Request(url, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())
