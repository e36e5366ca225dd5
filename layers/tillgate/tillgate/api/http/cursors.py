"""Cursors of lists: opaque to callers, who only pass them back."""

import base64
import binascii
import re

from tillgate.api.http.problems import Problem

FIRST = "1970"  # nothing is older; a query whose range ends before it begins is refused
_POSITION = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z#[0-9A-Za-z_-]+")


def cursor_of(position: str | None) -> str | None:
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=") if position else None


def position_of(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        position = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        position = ""
    if not _POSITION.fullmatch(position) or position < FIRST:
        errors = [{"pointer": "/cursor", "detail": "must be a next_cursor of an earlier answer"}]
        raise Problem(422, "invalid_request", "the cursor is invalid", errors)
    return position
