"""Calls `localstripe`."""

from __future__ import annotations

import http.client
import json
from typing import Any

from .forms import JSON, encode

AUTHORIZED = {"Authorization": "Bearer sk_test_localstripe", "Content-Type": "application/x-www-form-urlencoded"}


class RefusedError(Exception):
    """An error as Stripe words it: HTTP status and the `error` object."""

    def __init__(self, status: int, error: JSON) -> None:
        super().__init__(error.get("message"))
        self.status = status
        self.error = error


def refuse(message: str, code: str = "parameter_invalid", status: int = 400, **more: Any) -> RefusedError:
    kind = "card_error" if status == 402 else "invalid_request_error"
    return RefusedError(status, {"type": kind, "code": code, "message": message} | more)


class Theirs:
    """`localstripe` at a port of the loopback. Raises `RefusedError`."""

    def __init__(self, port: int) -> None:
        self._port = port

    def get(self, path: str) -> JSON:
        return self._call("GET", path, None)

    def post(self, path: str, body: JSON | None = None) -> JSON:
        return self._call("POST", path, encode(body or {}))

    def every(self, path: str) -> list[JSON]:
        """All that a list holds: the proxy filters and pages itself."""
        found: list[JSON] = self.get(f"{path}{'&' if '?' in path else '?'}limit=1000000")["data"]
        return found

    def raw(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("::1", self._port, timeout=10)
        try:
            connection.request(method, path, body, AUTHORIZED)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _call(self, method: str, path: str, body: bytes | None) -> JSON:
        status, content = self.raw(method, f"/v1/{path}", body or b"")
        answer: JSON = json.loads(content)
        if status >= 400:
            raise RefusedError(status, {"type": "invalid_request_error", "message": "refused"} | answer["error"])
        return answer
