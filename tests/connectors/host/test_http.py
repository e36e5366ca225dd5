"""The HTTP client of connectors against servers that misbehave, on the loopback (IS-1)."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tillgate.connectors.host import http
from tillgate.connectors.host.http import DEADLINE, IDLE, Breaker, PspHttp
from tillgate.connectors.v1 import NoAnswer, NotSent

HOSTS = frozenset({"psp.sandbox", "files.psp.sandbox:8443"})
URL = "https://psp.sandbox/payments"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


Serve = Callable[[bytes | None], PspHttp]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Serve]:
    """A PSP that answers each connection with these bytes, or accepts and says nothing (None)."""
    listener = socket.create_server(("127.0.0.1", 0))
    taken: list[socket.socket] = []

    def accept(answer: bytes | None) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # the test is over
            taken.append(connection)
            if answer is not None:
                connection.recv(65536)
                connection.sendall(answer)
                connection.close()

    def start(answer: bytes | None) -> PspHttp:
        if answer is None:
            monkeypatch.setattr(http, "DEADLINE", 0.2)  # of real time: only silence is waited for so long
        threading.Thread(target=accept, args=(answer,), daemon=True).start()
        return made(f"http://127.0.0.1:{listener.getsockname()[1]}/", clock)

    yield start
    listener.shutdown(socket.SHUT_RDWR)
    for each in (listener, *taken):
        each.close()


def made(stand_in: str, clock: Clock) -> PspHttp:
    return PspHttp(HOSTS, stand_in, Breaker(clock), clock)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def test_an_answer_comes_as_it_is_and_a_redirect_is_not_followed(serve: Serve) -> None:
    moved = serve(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\nhi")
    assert moved("POST", URL, {}, b"x") == (302, b"hi")
    assert moved.requests == 1


BROKEN: dict[str, bytes | None] = {
    "silence": None,
    "hangs up": b"",
    "no HTTP": b"hello\r\n\r\n",
    "cut off": b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"id"',
    "bad chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "bad gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_what_has_no_answer_may_have_arrived(serve: Serve, answer: bytes | None) -> None:
    psp = serve(answer)
    with pytest.raises(NoAnswer):
        psp("POST", URL, {}, b"x")


def test_an_answer_that_has_no_end_is_none(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_BYTES", 10)
    with pytest.raises(NoAnswer, match="no end"):
        serve(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n12345678901")("GET", URL, {}, b"")


def test_nobody_listens_so_nothing_was_sent(clock: Clock) -> None:
    psp = made(f"http://127.0.0.1:{closed_port()}", clock)
    with pytest.raises(NotSent):
        psp("POST", URL, {}, b"x")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/payments",
        "https://psp.sandbox.evil.example/",
        "https://psp.sandbox@evil.example/",
        "https://psp.sandbox:8443/",
        "https://files.psp.sandbox/",
        "http://psp.sandbox/",
        "file:///etc/passwd",
    ],
)
def test_only_the_manifests_hosts_are_called(serve: Serve, url: str) -> None:
    with pytest.raises(NotSent, match="hosts"):
        serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")("GET", url, {}, b"")


@pytest.mark.parametrize("stand_in", ["http://", "http://[::1"])
def test_an_address_that_is_none(clock: Clock, stand_in: str) -> None:
    with pytest.raises((NotSent, NoAnswer)):
        made(stand_in, clock)("GET", URL, {}, b"")


def test_the_deadline_is_for_all_requests_of_a_call_together(serve: Serve, clock: Clock) -> None:
    psp = serve(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    psp.begin()
    psp("GET", URL, {}, b"")
    clock.now += DEADLINE
    with pytest.raises(NotSent, match="no time"):
        psp("GET", URL, {}, b"")
    assert psp.requests == 2
    psp.begin()
    assert psp("GET", URL, {}, b"") == (200, b"")
    assert psp.requests == 1


def test_where_nobody_waits_each_request_has_the_deadline(serve: Serve, clock: Clock) -> None:
    """A settlement of many pages takes minutes; the next call of the connector has its seconds again."""
    psp = serve(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    psp.begin(each=True)
    for _ in range(3):
        clock.now += DEADLINE
        assert psp("GET", URL, {}, b"") == (200, b"")
    psp.begin()
    clock.now += DEADLINE
    with pytest.raises(NotSent, match="no time"):
        psp("GET", URL, {}, b"")


def test_a_connection_that_was_idle_is_not_used_again(serve: Serve, clock: Clock) -> None:
    """The server hangs up after its answer without saying so, as a PSP does while Lambda is frozen."""
    psp = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    for _ in range(20):
        psp.begin()
        assert psp("POST", URL, {}, b"x") == (200, b"")
        clock.now += IDLE + 1


def test_the_breaker_opens_after_failures_in_a_row_and_one_request_tries_again(clock: Clock) -> None:
    psp = made(f"http://127.0.0.1:{closed_port()}", clock)
    for _ in range(Breaker.FAILURES):
        psp.begin()
        with pytest.raises(NotSent, match="refused"):
            psp("GET", URL, {}, b"")
    with pytest.raises(NotSent, match="a moment ago"):
        psp("GET", URL, {}, b"")
    clock.now += Breaker.OPEN
    psp.begin()
    with pytest.raises(NotSent, match="refused"):
        psp("GET", URL, {}, b"")
    with pytest.raises(NotSent, match="a moment ago"):
        psp("GET", URL, {}, b"")


def test_the_breaker_closes_with_the_first_answer(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(Breaker.FAILURES - 1):
        breaker.failed()
    breaker.reached()
    breaker.failed()
    breaker.check()
