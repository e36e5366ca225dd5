"""All a merchant needs to use Tillgate: authenticated calls, and the verification of signed events."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]
PAUSES = (0.5, 2.0)  # seconds before a call is sent again
TOLERANCE = 300  # the greatest age of an event in seconds


class RefusedError(Exception):
    """Tillgate rejected a call; `problem` has the problem details (RFC 9457)."""

    def __init__(self, problem: JSON) -> None:
        super().__init__(problem.get("detail") or problem.get("title"))
        self.problem = problem


@dataclass
class Tillgate:
    """One merchant's access to the API."""

    api_url: str
    client_id: str
    client_secret: str
    _token: tuple[float, str] = field(default=(0.0, ""))

    def get(self, path: str) -> JSON:
        return self._call("GET", path, None, {"Authorization": f"Bearer {self._access()}"})

    def post(self, path: str, body: JSON, method: str = "POST") -> JSON:
        """Sends a POST or PUT. The idempotency key makes it safe to retry when the response was lost."""
        headers = {"Authorization": f"Bearer {self._access()}", "Content-Type": "application/json"}
        return self._call(method, path, json.dumps(body).encode(), headers | {"Idempotency-Key": str(uuid.uuid4())})

    def _access(self) -> str:
        if time.monotonic() > self._token[0]:
            basic = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
            body = b"grant_type=client_credentials"
            answer = self._call("POST", "/auth/token", body, {"Authorization": f"Basic {basic}"})
            self._token = (time.monotonic() + answer["expires_in"] - 60, answer["access_token"])
        return self._token[1]

    def _call(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> JSON:
        request = urllib.request.Request(self.api_url + path, body, headers, method=method)
        for pause in (*PAUSES, None):
            try:
                with urllib.request.urlopen(request, timeout=15) as response:
                    answer: JSON = json.load(response)
                    return answer
            except urllib.error.HTTPError as error:
                if pause is None or not (error.code == 429 or error.code >= 500):
                    raise RefusedError(json.load(error)) from None
            except OSError:
                if pause is None:
                    raise
            time.sleep(pause)
        raise AssertionError


def is_genuine(headers: Mapping[str, str], body: str, signing_secret: str) -> bool:
    """Whether a message comes from Tillgate and is fresh (Standard Webhooks 1.0.0). Header names are lower case."""
    key = base64.b64decode(signing_secret.removeprefix("whsec_"))
    moment = headers.get("webhook-timestamp", "")
    signed = f"{headers.get('webhook-id', '')}.{moment}.{body}".encode()
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    fresh = moment.isdecimal() and abs(time.time() - int(moment)) <= TOLERANCE
    given = [each.partition(",")[2] for each in headers.get("webhook-signature", "").split()]
    return fresh and any(hmac.compare_digest(wanted, each) for each in given)
