"""Where a notification may be sent: to https URLs whose addresses are all public (RG-12).

The URL is checked when the merchant sets it and when it is used. Then its name is resolved once, all addresses are
checked, and the connection goes to one of these. So DNS rebinding gains nothing.
"""

import socket
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from tillgate.domain.merchants.urls import check_public_url, is_public, origin

Resolve = Callable[[str, int], Iterable[str]]


class Forbidden(Exception):
    """This address must not be called."""


class Target(NamedTuple):
    """Where to connect, and the path to request. `host` is the name for the certificate and the Host header."""

    secure: bool
    host: str
    port: int
    address: str
    path: str


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def target(url: str, local_origins: Collection[str] = (), resolver: Resolve = resolve) -> Target:
    """Raises `Forbidden` for a URL that must not be called, OSError for a name without an address.

    `local_origins` may have any address: servers beside a local system.
    """
    try:
        is_local = origin(url) in local_origins
        if not is_local:
            check_public_url(url)
    except ValueError as error:
        raise Forbidden(str(error)) from None
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    addresses = list(resolver(host, port))
    if not addresses:
        raise OSError(f"{host} has no address")
    if not is_local and not all(is_public(address) for address in addresses):
        raise Forbidden("its name leads to an address that is not public")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, host, port, addresses[0], path)
