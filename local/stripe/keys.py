"""Idempotency keys as Stripe has them; `localstripe` ignores them."""

from __future__ import annotations

from collections.abc import Callable

from .forms import JSON
from .theirs import RefusedError

Answered = tuple[int, JSON]


class Keys:
    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[str, Answered]] = {}

    def once(self, account: str, key: str | None, request: str, execute: Callable[[], Answered]) -> Answered:
        """The first answer again, if it began to execute; an error for another request with the key."""
        if not key:
            return execute()
        if known := self._known.get((account, key)):
            if known[0] != request:
                message = "Keys for idempotent requests can only be used with the parameters they were first used with."
                raise RefusedError(400, {"type": "idempotency_error", "message": message})
            return known[1]
        answered = execute()
        if answered[0] < 400 or answered[0] == 402:  # what failed validation has not begun
            self._known[account, key] = request, answered
        return answered

    def forget(self) -> JSON:
        """A day has passed."""
        self._known.clear()
        return {}
