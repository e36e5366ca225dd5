"""One HTTP call to a merchant's server: to exactly the address that was checked, within ten seconds, no redirects."""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from tillgate.outbound.notifications.addresses import Forbidden, Resolve, Target, resolve, target
from tillgate.runtime.tracing import subsegment

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
AGENT = "Tillgate-Webhooks/1"


class NotTaken(Exception):
    """There was no response; the text says why, in one of a few phrases."""


def send(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    *,
    local_origins: Collection[str] = (),
    resolver: Resolve = resolve,
) -> int:
    """The status code of the response, whose body is not read. Raises `NotTaken` if there is no response."""
    try:
        goal = target(url, local_origins, resolver)
    except Forbidden as error:
        raise NotTaken(f"forbidden address: {error}") from None
    except (OSError, UnicodeError):
        raise NotTaken("name not found") from None
    with subsegment("merchant", "remote", host=goal.host) as seen:
        status = _answered(method, goal, headers, body)
        seen.annotations["outcome"] = status
        seen.fault = status >= 500
        return status


def _answered(method: str, goal: Target, headers: Mapping[str, str], body: bytes | None) -> int:
    connection = _Connection(goal.host, goal.port, goal.address, tls() if goal.secure else None)
    try:
        connection.request(method, goal.path, body, {"User-Agent": AGENT, "Connection": "close", **headers})
        return connection.getresponse().status
    except ssl.SSLError:
        raise NotTaken("the certificate or TLS is not good") from None
    except TimeoutError:
        raise NotTaken("time-out") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise NotTaken("no answer") from None
    finally:
        connection.close()


@cache
def tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Connection(http.client.HTTPConnection):
    """Connects to a given address. The host's name is used for the certificate and the Host header.

    The whole call has one deadline. A time-out alone begins anew with each byte, so a server that sends its response
    byte by byte would never exceed it.
    """

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port)
        self._address = address
        self._context = context
        if context:
            self.default_port = 443

    def connect(self) -> None:
        until = time.monotonic() + TOTAL_SECONDS
        made = socket.create_connection((self._address, self.port), CONNECT_SECONDS)
        if self._context:
            made.settimeout(TOTAL_SECONDS)
            made = self._context.wrap_socket(made, server_hostname=self.host)
        self.sock = _Until(made, until)


class _Until:
    """The methods of a socket that `http.client` uses. Raises TimeoutError after the deadline."""

    def __init__(self, made: socket.socket, until: float) -> None:
        self._socket = made
        self._until = until

    def in_time(self) -> socket.socket:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        return self._socket

    def sendall(self, data: bytes) -> None:
        self.in_time().sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self, self._socket.makefile("rb", buffering=0)))

    def close(self) -> None:
        self._socket.close()


class _Reader(io.RawIOBase):
    """Reads until the deadline. It keeps the socket open until both are closed."""

    def __init__(self, until: _Until, raw: socket.SocketIO) -> None:
        self._until = until
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._until.in_time()
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
