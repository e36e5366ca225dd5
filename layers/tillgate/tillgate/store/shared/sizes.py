"""The size of an item as DynamoDB counts it: the attributes' names and values, in bytes of UTF-8."""

from typing import Any

NUMBER = 21  # the maximum for a number
OVERHEAD = 4  # per list or map, and per element in it


def size_of(item: dict[str, Any]) -> int:
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: dict[str, Any]) -> int:
    (kind, held), *_ = value.items()
    if kind == "S":
        return len(held.encode())
    if kind == "B":
        return len(held)
    if kind == "M":
        return OVERHEAD + sum(OVERHEAD + len(name.encode()) + _size(inner) for name, inner in held.items())
    return NUMBER
