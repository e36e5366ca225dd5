"""Accounts at Stripe by their secret keys: each has payments, events and webhook endpoints of its own."""

from __future__ import annotations

from .account import Account
from .theirs import Theirs, refuse


class Accounts:
    """An account is opened when its key is first used. `localstripe` behind them is one."""

    def __init__(self, theirs: Theirs, base_url: str) -> None:
        self._theirs = theirs
        self._base_url = base_url
        self._by_key: dict[str, Account] = {}

    def of(self, key: str) -> Account:
        """Raises `RefusedError` for what is no secret key of test mode."""
        if not key.startswith(("sk_test_", "rk_test_")):
            raise refuse("Invalid API Key provided.", "api_key_invalid", 401)
        if key not in self._by_key:
            self._by_key[key] = Account(self._theirs, self._base_url)
        return self._by_key[key]

    def holding(self, thing: str) -> Account:
        """The account that has it: a page's address names no key. Raises `RefusedError`."""
        found = next((each for each in self._by_key.values() if each.holds(thing)), None)
        if found is None:
            raise refuse(f"No such object: '{thing}'", "resource_missing", 404)
        return found

    def begin(self) -> None:
        """Nothing has happened yet anywhere; who listens to events stays."""
        self._theirs.raw("DELETE", "/_config/data", b"")
        for each in self._by_key.values():
            each.begin()

    def wait(self) -> None:
        """Until all events have been taken."""
        for each in list(self._by_key.values()):
            each.events.wait()
