"""Requests to Stripe: form-encoded, with a pinned API version and idempotency keys. Answers are JSON objects.

What an answer says about the request (Stripe's documentation of errors and of idempotent requests):

- 2xx: done. A repetition with the same key and body gets the first answer again, for at least 24 hours.
- 401, 403, 429: Stripe did nothing.
- 400 with `idempotency_error`: the key was used with another body, so an earlier request has arrived.
- 400, 402, 404: refused for good.
- 409, 424, 5xx, any other status, no answer, nonsense: not known.
"""

import base64
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tillgate.connectors.v1 import Http

API = "https://api.stripe.com/v1"
FILES = "https://files.stripe.com/v1"
VERSION = "2026-10-28.endive"
PAGE = 100  # the most that Stripe lists at once
MOST_PAGES = 20
_MEANT = frozenset({*range(200, 300), 400, 401, 402, 403, 404, 429})

JSON = Mapping[str, Any]


class Unclear(Exception):
    """Stripe has not said what became of the request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status that says something, with its body. `error` is Stripe's, empty if it did what was asked."""

    status: int
    body: JSON = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return 200 <= self.status < 300

    @property
    def error(self) -> JSON:
        error = self.body.get("error")
        return error if isinstance(error, dict) else {}

    @property
    def not_begun(self) -> bool:
        """Stripe certainly did nothing, and would do it another time."""
        return self.status in (401, 403, 429)

    @property
    def key_was_used(self) -> bool:
        """An earlier request with this key, and with another body, has arrived."""
        return self.error.get("type") == "idempotency_error"


class Wire:
    """Speaks HTTP with one account. Raises what `Http` raises, and `Unclear`."""

    def __init__(self, secret_key: str, http: Http) -> None:
        token = base64.b64encode(f"{secret_key}:".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}", "Stripe-Version": VERSION}
        self._http = http

    def within(self, account: str) -> "Wire":
        """The same, on behalf of a connected account."""
        other = Wire("", self._http)
        other._headers = self._headers | {"Stripe-Account": account}
        return other

    def post(self, path: str, body: JSON, key: str | None = None) -> Answer:
        """`key`: with the same key the request is executed once."""
        headers = self._headers | {"Content-Type": "application/x-www-form-urlencoded"}
        if key:
            headers["Idempotency-Key"] = key
        return self._read(*self._http("POST", f"{API}/{path}", headers, encode(body)))

    def get(self, path: str, query: JSON | None = None) -> JSON:
        """An object that is there. Raises `Unclear` otherwise."""
        asked = f"?{encode(query).decode()}" if query else ""
        answer = self._read(*self._http("GET", f"{API}/{path}{asked}", self._headers, b""))
        if not answer.done:
            raise Unclear(f"{path}: {answer.status}")
        return answer.body

    def find(self, path: str) -> JSON | None:
        """An object; None if this account has none of that name. Raises `Unclear`."""
        answer = self._read(*self._http("GET", f"{API}/{path}", self._headers, b""))
        if answer.status == 404:
            return None
        if not answer.done:
            raise Unclear(f"{path}: {answer.status}")
        return answer.body

    def status(self, path: str) -> int:
        """HTTP status of a harmless call."""
        return self._http("GET", f"{API}/{path}", self._headers, b"")[0]

    def every(self, path: str, query: JSON, most_pages: int | None = MOST_PAGES) -> Iterator[JSON]:
        """All that a list holds, page after page. Raises `Unclear` if that is more than can be read at a time."""
        after: JSON = {}
        for _ in range(most_pages) if most_pages else itertools.count():
            page = self.get(path, {**query, "limit": PAGE, **after})
            yield from page["data"]
            if not page["has_more"]:
                return
            after = {"starting_after": page["data"][-1]["id"]}
        raise Unclear(f"{path}: more than {most_pages} pages")

    def upload(self, form: bytes, content_type: str, key: str) -> Answer:
        headers = self._headers | {"Content-Type": content_type, "Idempotency-Key": key}
        return self._read(*self._http("POST", f"{FILES}/files", headers, form))

    def _read(self, status: int, content: bytes) -> Answer:
        if status not in _MEANT:
            raise Unclear(str(status))
        try:
            body = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise Unclear("this is no JSON") from error
        if not isinstance(body, dict):
            raise Unclear("this is no JSON object")
        return Answer(status, body)


def encode(body: JSON) -> bytes:
    """A form body: `{"a": {"b": [True]}}` is `a[b][0]=true`. None and empty values are left out."""
    return urlencode(list(_pairs(body))).encode()


def _pairs(body: JSON, prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in body.items():
        yield from _flat(f"{prefix}[{name}]" if prefix else name, value)


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        yield from _pairs(value, name)
    elif isinstance(value, bool):
        yield name, "true" if value else "false"
    elif isinstance(value, int):
        yield name, str(value)
    elif isinstance(value, str):
        if value:  # an empty text deletes a value at Stripe
            yield name, value
    elif isinstance(value, Sequence):
        yield from _pairs({str(place): each for place, each in enumerate(value)}, name)
    elif value is not None:
        raise TypeError(f"{name} is a {type(value).__name__}")
