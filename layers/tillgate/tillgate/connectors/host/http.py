"""The HTTP client that the core gives a connector: only its hosts, within a deadline, behind a circuit breaker.

The deadline is for all requests of one call of a connector together, since a merchant waits ten seconds for the whole.
The breaker spares the PSP's clients the wait while the PSP is out of reach: what it refuses was certainly not sent.
"""

import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tillgate.connectors.v1 import NoAnswer, NotSent

if TYPE_CHECKING:
    from urllib3 import PoolManager

DEADLINE = 7.5  # seconds
CONNECT = 2.0  # seconds
IDLE = 5.0  # seconds for which a connection is kept: Lambda freezes, PSPs hang up, and the next request would be lost
MOST_BYTES = 10 * 1024 * 1024  # of an answer
AT_ONCE = 64 * 1024


class Breaker:
    """Open after some failures in a row; every half minute one request may try."""

    FAILURES = 5
    OPEN = 30.0  # seconds

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failed = 0
        self._opened_at = 0.0

    def check(self) -> None:
        """Raises `NotSent` while the PSP is left alone."""
        if self._failed < self.FAILURES:
            return
        if self._clock() - self._opened_at < self.OPEN:
            raise NotSent("the PSP was out of reach a moment ago")
        self._opened_at = self._clock()  # this one tries; others wait for what it learns

    def reached(self) -> None:
        self._failed = 0

    def failed(self) -> None:
        self._failed += 1
        self._opened_at = self._clock()


class PspHttp(threading.local):
    """`v1.Http` of one connector. Each thread has its own call, whose requests are counted."""

    def __init__(self, hosts: frozenset[str], stand_in: str, breaker: Breaker, clock: Callable[[], float]) -> None:
        self._hosts = hosts
        self._stand_in = stand_in.rstrip("/")
        self._breaker = breaker
        self._clock = clock
        self.requests = 0
        """Of this call of the connector, sent or not."""
        self._until = clock() + DEADLINE
        self._each = False
        self._used_at = clock()

    def begin(self, *, each: bool = False) -> None:
        """A call of the connector begins. `each`: nobody waits for it, and each of its requests has the deadline."""
        self.requests = 0
        self._each = each
        now = self._clock()
        self._until = now + DEADLINE
        if now - self._used_at > IDLE:
            _pool().clear()
        self._used_at = now

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        self.requests += 1
        target = self._target(url)
        if self._each:
            self._until = self._clock() + DEADLINE
        left = self._until - self._clock()
        if left <= 0:
            raise NotSent("no time is left for another request")
        self._breaker.check()
        try:
            answer = self._send(method, target, headers, body, left)
        except (NotSent, NoAnswer):
            self._breaker.failed()
            raise
        self._breaker.reached()
        return answer

    def _target(self, url: str) -> str:
        """Where the request goes. Raises `NotSent` for a host that the manifest does not name."""
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port not in (None, 443) else ""
        if parts.scheme != "https" or f"{parts.hostname}{port}" not in self._hosts:
            raise NotSent(f"{parts.scheme}://{parts.hostname}{port} is not among the connector's hosts")
        query = f"?{parts.query}" if parts.query else ""
        return f"{self._stand_in}{parts.path}{query}" if self._stand_in else url

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes, left: float) -> tuple[int, bytes]:
        from urllib3 import Timeout
        from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationValueError, NewConnectionError

        timeout = Timeout(connect=min(CONNECT, left), total=left)
        try:
            response = _pool().request(
                method,
                url,
                body=body or None,
                headers=dict(headers),
                timeout=timeout,
                retries=False,
                preload_content=False,
            )
        except (NewConnectionError, ConnectTimeoutError, LocationValueError) as error:
            raise NotSent(str(error)) from error
        except HTTPError as error:
            raise NoAnswer(str(error)) from error
        try:
            return response.status, self._read(response)
        except HTTPError as error:
            response.close()
            raise NoAnswer(str(error)) from error

    def _read(self, response: Any) -> bytes:
        """All of it, unless it takes too long or grows too large."""
        read: list[bytes] = []
        size = 0
        while part := response.read1(AT_ONCE):
            read.append(part)
            size += len(part)
            if size > MOST_BYTES or self._clock() > self._until:
                response.close()
                raise NoAnswer("the answer has no end")
        response.release_conn()
        return b"".join(read)


@cache
def _pool() -> "PoolManager":
    from urllib3 import PoolManager

    return PoolManager(retries=False)
