"""Reads a list in small steps, so that a page can stop wherever it is full: by number or by bytes."""

from collections.abc import Callable, Iterator

AT_ONCE = 20  # aggregates, which may have 400 KB each
MOST_PAGES = 5  # read per answer while filtering; the cursor continues from there

type Paged[T] = Iterator[tuple[T | None, str]]
"""What was found, each with the position after it. None: nothing more was read, but the list goes on there."""


def paged[T](
    read: Callable[[int, str | None], tuple[list[T], str | None]],
    position: Callable[[T], str],
    fits: Callable[[T], bool],
    *,
    limit: int,
    before: str | None,
) -> Paged[T]:
    """At most `limit` of what `fits`. `read` answers some from there on, about so many, and where it goes on."""
    found = 0
    for _ in range(MOST_PAGES * -(-limit // AT_ONCE)):
        some, after = read(min(AT_ONCE, max(1, limit - found)), before)
        for each in filter(fits, some):
            if found == limit:
                yield None, before or ""
                return
            found, before = found + 1, position(each)
            yield each, before
        if after is None:
            return
        before = after
        if found == limit:
            break
    yield None, before or ""
