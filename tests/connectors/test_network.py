"""The connector's own HTTP client against servers that misbehave, on the loopback: nothing is ever raised."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import urllib3

from tests.connectors.psp import authorization, operation, payment
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.domain.payments.operations import OperationStatus, OperationType

Serve = Callable[[bytes | None], SandboxConnector]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """A PSP that answers each connection with these bytes, or accepts and says nothing (None)."""
    monkeypatch.setattr("tillgate.connectors.sandbox.connector.TIMEOUT", urllib3.Timeout(connect=0.2, read=0.2))
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

    def start(answer: bytes | None) -> SandboxConnector:
        threading.Thread(target=accept, args=(answer,), daemon=True).start()
        return SandboxConnector(f"http://127.0.0.1:{listener.getsockname()[1]}", "sandbox", "secret")

    yield start
    listener.shutdown(socket.SHUT_RDWR)
    for each in (listener, *taken):
        each.close()


ANSWERS: dict[str, bytes | None] = {
    "silence": None,
    "hangs up": b"",
    "no HTTP": b"hello\r\n\r\n",
    "cut off": b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"id"',
    "bad chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "bad gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "500": b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_the_outcome_is_unknown(serve: Serve, answer: bytes | None) -> None:
    psp = serve(answer)
    began = time.monotonic()
    (fact,) = psp.authorize(authorization())
    assert (fact.operation_id, fact.status) == ("pay_1_1", OperationStatus.UNKNOWN)
    (fact,) = psp.close(payment(), operation(OperationType.CLOSE, 2, 0))
    assert fact.status is OperationStatus.UNKNOWN
    assert psp.ask(payment()) is None
    assert time.monotonic() - began < 5


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (fact,) = SandboxConnector(f"http://127.0.0.1:{port}", "sandbox", "secret").authorize(authorization())
    assert fact.status is OperationStatus.UNKNOWN


@pytest.mark.parametrize("url", ["http://", "http://[::1", "ftp://127.0.0.1"])
def test_an_address_that_is_none(url: str) -> None:
    assert SandboxConnector(url, "sandbox", "secret").ask(payment()) is None
