"""Which URLs a merchant may set (RG-12): https, public, without credentials; more is allowed locally."""

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

_LONGEST = 2048
_PORTS = (443, 8443)  # of what we call: the log of deliveries tells no more about others
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")  # what a header or a page can be given without quoting
_DEPRECATED = (ip_network("fec0::/10"), ip_network("192.88.99.0/24"))  # site-local, 6to4 relays: global by name alone
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))


def check_return_url(url: str, allow_local: bool) -> str:
    """Checks a URL for the shopper's browser. Locally, any http URL is allowed. Raises ValueError."""
    return url if allow_local and _parts(url).scheme == "http" else check_public_url(url)


def check_notification_url(url: str, local_origins: Collection[str] = ()) -> str:
    """Checks a URL that we call. `local_origins`: of servers beside a local system, which are called too, by their
    exact origin. Raises ValueError."""
    if origin(url) in local_origins:
        return url if _parts(url) else ""
    if _parts(check_public_url(url)).port not in (None, *_PORTS):
        raise ValueError(f"must be a URL with port {' or '.join(map(str, _PORTS))}")
    return url


def check_public_url(url: str) -> str:
    """Raises ValueError unless the URL is https and its host looks public, without resolving it."""
    parts = _parts(url)
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme != "https":
        raise ValueError("must be an https URL")
    if not (is_public(host) if _is_address(host) else _is_public_name(host)):
        raise ValueError("must be a public host")
    return url


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _parts(url: str) -> SplitResult:
    if len(url) > _LONGEST or any(ord(character) <= 32 or character == "\x7f" for character in url):
        raise ValueError("must be a URL without spaces, of at most 2048 characters")
    parts = urlsplit(url)  # raises ValueError for brackets that do not match
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise ValueError("must be a URL with a host and without credentials")
    if not parts.hostname.isascii() or "\\" in url:
        raise ValueError("must be a URL whose host is written in ASCII, without backslashes")
    if not _HOST.fullmatch(parts.netloc.rpartition(":")[0] if _has_port(parts.netloc) else parts.netloc):
        raise ValueError("must be a URL whose host has letters, digits, dots and hyphens only")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("must be a URL whose port is a number up to 65535") from None
    return parts


def _has_port(netloc: str) -> bool:
    return ":" in netloc.rpartition("]")[2]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_public_name(host: str) -> bool:
    """A name with a dot that is not a disguised address (`127.1`, `0x7f.1`) and not reserved for internal use."""
    labels = host.split(".")
    reserved = labels[-1] in ("localhost", "local", "internal", "intranet", "lan", "home", "corp")
    numeric = labels[-1].isdigit() or labels[-1].startswith("0x")
    return len(labels) > 1 and all(labels) and not reserved and not numeric


def is_public(text: str) -> bool:
    """Whether an address is public, including every IPv4 address embedded in it (6to4, NAT64...)."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return all(
        each.is_global
        and not each.is_multicast
        and not each.is_reserved
        and not any(each in network for network in _DEPRECATED)
        for each in _inside(address)
    )


def _inside(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """The address and the IPv4 addresses embedded in it."""
    if isinstance(address, IPv4Address):
        return [address]
    found: list[IPv4Address | IPv6Address] = [address.ipv4_mapped or address]
    if address.sixtofour:
        found.append(address.sixtofour)
    if address.teredo:
        found += address.teredo
    if any(address in network for network in _NAT64):
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return found
