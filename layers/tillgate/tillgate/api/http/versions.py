"""Versions of an order in HTTP (RFC 9110): `ETag` in responses, `If-Match` and `If-None-Match` in requests.

An ETag is `"version-checksum"`, so that a 304 is right to the byte. If-Match compares the version alone, so an order
that was read as XML can be changed with JSON.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import NamedTuple
from zlib import crc32

_STRONG = re.compile(r'(?<![/"])"([0-9]{1,9})(?:-[0-9a-f]+)?"')


def etag(version: int, text: str) -> str:
    return f'"{version}-{crc32(text.encode()):08x}"'


def if_match(headers: Mapping[str, str]) -> frozenset[int] | None:
    """The versions that the caller accepts; None if it gives none or accepts any (`*`)."""
    given = headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    return frozenset(int(version) for version in _STRONG.findall(given))


def is_known(headers: Mapping[str, str], tag: str) -> bool:
    """Whether the caller already has this response."""
    given = headers.get("if-none-match", "")
    return given.strip() == "*" or tag in given


class Deprecated(NamedTuple):
    """A deprecated route: since when, when it is removed, and where the replacement is documented (EV-12)."""

    since: datetime
    sunset: datetime
    link: str


DEPRECATED: dict[tuple[str, str], Deprecated] = {}  # by method and path, such as ("GET", "/orders/{order_key}")


def deprecation(method: str, path: str) -> dict[str, str]:
    """The Deprecation (RFC 9745) and Sunset (RFC 8594) headers of a deprecated route."""
    found = DEPRECATED.get((method, path))
    if found is None:
        return {}
    return {
        "Deprecation": f"@{int(found.since.timestamp())}",
        "Sunset": format_datetime(found.sunset.astimezone(UTC), usegmt=True),
        "Link": f'<{found.link}>; rel="deprecation"; type="text/html"',
    }
