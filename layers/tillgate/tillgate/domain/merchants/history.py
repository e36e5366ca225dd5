"""The history of accounts: who changed what of a merchant's account, when, from what to what (RG-9).

Secrets are left out, sealed or not: an entry says that one was changed, never what it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SECRETS = frozenset({"signing_secret", "secret_hashes"})  # fields of which nothing is shown
SEALED = frozenset({"sealed"})  # left out wherever it stands, beside what may be shown
MOST_WHOLE = 20  # elements: of longer lists only the difference is kept

# What operators know and the merchant does not: limits that protect the deployment, and names of operators.
OPERATORS_OWN = frozenset({"calls_per_second", "attempt_limits", "known_to"})
_OPERATORS_NAMES = frozenset({"set_by", "reason", "known_to", "asked_by"})

type Change = dict[str, Any]
"""`{"old": ..., "new": ...}`, plain JSON."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A change of an account, never changed itself.

    `what`: merchant, vendor, client, connector or token_keys, and `of` which one. `did`: created, changed or deleted.
    `changes`: by field, such as `name` or `methods.card`. `outcome`: what became of it, `done` unless it is said.
    """

    entry_id: str
    merchant_id: str
    at: datetime
    what: str
    of: str
    did: str
    via: str
    by: str | None = None
    call: str | None = None
    request_id: str | None = None
    reason: str | None = None
    outcome: str = "done"
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.entry_id


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Change]:
    """The fields that differ between two stored documents, without secrets. Fields of mappings are named one by one."""
    found: dict[str, Change] = {}
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if name in SECRETS:
            found[name] = {"old": _of_secret(old), "new": _of_secret(new)}
        elif isinstance(old, dict) and isinstance(new, dict) and not SEALED & (old.keys() | new.keys()):
            found |= {f"{name}.{each}": change for each, change in differences(old, new).items()}
        else:
            found[name] = _between(open_part(old), open_part(new))
    return found


def _of_secret(value: object) -> str | None:
    return "a secret" if value else None


def _between(old: object, new: object) -> Change:
    if isinstance(old, list) and isinstance(new, list) and len(old) + len(new) > 2 * MOST_WHOLE:
        return {"old": [each for each in old if each not in new], "new": [each for each in new if each not in old]}
    return {"old": old, "new": new}


def open_part(value: Any) -> Any:
    """The value without what is sealed in it."""
    if isinstance(value, dict):
        return {name: open_part(each) for name, each in value.items() if name not in SEALED | SECRETS}
    return [open_part(each) for each in value] if isinstance(value, list) else value


def concerns_merchant(entry: Entry) -> bool:
    return entry.did != "changed" or bool(for_merchant(entry))


def for_merchant(entry: Entry) -> dict[str, Change]:
    """The changes as far as they concern the merchant."""
    own = {name: each for name, each in entry.changes.items() if name.partition(".")[0] not in OPERATORS_OWN}
    return {name: _without_names(each) for name, each in own.items() if name.rpartition(".")[2] not in _OPERATORS_NAMES}


def _without_names(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_names(each) for name, each in value.items() if name not in _OPERATORS_NAMES}
    return [_without_names(each) for each in value] if isinstance(value, list) else value
