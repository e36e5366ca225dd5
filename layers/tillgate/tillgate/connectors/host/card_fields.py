"""A PSP's own card fields on the payment menu: an enhancement, without which its hosted page is used (IS-4).

Card data goes from the browser to the PSP alone. What the page may load and call is what the manifest names.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tillgate.connectors.host.credentials import credentials
from tillgate.connectors.host.registry import manifest
from tillgate.connectors.host.surroundings import Surroundings
from tillgate.connectors.v1 import Fields, Manifest

_CONNECTORS = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class CardFields:
    """The fields of one connector for one method, with those of the merchant's values that a browser may see."""

    connector: str
    method: str
    fields: Fields
    public: Mapping[str, str]

    @property
    def version(self) -> str:
        """Changes with the module's content."""
        return hashlib.sha256(module(self.connector) or b"").hexdigest()[:10]

    def sources(self, directive: str) -> str:
        """What the page's policy allows beside itself, such as `script_src`."""
        named: tuple[str, ...] = getattr(self.fields, directive)
        return "".join(f" {each}" for each in named)


def card_fields(system: Surroundings, merchant_id: str, offered: Iterable[tuple[str, Manifest]]) -> CardFields | None:
    """Of the first offered method whose connector has fields. `offered`: a method, and the connector it goes to."""
    for method, known in offered:
        if known.fields and "fields" in known.methods[method].inputs:
            values = credentials(system, known.name, merchant_id) or {}
            public = {each: values[each] for each in sorted(known.public) if each in values}
            return CardFields(known.name, method, known.fields, public)
    return None


def module(connector: str) -> bytes | None:
    """The connector's script for the menu; None if there is no such connector, or it has none."""
    try:
        fields = manifest(connector).fields
    except KeyError:
        return None
    return _content(fields.module) if fields else None


@cache
def _content(path: str) -> bytes:
    return (_CONNECTORS / path).read_bytes()
