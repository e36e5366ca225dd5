"""The HTTP call itself, against servers of this machine: redirects, slow answers, no answer."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from tillgate.outbound.notifications import sending
from tillgate.outbound.notifications.sending import NotTaken, send


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """Takes one connection a call; yields its origin and the requests that came."""
    requests: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with closing(connection):
                    requests.append(connection.recv(65536))
                    try:
                        answer(connection)
                    except OSError:
                        return

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", requests


def says(text: str) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(text.encode())


def test_the_status_is_what_counts_and_the_request_is_whole() -> None:
    with server(says("HTTP/1.1 204 No Content\r\n\r\n")) as (origin, requests):
        assert send("POST", f"{origin}/a?b=c", {"webhook-id": "ntf_1"}, b"{}", local_origins=(origin,)) == 204
    lines = requests[0].decode().split("\r\n")
    assert lines[0] == "POST /a?b=c HTTP/1.1"
    assert f"Host: {origin.removeprefix('http://')}" in lines
    assert {"webhook-id: ntf_1", "User-Agent: Tillgate-Webhooks/1", "Content-Length: 2"} <= set(lines)


def test_a_redirect_is_not_followed() -> None:
    inside = "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n"
    with server(says(inside)) as (origin, requests):
        assert send("POST", f"{origin}/a", {}, b"{}", local_origins=(origin,)) == 307
        assert len(requests) == 1


def test_an_address_that_is_not_allowed_is_not_called() -> None:
    with server(says("HTTP/1.1 200 OK\r\n\r\n")) as (origin, requests):
        for url in (f"{origin}/a", origin.replace("http", "https")):
            with pytest.raises(NotTaken, match="forbidden"):
                send("POST", url, {}, b"{}")
        port = origin.rpartition(":")[2]
        with pytest.raises(NotTaken, match="forbidden"):
            send("POST", f"https://shop.example.com:{port}/", {}, b"{}", resolver=lambda host, port: ["127.0.0.1"])
        assert requests == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [("", "no answer"), ("nonsense\r\n\r\n", "no answer"), ("HTTP/1.1 two hundred\r\n\r\n", "no answer")],
)
def test_what_makes_no_sense_is_not_taken(answer: str, why: str) -> None:
    with server(says(answer)) as (origin, _), pytest.raises(NotTaken, match=why):
        send("GET", origin, {}, None, local_origins=(origin,))


def test_nobody_there() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        origin = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(NotTaken, match="no answer"):
        send("GET", origin, {}, None, local_origins=(origin,))
    with pytest.raises(NotTaken, match="name not found"):
        send("GET", "https://nowhere.example.com", {}, None, resolver=_no_such_name)


def _no_such_name(host: str, port: int) -> list[str]:
    raise socket.gaierror("no such name")


def test_a_server_that_drips_its_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "TOTAL_SECONDS", 0.6)

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in range(100):
            connection.sendall(b"X")
            time.sleep(0.1)

    began = time.monotonic()
    with server(drip) as (origin, _), pytest.raises(NotTaken, match="time-out"):
        send("POST", origin, {}, b"{}", local_origins=(origin,))
    assert time.monotonic() - began < 3


def test_tls_is_asked_for_with_the_servers_name() -> None:
    """The connection goes to the checked address; the name is what the certificate has to be for."""
    with server(says("plain text")) as (origin, requests):
        port = int(origin.rpartition(":")[2])
        url = f"https://shop.example.com:{port}/"
        forced = sending._Connection("shop.example.com", port, "127.0.0.1", sending.tls())
        with pytest.raises(OSError, match=r"SSL|ssl|record|wrong"):
            forced.request("GET", "/")
        assert b"shop.example.com" in requests[0]
        assert url.startswith("https")
