"""How large an item is as DynamoDB counts it: the names of its attributes and their values, in bytes of UTF-8."""

from typing import Any

NUMBER = 21  # the most that a number takes
OVERHEAD = 4  # of a list or a map, and of each element in it


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
