"""Versions of an order on the wire (RFC 9110): `ETag` of what is answered, `If-Match` and `If-None-Match` of who asks.

An ETag is `"version-checksum"`, so that a 304 is right to the byte, while If-Match looks at the version alone: the same
order read as XML is as good a ground to change it.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import NamedTuple
from zlib import crc32

_STRONG = re.compile(r'(?<![/"])"([0-9]+)(?:-[0-9a-f]+)?"')


def etag(version: int, text: str) -> str:
    return f'"{version}-{crc32(text.encode()):08x}"'


def if_match(headers: Mapping[str, str]) -> frozenset[int] | None:
    """The versions of which one must be the order's; None where the caller does not say or takes any (`*`)."""
    given = headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    return frozenset(int(version) for version in _STRONG.findall(given))


def is_known(headers: Mapping[str, str], tag: str) -> bool:
    """Whether the caller has this very answer already."""
    given = headers.get("if-none-match", "")
    return given.strip() == "*" or tag in given


class Deprecated(NamedTuple):
    """A route that will go: since when it is deprecated, when it goes, where it is written what to do (EV-12)."""

    since: datetime
    sunset: datetime
    link: str


DEPRECATED: dict[tuple[str, str], Deprecated] = {}  # by method and path, such as ("GET", "/orders/{order_key}")


def deprecation(method: str, path: str) -> dict[str, str]:
    """Deprecation (RFC 9745) and Sunset (RFC 8594) of a route that will go."""
    found = DEPRECATED.get((method, path))
    if found is None:
        return {}
    return {
        "Deprecation": f"@{int(found.since.timestamp())}",
        "Sunset": format_datetime(found.sunset.astimezone(UTC), usegmt=True),
        "Link": f'<{found.link}>; rel="deprecation"; type="text/html"',
    }
