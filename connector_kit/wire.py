"""The HTTP client that connectors get from the kit. It counts, checks and disturbs every request.

No PSP needs faults of its own: the kit loses, doubles, delays, falsifies and refuses requests on their way.
"""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tillgate.connectors.v1 import Http, NoAnswer, NotSent

Answer = tuple[int, bytes]
Forward = Callable[[], Answer]


class Violation(BaseException):
    """A connector did what is forbidden. It is no Exception, so that no connector swallows it."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def host(self) -> str:
        parts = urlsplit(self.url)
        port = parts.port if parts.port not in (None, 443) else None
        return f"{parts.hostname}:{port}" if port else parts.hostname or ""


@dataclass
class Wire:
    http: Http
    hosts: frozenset[str]
    secrets: tuple[str, ...] = ()
    requests: list[Request] = field(default_factory=list)
    delivered: int = 0
    held: list[Forward] = field(default_factory=list)
    _fault: "tuple[int, Fault] | None" = None
    _began: int = 0
    disturbed: bool = False

    def begin(self) -> None:
        """A call of the connector begins."""
        self._began = len(self.requests)
        self.delivered = 0

    @property
    def sent_in_call(self) -> int:
        return len(self.requests) - self._began

    @contextmanager
    def disturbing(self, position: int, fault: "Fault") -> Iterator[None]:
        """One request of a call, counted from 0, meets the fault."""
        self._fault, self.disturbed = (position, fault), False
        try:
            yield
        finally:
            self._fault, self.disturbed = None, False

    def requests_of(self, call: Callable[[], object]) -> int:
        """How many requests the call sends."""
        before = len(self.requests)
        call()
        return len(self.requests) - before

    def deliver_late(self) -> None:
        """What was held on its way arrives now."""
        late, self.held = self.held, []
        for forward in late:
            forward()

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        request = Request(method, url, headers, body)
        self._check(request)
        position = self.sent_in_call
        self.requests.append(request)
        if self._fault and self._fault[0] == position:
            self.disturbed = True
            return self._fault[1](self, lambda: self._forward(request))
        return self._forward(request)

    def _forward(self, request: Request) -> Answer:
        self.delivered += 1
        with _calling(False):
            return self.http(request.method, request.url, request.headers, request.body)

    def _check(self, request: Request) -> None:
        if request.host not in self.hosts:
            raise Violation(f"{request.host} is not among the manifest's hosts")
        if any(secret in request.url for secret in self.secrets):
            raise Violation("a credential is part of a URL, which every proxy logs")


Fault = Callable[[Wire, Forward], Answer]


def lost_before(wire: Wire, forward: Forward) -> Answer:
    raise NoAnswer("the kit lost the request")


def not_sent(wire: Wire, forward: Forward) -> Answer:
    raise NotSent("the kit did not send it")


def lost_after(wire: Wire, forward: Forward) -> Answer:
    forward()
    raise NoAnswer("the kit lost the answer")


def arrives_late(wire: Wire, forward: Forward) -> Answer:
    """The time is out, and the request arrives all the same, later: see `Wire.deliver_late`."""
    wire.held.append(forward)
    raise NoAnswer("the kit holds the request")


def sent_twice(wire: Wire, forward: Forward) -> Answer:
    forward()
    return forward()


def broken(wire: Wire, forward: Forward) -> Answer:
    status, body = forward()
    return status, body[: len(body) // 2]


def nonsense(wire: Wire, forward: Forward) -> Answer:
    return forward()[0], b'[null, {"status": 7}]'


def gateway_failed(wire: Wire, forward: Forward) -> Answer:
    """Executed, and something between us and the PSP answers instead of it."""
    forward()
    return 502, b"<html><title>502 Bad Gateway</title></html>"


def _refuses(status: int) -> Fault:
    def refuse(wire: Wire, forward: Forward) -> Answer:
        return status, b'{"error": {"code": "kit", "message": "The kit answers for the PSP."}}'

    return refuse


FAULTS: Mapping[str, Fault] = {
    "request lost": lost_before,
    "request not sent": not_sent,
    "answer lost": lost_after,
    "request late": arrives_late,
    "request doubled": sent_twice,
    "answer cut off": broken,
    "answer nonsense": nonsense,
    "502 though executed": gateway_failed,
    "500": _refuses(500),
    "401": _refuses(401),
    "429": _refuses(429),
}
CERTAINLY_NOTHING = frozenset({"request not sent", "401", "429"})
"""The PSP did nothing, and will not: the connector may say NOT_BEGUN, and never FAILED."""
MAY_BE_EXECUTED = frozenset(FAULTS) - CERTAINLY_NOTHING - {"request doubled"}
"""What the connector cannot tell from an executed request: neither FAILED nor NOT_BEGUN."""

_here = threading.local()


@contextmanager
def _calling(value: bool) -> Iterator[None]:
    before = getattr(_here, "calling", False)
    _here.calling = value
    try:
        yield
    finally:
        _here.calling = before


def connector_runs() -> AbstractContextManager[None]:
    """Around every call of a connector: until then `no_other_calls` lets everything pass."""
    return _calling(True)


@contextmanager
def no_other_calls() -> Iterator[None]:
    """A connector that opens a connection of its own, past the given `Http`, fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if getattr(_here, "calling", False):
            raise Violation(f"a connection to {address} past the given Http")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        socket.socket.connect = connect  # type: ignore[method-assign]
