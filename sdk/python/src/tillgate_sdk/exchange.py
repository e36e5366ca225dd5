"""One call as a sequence of requests, without I/O: what to send, and what an answer means. Both clients drive it.

A call that may be repeated (a GET, or one with an Idempotency-Key) is repeated while no answer comes, and after answers
that say that a repetition can succeed. Its key stays the same, so it takes effect once.
"""

import email.utils
import random
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from .problem import NoAnswer, Problem
from .problems import BY_CODE

TRIES = 4
LONGEST_PAUSE = 30.0  # seconds
_AGAIN = frozenset({409, 429, 500, 502, 503, 504})


@dataclass
class Exchange:
    """`repeatable`: the route takes an Idempotency-Key; one is made where none is given."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    repeatable: bool = False
    idempotency_key: str | None = None
    if_match: str | None = None
    tried: int = 0
    renewed: bool = False

    def __post_init__(self) -> None:
        if self.repeatable and self.idempotency_key is None:
            self.idempotency_key = str(uuid.uuid4())

    def request(self, token: str) -> dict[str, Any]:
        """The arguments of `httpx.Client.request`."""
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/csv;q=0.5"}
        if self.idempotency_key:
            headers["Idempotency-Key"] = self.idempotency_key
        if self.if_match:
            headers["If-Match"] = self.if_match
        query = {name: _text(value) for name, value in self.query.items() if value is not None}
        sent: dict[str, Any] = {"method": self.method, "url": self.path, "params": query, "headers": headers}
        return sent | ({"json": self.body} if self.body is not None else {})

    def lost(self, error: httpx.TransportError) -> float:
        """The pause before the next try. Raises `NoAnswer` if there is none."""
        self.tried += 1
        if not self._can_repeat or self.tried >= TRIES:
            raise NoAnswer(f"{self.method} {self.path}: {error!r}", self.idempotency_key) from error
        return self._pause(None)

    def answered(self, answer: httpx.Response) -> float | None:
        """None if the call has succeeded; the pause before the next try. Raises `Problem`."""
        if answer.status_code < 300:
            return None
        problem = problem_of(answer, self.idempotency_key)
        if problem.code == "unauthorized" and not self.renewed:
            self.renewed = True
            return 0.0
        self.tried += 1
        again = answer.status_code in _AGAIN and (answer.status_code != 409 or problem.code == "concurrent_request")
        if not again or not self._can_repeat or self.tried >= TRIES:
            raise problem
        return self._pause(answer.headers.get("Retry-After"))

    @property
    def _can_repeat(self) -> bool:
        return self.method == "GET" or self.idempotency_key is not None

    def _pause(self, asked: str | None) -> float:
        wait = random.uniform(0.5, 1) * 0.5 * 2**self.tried
        return float(min(max(_seconds(asked), wait), LONGEST_PAUSE))


@dataclass
class Grant(Exchange):
    """A request for a token. It may be repeated: each answer has a token of its own."""

    method: str = "POST"
    path: str = "/auth/token"
    credentials: httpx.Auth | None = None
    renewed: bool = True  # if the credentials are refused, no other token helps

    def request(self, token: str = "") -> dict[str, Any]:
        data = {"grant_type": "client_credentials"}
        return {"method": self.method, "url": self.path, "data": data, "auth": self.credentials}

    @property
    def _can_repeat(self) -> bool:
        return True


def _seconds(asked: str | None) -> float:
    """`Retry-After`: seconds, or a date (RFC 9110)."""
    if not asked:
        return 0.0
    if asked.isdigit():
        return float(asked)
    date = email.utils.parsedate_to_datetime(asked)
    return max(0.0, date.timestamp() - time.time())


def problem_of(answer: httpx.Response, idempotency_key: str | None = None) -> Problem:
    try:
        body = answer.json()
    except ValueError:
        body = {}
    known = body if isinstance(body, dict) else {}
    return BY_CODE.get(str(known.get("code")), Problem)(answer.status_code, known, idempotency_key)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)


@dataclass
class Token:
    """A bearer token, renewed before it ends."""

    text: str = ""
    ends: float = 0.0

    @property
    def is_valid(self) -> bool:
        return bool(self.text) and time.monotonic() < self.ends

    def take(self, answer: httpx.Response) -> None:
        told = answer.json()
        self.text = str(told["access_token"])
        self.ends = time.monotonic() + max(0, int(told["expires_in"]) - 60)
