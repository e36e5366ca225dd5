"""A client of Tillgate's API: a token, and calls that carry it."""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]


class RefusedError(Exception):
    """Tillgate said no; `problem` is its problem details (RFC 9457)."""

    def __init__(self, problem: JSON) -> None:
        super().__init__(problem.get("detail") or problem.get("title"))
        self.problem = problem


@dataclass
class Tillgate:
    """One merchant's access."""

    api_url: str
    client_id: str
    client_secret: str
    _token: tuple[float, str] = field(default=(0.0, ""))

    def get(self, path: str) -> JSON:
        return self._call("GET", path, None, {"Authorization": f"Bearer {self._access()}"})

    def post(self, path: str, body: JSON) -> JSON:
        """The key makes it safe to send again when the answer was lost."""
        headers = {"Authorization": f"Bearer {self._access()}", "Content-Type": "application/json"}
        return self._call("POST", path, json.dumps(body).encode(), headers | {"Idempotency-Key": str(uuid.uuid4())})

    def _access(self) -> str:
        if time.monotonic() > self._token[0]:
            basic = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
            body = b"grant_type=client_credentials"
            answer = self._call("POST", "/auth/token", body, {"Authorization": f"Basic {basic}"})
            self._token = (time.monotonic() + answer["expires_in"] - 60, answer["access_token"])
        return self._token[1]

    def _call(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> JSON:
        request = urllib.request.Request(self.api_url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=15) as response:
                answer: JSON = json.load(response)
                return answer
        except urllib.error.HTTPError as error:
            raise RefusedError(json.load(error)) from None
