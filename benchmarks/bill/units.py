"""DynamoDB's units: of a write from the item before and after it, its indexes included; of a read from the items' size.

A write takes one unit for each started KB of the larger of both; in a transaction two. An index takes nothing if its
entry stays as it is, one unit to add or remove it, two if its key changes (one entry goes, one comes). A consistent
read takes one for each started 4 KB, any other half.
"""

from math import ceil
from typing import Any

Item = dict[str, Any]
INDEXES = {"by_merchant": ("list_key", "listed_at"), "due": ("due_shard", "due_at")}


def size(item: Item) -> int:
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: Item) -> int:
    ((kind, held),) = value.items()
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _value(inner) for name, inner in held.items())
    if kind == "L":
        return 3 + sum(1 + _value(inner) for inner in held)
    if kind in ("SS", "NS"):
        return sum(_value({kind[0]: each}) for each in held)
    if kind == "N":
        return (len(held.strip("-").strip("0")) + 1) // 2 + 1
    if kind == "B":
        return len(held)
    return 1 if kind in ("BOOL", "NULL") else len(held.encode())


def of_write(before: Item | None, after: Item | None, *, in_transaction: bool) -> int:
    """The table's own units."""
    larger = max(size(each) for each in (before or {}, after or {}))
    return max(1, ceil(larger / 1024)) * (2 if in_transaction else 1)


def of_indexes(before: Item | None, after: Item | None) -> int:
    """Entries are keys alone, so each is below a KB."""
    return sum(_of_index(_key(before, names), _key(after, names)) for names in INDEXES.values())


def _key(item: Item | None, names: tuple[str, str]) -> tuple[str, ...] | None:
    return tuple(item[name]["S"] for name in names) if item and all(name in item for name in names) else None


def _of_index(before: tuple[str, ...] | None, after: tuple[str, ...] | None) -> int:
    if before == after:
        return 0
    return (before is not None) + (after is not None)


def of_read(items: list[Item], *, consistent: bool, together: bool = False) -> float:
    """`together`: a query, which counts the sum of its items. Nothing found takes as much as a small item."""
    sizes = [sum(map(size, items))] if together else [size(each) for each in items]
    return sum(max(1, ceil(each / 4096)) for each in sizes or [0]) * (1 if consistent else 0.5)
