"""Reads several items in one call, from one table or several (BatchGetItem)."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

Item = dict[str, Any]
Place = tuple[str, str, str]  # table, pk, sk


class Lookup[T](NamedTuple):
    """Where an item is and how it is read; `read` is called with None if there is no item."""

    place: Place
    read: Callable[[Item | None], T]


def look_up(dynamodb: Any, lookups: Iterable[Lookup[Any]]) -> list[Any]:
    """The results of the lookups, in their order; consistent reads. At most 100 items."""
    wanted = list(lookups)
    found = get_many(dynamodb, (each.place for each in wanted), consistent=True)
    return [each.read(found.get(each.place)) for each in wanted]


def get_many(dynamodb: Any, places: Iterable[Place], *, consistent: bool = False) -> dict[Place, Item]:
    """The existing items by place. At most 100; a place may be given twice."""
    keys: dict[str, list[Item]] = {}
    for table, pk, sk in dict.fromkeys(places):
        keys.setdefault(table, []).append({"pk": {"S": pk}, "sk": {"S": sk}})
    left: Item = {table: {"Keys": wanted, "ConsistentRead": consistent} for table, wanted in keys.items()}
    found: dict[Place, Item] = {}
    while left:
        answer = dynamodb.batch_get_item(RequestItems=left)
        for table, items in answer["Responses"].items():
            found |= {(table, item["pk"]["S"], item["sk"]["S"]): item for item in items}
        left = answer.get("UnprocessedKeys") or {}
    return found
