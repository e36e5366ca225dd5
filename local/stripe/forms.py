"""Form bodies with brackets: `a[b][0]=1` is `{"a": {"b": ["1"]}}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

JSON = dict[str, Any]


def decode(text: str) -> JSON:
    tree: JSON = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = re.findall(r"[^\[\]]+", name)
        place = tree
        for step in rest:
            place, first = place.setdefault(first, {}), step
        place[first] = value
    return {name: _listed(value) for name, value in tree.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_listed(value[name]) for name in sorted(value, key=int)]
    return {name: _listed(each) for name, each in value.items()}


def encode(body: Mapping[str, Any]) -> bytes:
    return urlencode([pair for name, value in body.items() for pair in _pairs(name, value)]).encode()


def _pairs(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [pair for step, each in value.items() for pair in _pairs(f"{name}[{step}]", each)]
    if isinstance(value, list):
        return [pair for step, each in enumerate(value) for pair in _pairs(f"{name}[{step}]", each)]
    return [] if value is None else [(name, str(value).lower() if isinstance(value, bool) else str(value))]
