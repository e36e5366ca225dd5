"""One HTTP call to a merchant's server: to exactly the address that was checked, within ten seconds, no redirects."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from functools import cache

from tillgate.outbound.notifications.addresses import Forbidden, Resolve, resolve, target

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
AGENT = "Tillgate-Webhooks/1"


class NotTaken(Exception):
    """Nobody answered; the text says why, in one of few words."""


def send(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    *,
    local_origin: str | None = None,
    resolver: Resolve = resolve,
) -> int:
    """The status that the server answered; what it says beside is not read. Raises `NotTaken`."""
    try:
        goal = target(url, local_origin, resolver)
    except Forbidden as error:
        raise NotTaken(f"forbidden address: {error}") from None
    except (OSError, UnicodeError):
        raise NotTaken("name not found") from None
    connection = _Connection(goal.host, goal.port, goal.address, tls() if goal.secure else None)
    watch = threading.Timer(TOTAL_SECONDS, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request(method, goal.path, body, {"User-Agent": AGENT, "Connection": "close", **headers})
        status = connection.getresponse().status
    except ssl.SSLError:
        raise NotTaken("the certificate or TLS is not good") from None
    except TimeoutError:
        raise NotTaken("time-out") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise NotTaken("time-out" if connection.was_cut else "no answer") from None
    finally:
        watch.cancel()
        connection.close()
    if connection.was_cut:  # what it had dripped so far may look like an answer
        raise NotTaken("time-out")
    return status


@cache
def tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Connection(http.client.HTTPConnection):
    """Connects to an address that was given; its host's name is for the certificate and the Host header."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=TOTAL_SECONDS)
        self._address = address
        self._context = context
        if context:
            self.default_port = 443
        self.was_cut = False

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), CONNECT_SECONDS)
        self.sock.settimeout(TOTAL_SECONDS)
        if self._context:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """Ends the call from another thread: a server that drips its answer byte by byte would never time out."""
        self.was_cut = True
        try:
            if self.sock:
                self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it is over already
