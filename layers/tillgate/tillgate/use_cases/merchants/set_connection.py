"""A merchant's own accounts with PSPs: credentials set, rotated, checked and revoked (GO-8, IS-16).

Whoever sets them, a merchant or an operator, never gets them back.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from secrets import token_hex

from tillgate.connectors.host import checking
from tillgate.connectors.host.credentials import MODE, open_credentials
from tillgate.connectors.v1 import Manifest
from tillgate.domain.merchants.connections import (
    KEEP,
    PURPOSE,
    Change,
    Connection,
    Credentials,
    Names,
    Opened,
    revoke_values,
    set_values,
    without_expired,
)
from tillgate.domain.shared.modes import Mode
from tillgate.domain.shared.refusals import CapabilityNotSupported, NotFound, Refusal
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System

MOST_BYTES = 4096  # that KMS encrypts in one call


def set_connection(
    system: System,
    merchant_id: str,
    connector: str,
    change: Change,
    guard: IdempotencyGuard[Connection] | None = None,
) -> Connection:
    """The connection after it. It takes effect everywhere within a minute. The call's idempotency key is taken with it.

    Raises `NotFound` for an unknown connector or value, `Refusal` for credentials that cannot be right or that the PSP
    does not accept, and `PspUnavailable` if it cannot be asked; then nothing was changed.
    """
    manifest = _manifest(system, connector)
    asked = _Asked(system, manifest)

    def changed(before: Connection | None) -> Connection:
        return _changed(system, asked, before or _new(merchant_id, connector, change), change)

    connection = system.connections.change(merchant_id, connector, changed, guard.at_once() if guard else None)
    logger.info(
        "connection changed",
        extra={
            "merchant_id": merchant_id,
            "connector": connector,
            "credentials_of": change.mode,
            "mode": connection.mode,
            "by": change.by,
            "revision": connection.revision,
        },
    )
    return connection


def find_connection(system: System, merchant_id: str, connector: str) -> Connection:
    """As stored now. Raises `NotFound`."""
    found = system.connections.load(merchant_id, connector)
    if found is None:
        raise NotFound("this connection does not exist")
    return found


class _Asked:
    """Asks the PSP about credentials; not again about the same ones if the write lost a race."""

    def __init__(self, system: System, manifest: Manifest) -> None:
        self._system = system
        self.manifest = manifest
        self._last: tuple[Mapping[str, str], datetime | None] | None = None

    def when_checked(self, credentials: Mapping[str, str], mode: Mode) -> datetime | None:
        """None if the connector cannot check. Raises `Refusal`, `PspUnavailable`."""
        if self._last is None or self._last[0] != credentials:
            did = checking.check(self._system, self.manifest, {MODE: mode, **credentials})
            self._last = (credentials, self._system.now() if did else None)
        return self._last[1]


def _manifest(system: System, connector: str) -> Manifest:
    try:
        manifest = system.manifest(connector)
    except KeyError:
        known = ", ".join(each.name for each in system.manifests())
        raise NotFound(f"this connector does not exist; the connectors are {known}", "/connector") from None
    if not manifest.credentials:
        raise CapabilityNotSupported(f"{manifest.title} needs no credentials of yours", "/connector")
    return manifest


def _new(merchant_id: str, connector: str, change: Change) -> Connection:
    other = Mode.TEST if change.mode is Mode.LIVE else Mode.LIVE
    return Connection(merchant_id, connector, other if change.use is False else change.mode)


def _changed(system: System, asked: _Asked, connection: Connection, change: Change) -> Connection:
    if change.credentials is None:
        return connection.having(change.mode, None)
    stored = connection.of(change.mode)
    if change.credentials is not KEEP or change.revoke:
        stored = _credentials(system, asked, connection, change)
    if stored is None:
        raise Refusal(f"give the {change.mode} credentials first", "/credentials")
    connection = connection.having(change.mode, stored)
    return replace(connection, mode=change.mode) if _uses(connection, change) else connection


def _uses(connection: Connection, change: Change) -> bool:
    """Whether new orders are to be paid with the mode of this change."""
    if change.use is not None:
        return change.use
    revokes_alone = bool(change.revoke) and change.credentials is KEEP
    return not revokes_alone and (change.mode is Mode.LIVE or connection.live is None)


def _credentials(system: System, asked: _Asked, connection: Connection, change: Change) -> Credentials:
    """The given values added to the stored ones, and sealed."""
    mode, now = change.mode, system.now()
    where = (connection.merchant_id, connection.connector, mode)
    stored = connection.of(mode)
    opened = without_expired(open_credentials(system.seal, *where, stored), now) if stored else Opened()
    checked_at = stored.checked_at if stored else None
    if change.credentials is not KEEP:
        opened = set_values(
            opened, change.credentials or {}, _names(asked.manifest), by=change.by, now=now, new_id=_new_id
        )
        checked_at = None
    opened = revoke_values(opened, change.revoke, now)
    if change.check and change.credentials is not KEEP:
        checked_at = asked.when_checked(opened.by_name(now), mode)
    return Credentials(_sealed(system, where, opened), opened.values, checked_at)


def _sealed(system: System, where: tuple[str, str, Mode], opened: Opened) -> str:
    merchant_id, connector, mode = where
    plain = json.dumps(dict(opened.plain), separators=(",", ":"))
    if len(plain) > MOST_BYTES:
        raise Refusal(f"the credentials are too long: together at most {MOST_BYTES} bytes", "/credentials")
    return system.seal.encrypt(plain, merchant_id, PURPOSE, connector=connector, mode=mode)


def _names(manifest: Manifest) -> Names:
    return Names(manifest.credentials, manifest.public, manifest.webhook_secrets)


def _new_id() -> str:
    return f"val_{token_hex(8)}"
