"""The keys that sign access tokens (RG-9)."""

from collections.abc import Mapping
from datetime import datetime


def signing_key(keys: Mapping[str, str], now: datetime) -> str:
    """The id of the key that signs now."""
    due = "next" in keys and now.timestamp() >= float(keys["next_from"])
    return keys["next"] if due else keys["current"]
