"""What callers may say of the bookkeeping that they ask for, and a page of it (US-7)."""

from collections.abc import Callable, Iterable
from typing import Annotated, Literal

from pydantic import Field

from tillgate.api.http.fields import Body, Cursor, Whole
from tillgate.domain.ledger.movements import Movement

MOST_LINES = 5000
MOST_BYTES = 2_000_000  # Lambda answers 6 MB, in which quotes and letters of other scripts are escaped


class GetExport(Body):
    """The query. `format` goes before `Accept`; without either it is CSV. `mode`: `test` is a PSP's test money."""

    format: Literal["csv", "jsonl"] | None = None
    mode: Literal["live", "test"] = "live"
    limit: Annotated[Whole, Field(ge=1, le=MOST_LINES)] = MOST_LINES
    cursor: Cursor | None = None


def lines_of(
    found: Iterable[tuple[Movement, str]], line: Callable[[Movement], str], limit: int
) -> tuple[list[str], str | None]:
    """As many lines as were asked for and fit into an answer, and the position of the last one if there are more."""
    lines: list[str] = []
    size, last = 0, None
    for movement, position in found:
        text = line(movement)
        size += len(text.encode())
        if len(lines) == limit or (lines and size > MOST_BYTES):
            return lines, last
        lines.append(text)
        last = position
    return lines, None
