"""A merchant's own accounts with a PSP: its credentials, test and live apart (GO-8).

Credentials are write-only. What is stored beside the sealed values, and may be shown, is which names are set, when and
by whom, and the last characters of what a browser may see anyway.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any, Final

from tillgate.domain.shared.modes import Mode
from tillgate.domain.shared.refusals import NotFound, Refusal

PURPOSE = "connector-credentials"  # what they are sealed for; a function's grant names it
OVERLAP = timedelta(days=7)  # how long a replaced webhook secret still verifies notifications
MOST_VALUES = 5  # of one webhook secret, at a time
HINT = 4  # characters
KEEP: Final[Any] = object()


@dataclass(frozen=True, slots=True)
class Value:
    """What is shown of one value of a credential. `until`: when a replaced webhook secret stops verifying (UTC)."""

    value_id: str
    name: str
    set_at: datetime
    set_by: str
    hint: str = ""  # only of values that a browser may see
    until: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        return self.until is None or self.until > now


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials of one mode. `checked_at`: when the PSP last accepted them; None if it was not asked."""

    sealed: str  # KMS ciphertext, base64, of the values by their ids as JSON
    values: tuple[Value, ...]
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """A merchant's settings of one connector. `mode`: which of its accounts new orders are paid with.

    `revision` counts the changes.
    """

    merchant_id: str
    connector: str
    mode: Mode
    test: Credentials | None = None
    live: Credentials | None = None
    revision: int = 0

    @property
    def key(self) -> str:
        return self.connector

    def of(self, mode: Mode) -> Credentials | None:
        return self.live if mode is Mode.LIVE else self.test

    def having(self, mode: Mode, credentials: Credentials | None) -> "Connection":
        if mode is Mode.LIVE:
            return replace(self, live=credentials)
        return replace(self, test=credentials)


def in_use(connection: Connection | None) -> Mode | None:
    """Which of its accounts new orders are paid with; None if the merchant has no credentials at all."""
    return connection.mode if connection and (connection.test or connection.live) else None


@dataclass(frozen=True, slots=True)
class Change:
    """What is to change of the credentials of one mode.

    `credentials`: values by name; names that are not given keep theirs, None deletes all of this mode. `revoke`: ids of
    values that end at once. `use`: whether new orders are paid with this mode; None: yes, unless values are only
    revoked, or live credentials would give way to test ones. `check`: the PSP has to accept them first.
    """

    mode: Mode
    by: str
    credentials: Mapping[str, str] | None = field(default=KEEP, repr=False)
    revoke: tuple[str, ...] = ()
    use: bool | None = None
    check: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a connector's credentials. `public`: a browser may see them. `webhook_secrets`: several values of
    each can be valid at a time."""

    all: frozenset[str]
    public: frozenset[str] = frozenset()
    webhook_secrets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Opened:
    """Credentials in plain text. The plain values, by their ids, are left out of every representation."""

    values: tuple[Value, ...] = ()
    plain: Mapping[str, str] = field(default_factory=dict, repr=False)

    def by_name(self, now: datetime) -> dict[str, str]:
        """What a connector gets: the valid values of a webhook secret are one a line, newest first."""
        found: dict[str, list[str]] = {}
        for value in self.values:
            if value.is_valid(now):
                found.setdefault(value.name, []).append(self.plain[value.value_id])
        return {name: "\n".join(plain) for name, plain in found.items()}


def set_values(
    opened: Opened, given: Mapping[str, str], names: Names, *, by: str, now: datetime, new_id: Callable[[], str]
) -> Opened:
    """The credentials with the given values. Names that are not given keep theirs.

    A new value replaces the previous one at once. A previous webhook secret stays valid for `OVERLAP`, so that the PSP
    can be told about the new one meanwhile. Raises `Refusal` for an unknown or missing name, and for a value that
    cannot be one.
    """
    given = {name: plain.strip() for name, plain in given.items()}
    for name, plain in given.items():
        _check(name, plain, names)
    missing = sorted(names.all - set(given) - {value.name for value in opened.values if value.is_valid(now)})
    if missing:
        raise Refusal(f"{', '.join(missing)} must be given too", f"/credentials/{missing[0]}")
    for name, plain in given.items():
        hint = plain[-HINT:] if name in names.public and len(plain) > 2 * HINT else ""
        value = Value(new_id(), name, now, by, hint)
        opened = _added(opened, value, plain, several=name in names.webhook_secrets)
    return opened


def revoke_values(opened: Opened, value_ids: Collection[str], now: datetime) -> Opened:
    """Ends values at once; the newest one that is left stays. Raises `NotFound`; `Refusal` for a name's last value."""
    unknown = set(value_ids) - {value.value_id for value in opened.values}
    if unknown:
        raise NotFound(f"there is no value {min(unknown)}", "/revoke")
    kept = tuple(value for value in opened.values if value.value_id not in value_ids)
    lost = {value.name for value in opened.values} - {value.name for value in kept if value.is_valid(now)}
    if lost:
        raise Refusal(f"set a new {min(lost)} before its last value is revoked", "/revoke")
    newest = {value.name: value.value_id for value in reversed(kept)}
    return _of(opened, tuple(replace(v, until=None) if newest[v.name] == v.value_id else v for v in kept))


def without_expired(opened: Opened, now: datetime) -> Opened:
    return _of(opened, tuple(value for value in opened.values if value.is_valid(now)))


def _added(opened: Opened, value: Value, plain: str, *, several: bool) -> Opened:
    same_name = [each for each in opened.values if each.name == value.name]
    others = tuple(each for each in opened.values if each.name != value.name)
    kept: list[Value] = []
    if several:
        until = value.set_at + OVERLAP
        earlier = [each for each in same_name if opened.plain[each.value_id] != plain]
        kept = [each if each.until else replace(each, until=until) for each in earlier]
        if len(kept) >= MOST_VALUES:
            raise Refusal(
                f"{value.name} has {MOST_VALUES} valid values already; revoke one", f"/credentials/{value.name}"
            )
    return _of(replace(opened, plain={**opened.plain, value.value_id: plain}), (value, *kept, *others))


def _of(opened: Opened, values: tuple[Value, ...]) -> Opened:
    return Opened(values, {value.value_id: opened.plain[value.value_id] for value in values})


def _check(name: str, plain: str, names: Names) -> None:
    where = f"/credentials/{name.replace('~', '~0').replace('/', '~1')}"
    if name not in names.all:
        nearest = get_close_matches(name, sorted(names.all), n=1)
        hint = f"did you mean {nearest[0]}?" if nearest else f"the names are {', '.join(sorted(names.all))}"
        raise Refusal(f"there is no such credential; {hint}", where)
    one_line = plain.replace("\n", "") if plain.startswith("-----BEGIN ") else plain  # a key in PEM has several
    if not one_line or not one_line.isascii() or not one_line.isprintable():
        raise Refusal("must be one line of ASCII characters, or a key in PEM", where)
    if one_line != plain and name in names.webhook_secrets:
        raise Refusal("must be one line", where)
