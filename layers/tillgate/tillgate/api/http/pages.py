"""Pages of a list: as many items as were asked for, and never more bytes than Lambda can answer.

Lambda answers 6 MB at most, and an order may have 400 KB. A page ends long before; its cursor goes on from there.
"""

from collections.abc import Callable, Iterable
from typing import Any

from tillgate.api.http.content import to_json
from tillgate.api.http.cursors import cursor_of

MOST_BYTES = 1_000_000  # as JSON; XML may take three times as much


def page[T](found: Iterable[tuple[T | None, str]], view: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    """The body of the answer. `found`: see `paged`. A page has at least one item if there is any."""
    items: list[dict[str, Any]] = []
    size, last = 0, None
    for each, position in found:
        if each is None:
            return {"items": items, "next_cursor": cursor_of(position)}
        shown = view(each)
        size += len(to_json(shown).encode())
        if items and size > MOST_BYTES:
            return {"items": items, "next_cursor": cursor_of(last)}
        items.append(shown)
        last = position
    return {"items": items, "next_cursor": None}
