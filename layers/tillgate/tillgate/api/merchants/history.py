"""Views of an account's history: what its merchant may see, and all of it for operators."""

from typing import Any

from tillgate.api.http.instants import instant
from tillgate.domain.merchants.history import Entry, for_merchant


def history_view(entry: Entry) -> dict[str, Any]:
    """For the merchant: operators stay nameless, and so do their reasons."""
    return {
        "id": entry.entry_id,
        "at": instant(entry.at),
        "what": entry.what,
        "of": entry.of,
        "did": entry.did,
        "by": entry.by if entry.via == "api" else _OTHERS.get(entry.via, "operator"),
        "call": entry.call if entry.via == "api" else None,
        "request_id": entry.request_id if entry.via == "api" else None,
        "outcome": entry.outcome,
        "changes": for_merchant(entry),
    }


_OTHERS = {"system": "system"}


def entry_view(entry: Entry) -> dict[str, Any]:
    """For operators."""
    return {
        "id": entry.entry_id,
        "at": instant(entry.at),
        "what": entry.what,
        "of": entry.of,
        "did": entry.did,
        "via": entry.via,
        "by": entry.by,
        "reason": entry.reason,
        "call": entry.call,
        "request_id": entry.request_id,
        "outcome": entry.outcome,
        "changes": dict(entry.changes),
    }
