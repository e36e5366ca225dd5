"""Signed requests to the sandbox PSP, and its answers in JSON."""

import hashlib
import hmac
import json
import time
from typing import Any

from tillgate.connectors.sandbox.reading import NONSENSE
from tillgate.connectors.v1 import Http, NoAnswer, NotSent

BASE = "https://psp.sandbox"
TOLERANCE = 300  # the greatest age of a signature in seconds
REFUSED = (400, 422)  # the PSP understood it, and will never accept it


class NotKnown(NotSent):
    """The PSP does not know the credentials, and so has done nothing."""


class Wire:
    def __init__(self, key_id: str, secret: str, http: Http) -> None:
        self._key_id = key_id
        self._secrets = [line.encode() for line in secret.splitlines() if line] or [b""]
        self._http = http

    def request(
        self, method: str, path: str, body: dict[str, Any] | None = None, key: str | None = None
    ) -> tuple[int, Any]:
        """HTTP status, and the JSON of a success or a refusal. Raises `NoAnswer` for a success that has none, and what
        `Http` raises.

        `NotSent` also if the PSP certainly did nothing: `NotKnown`, or too many requests.
        """
        content = b"" if body is None else json.dumps(body).encode()
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "Sandbox-Key": self._key_id,
            "Sandbox-Timestamp": timestamp,
            "Sandbox-Signature": self._signature(self._secrets[0], timestamp, method, path, content),
        }
        if key:
            headers["Idempotency-Key"] = key
        status, answer = self._http(method, BASE + path, headers, content)
        if status == 401:
            raise NotKnown("the sandbox PSP does not know these credentials")
        if status == 429:
            raise NotSent("the sandbox PSP has too many requests")
        if status not in (200, *REFUSED):
            return status, None
        try:
            return status, json.loads(answer)
        except NONSENSE as error:
            if status != 200:
                return status, None
            raise NoAnswer("the answer is no JSON") from error

    def is_signed(self, timestamp: str, body: bytes, signature: str) -> bool:
        """Whether a notification was signed with one of the secrets."""
        given = signature.encode()
        expected = [self._signature(secret, timestamp, "POST", "notification", body) for secret in self._secrets]
        return any(hmac.compare_digest(each.encode(), given) for each in expected)

    def _signature(self, secret: bytes, timestamp: str, method: str, path: str, body: bytes) -> str:
        signed = f"{timestamp}.{method}.{path}.".encode() + body
        return hmac.new(secret, signed, hashlib.sha256).hexdigest()
