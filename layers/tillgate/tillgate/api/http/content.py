"""Content types: JSON or forms in, JSON or XML out (RG-10). `xml` writes the XML."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

from tillgate.api.http.problems import Problem

FORM = "application/x-www-form-urlencoded"
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_FIELD = re.compile(r"[^\[\]]+(\[[^\[\]]*\])*")


def media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "application/json").split(";")[0].strip().lower()


def read_form(text: str) -> dict[str, Any]:
    """`instrument[token]=x` nests; `methods[]=card` and `items[0][name]=x` make lists. 400 if it contradicts itself."""
    root: dict[str, Any] = {}
    try:
        for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=1000, errors="strict"):
            _put(root, name, value)
    except ValueError as error:
        raise Problem(400, "invalid_request", f"the form cannot be read: {error}") from None
    return {name: _lists(value) for name, value in root.items()}  # `0=x` too is a field, and no list


class NamedTwice(Exception):
    """A JSON object names a field twice; parsers differ in which of the two counts."""


def check_once(text: str) -> None:
    """Raises `NamedTwice`. What is no JSON is left to whoever reads it."""
    with suppress(ValueError, RecursionError):
        json.loads(text, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise NamedTwice(next(name for name in names if names.count(name) > 1))


def _put(root: dict[str, Any], name: str, value: str) -> None:
    if not _FIELD.fullmatch(name):
        raise ValueError("a field name must look like field or field[part]")
    head, _, tail = name.partition("[")
    path = [head, *_BRACKETS.findall("[" + tail)] if tail else [head]
    if len(path) > 8:
        raise ValueError("the form is nested too deeply")
    node = root
    for part in path[:-1]:
        node = node.setdefault(part or str(len(node)), {})
        if not isinstance(node, dict):
            raise ValueError(f"{head} is both a value and a group")
    last = path[-1] or str(len(node))
    if last in node:
        raise ValueError(f"{name} appears twice")
    node[last] = value


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    values = {key: _lists(value) for key, value in node.items()}
    numbers = [str(number) for number in range(len(values))]
    return [values[number] for number in numbers] if values and set(values) == set(numbers) else values


def prefers_xml(accept: str) -> bool:
    """XML only where the caller ranks it above JSON; JSON otherwise (RFC 9110, 12.5.1)."""
    if "xml" not in accept.lower():
        return False
    ranks = dict(_ranked(part) for part in accept.lower().split(",") if part.strip())
    xml = max(ranks.get("application/xml", 0), ranks.get("text/xml", 0))
    wildcard = max(ranks.get("*/*", 0), ranks.get("application/*", 0))
    json_rank = max(ranks.get("application/json", wildcard), ranks.get("application/problem+json", 0))
    return xml > json_rank


def prefers_json(accept: str) -> bool:
    """JSON lines instead of CSV, only where the caller ranks them above it."""
    ranks = dict(_ranked(part) for part in accept.lower().split(",") if part.strip())
    lines = max(ranks.get(f"application/{name}", 0) for name in ("jsonl", "x-ndjson", "x-jsonlines", "json"))
    return lines > max(ranks.get("text/csv", 0), ranks.get("text/*", 0))


def _ranked(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip() for piece in part.split(";"))
    quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
    try:
        return media, float(quality)
    except ValueError:
        return media, 0.0


def to_json(body: object) -> str:
    return _encode(body)
