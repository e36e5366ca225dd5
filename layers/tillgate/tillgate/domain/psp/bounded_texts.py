"""Bounds the texts that a PSP sends with a fact: a fact is never refused for its size, so it must fit into the space
that an order reserves for it (`domain.orders.budget`).
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from hashlib import sha256
from typing import Any

from tillgate.domain.payments.payment import Redirect
from tillgate.domain.psp.facts import MOST_NOTES, Fact

LONGEST = 128  # bytes of a text, such as the PSP's reference
LONGEST_CODE = 64  # of a reason code: ours are shorter
DIGEST = 16
LONGEST_REDIRECT = 6_000  # bytes of URL and parameters together


def bounded(fact: Fact) -> Fact:
    """The fact with its texts shortened to storable size. A redirect is kept whole or dropped."""
    redirect = fact.redirect if fact.redirect and _length(fact.redirect) <= LONGEST_REDIRECT else None
    bounds = {each.name: _bounded(getattr(fact, each.name)) for each in fields(fact) if each.name != "redirect"}
    for name in ("details", "remember", "remember_shopper"):
        bounds[name] = notes(getattr(fact, name))
    if fact.reason_code:
        bounds["reason_code"] = shortened(fact.reason_code, LONGEST_CODE)
    return replace(fact, redirect=redirect, **bounds)


def notes(values: Mapping[str, str], most: int = MOST_NOTES) -> dict[str, str]:
    """As many of them as there is room for; none is shortened, as a part of a reference is none."""
    kept: dict[str, str] = {}
    for name, value in values.items():
        most -= len(name.encode("utf-8", "replace")) + len(value.encode("utf-8", "replace"))
        if most < 0:
            break
        kept[name] = value
    return kept


def shortened(text: str, most: int = LONGEST) -> str:
    """At most `most` bytes of UTF-8. A longer text keeps its beginning and a hash, so that it stays distinct."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= most:
        return raw.decode()
    digest = sha256(raw).hexdigest()[:DIGEST]
    return f"{raw[: most - DIGEST - 1].decode(errors='ignore')}~{digest}"


def _bounded(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Enum):
        return shortened(value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _bounded(getattr(value, each.name)) for each in fields(value)})
    return value


def _length(redirect: Redirect) -> int:
    parameters = (text for pair in redirect.parameters.items() for text in pair)
    return sum(len(text.encode("utf-8", "replace")) for text in (redirect.url, redirect.http_method, *parameters))
