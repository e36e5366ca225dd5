"""Converts dataclasses to and from the JSON in items, with pydantic's results except for exponents of fractions.

It is hand-written because a cold start pays for every class that pydantic compiles, a third of a status's imports, and
each warm call pays for the reading (ADR 71). Supported are strings, numbers, booleans, instants, enumerations,
dataclasses, tuples and mappings of these, and plain JSON (Any). Unknown fields are ignored, so that an older version
can read what a newer one wrote.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, Literal, NamedTuple, cast, get_args, get_origin, get_type_hints

Reader = Callable[[Any], Any]
Leave = Callable[["_Field", Any], bool]
_PLAIN = (str, int, float, NoneType)

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class _Field(NamedTuple):
    name: str
    read: Reader
    default: Any  # MISSING if it has none


def leave_nothing(_field: _Field, _value: Any) -> bool:
    return False


def leave_defaults(field: _Field, value: Any) -> bool:
    """Omits defaults, as bytes cost write units."""
    return bool(value == field.default)


def leave_none(_field: _Field, value: Any) -> bool:
    return value is None


def to_json(value: Any, leave: Leave = leave_nothing) -> str:
    """A dataclass, or a list of them, as JSON without the fields to leave out."""
    return _encode(plain(value, leave))


def from_json[T](kind: type[T], text: str | bytes) -> T:
    """Raises ValueError for an invalid document."""
    return from_plain(kind, json.loads(text))


def from_json_list[T](kind: type[T], text: str) -> list[T]:
    """The same for a list of them."""
    return [from_plain(kind, each) for each in json.loads(text)]


def plain(value: Any, leave: Leave = leave_nothing) -> Any:
    """Plain JSON values."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, tuple | list):
        return [plain(each, leave) for each in value]
    if isinstance(value, Mapping):
        return {name: plain(each, leave) for name, each in value.items()}
    found = ((field, getattr(value, field.name)) for field in _fields(cast(Any, type(value))))
    return {field.name: plain(each, leave) for field, each in found if not leave(field, each)}


def from_plain[T](kind: type[T], document: Any) -> T:
    """Raises ValueError for an invalid document."""
    if type(document) is not dict:
        raise ValueError(f"{kind.__name__} is an object")
    given = {
        field.name: field.read(document[field.name]) for field in _fields(cast(Any, kind)) if field.name in document
    }
    try:
        return kind(**given)
    except TypeError as error:
        raise ValueError(str(error)) from None


@cache
def _fields(kind: Any) -> tuple[_Field, ...]:
    hints = get_type_hints(kind)
    return tuple(
        _Field(
            each.name,
            _reader(hints[each.name]),
            each.default_factory() if each.default_factory is not MISSING else each.default,
        )
        for each in fields(kind)
    )


@cache
def _reader(kind: Any) -> Reader:
    """The function that reads a value of that type."""
    origin, inner = get_origin(kind), get_args(kind)
    if NoneType in inner:
        (some,) = (each for each in inner if each is not NoneType)
        read = _reader(some)
        return lambda value: None if value is None else read(value)
    if origin is tuple:
        read = _reader(inner[0])
        return lambda value: tuple([read(each) for each in _of(list, value)])
    if origin in (dict, Mapping):
        read = _reader(inner[1])
        return lambda value: {name: read(each) for name, each in _of(dict, value).items()}
    if kind is Any:
        return lambda value: value
    if origin is Literal:
        return lambda value: _one_of(inner, value)
    if kind is datetime:
        return lambda value: datetime.fromisoformat(_of(str, value))
    if is_dataclass(kind):
        return lambda value: from_plain(cast(Any, kind), value)
    return kind if issubclass(kind, Enum) else lambda value: _of(kind, value)


def _of[T](kind: type[T], value: Any) -> T:
    """Strict: 49.99 is not 49 minor units, and true is not 1."""
    if type(value) is not kind:
        raise ValueError(f"{value!r:.40} is no {kind.__name__}")
    return value


def _one_of(values: tuple[Any, ...], value: Any) -> Any:
    if value not in values:
        raise ValueError(f"{value!r:.40} is none of {values}")
    return value
