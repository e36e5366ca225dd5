"""Cursors of lists: opaque to callers, who only hand them back."""

import base64
import binascii

from .problems import Problem


def cursor_of(position: str | None) -> str | None:
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=") if position else None


def position_of(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        errors = [{"pointer": "/cursor", "detail": "must be a next_cursor of an earlier answer"}]
        raise Problem(422, "invalid_request", "the cursor is not valid", errors) from None
