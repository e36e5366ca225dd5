"""Connectors as the API shows and takes them: what each can do, and a merchant's own account with it (GO-8, IS-1).

Credentials come in and never go out.
"""

from typing import TYPE_CHECKING, Any

from tillgate.api.http.instants import _instant_or_none, instant
from tillgate.domain.merchants.connections import KEEP, Change, Connection, Credentials, Value, in_use
from tillgate.domain.shared.modes import Mode
from tillgate.wiring import System

if TYPE_CHECKING:
    from tillgate.api.merchants.models import SetConnector
    from tillgate.connectors.v1 import Can, Manifest


def change_of(body: "SetConnector", by: str) -> Change:
    """`by`: the API client, or the operator."""
    return Change(
        mode=Mode(body.mode),
        by=by,
        credentials=body.credentials if "credentials" in body.model_fields_set else KEEP,
        revoke=tuple(body.revoke),
        use=body.use,
        check=body.check,
    )


def connector_view(system: System, manifest: "Manifest", merchant_id: str, own: Connection | None) -> dict[str, Any]:
    """`notification_url` is where the merchant's own account with the PSP has to send its notifications."""
    mode = in_use(own)
    shared = system.is_set_up(manifest.name, None)
    url = f"{system.api_url}/psp/{manifest.name}/notifications/{merchant_id}"
    return {
        "connector": manifest.name,
        "title": manifest.title,
        "set_up": own.of(mode) is not None if own and mode else shared,
        "mode": mode,
        "methods": [_method_view(method, can) for method, can in manifest.methods.items()],
        "credential_names": sorted(manifest.credentials),
        "webhook_secrets": sorted(manifest.webhook_secrets),
        "notification_url": url if manifest.credentials else None,
        "test": _credentials_view(system, own.of(Mode.TEST) if own else None),
        "live": _credentials_view(system, own.of(Mode.LIVE) if own else None),
        "revision": own.revision if own else 0,
    }


def _method_view(method: str, can: "Can") -> dict[str, Any]:
    return {
        "method": method,
        "inputs": sorted(can.inputs),
        "capture": sorted(can.capture),
        "captures": can.captures,
        "cancels": can.cancels,
        "refunds": can.refunds,
        "redirect": can.redirect,
        "saves_instruments": can.stores,
        "recurring": can.recurring,
        "brands": sorted(can.brands),
        "currencies": sorted(can.amounts) if can.amounts is not None else None,
    }


def _credentials_view(system: System, credentials: Credentials | None) -> dict[str, Any] | None:
    if credentials is None:
        return None
    now = system.now()
    return {
        "checked_at": _instant_or_none(credentials.checked_at),
        "values": [_value_view(value) for value in credentials.values if value.is_valid(now)],
    }


def _value_view(value: Value) -> dict[str, Any]:
    return {
        "value_id": value.value_id,
        "name": value.name,
        "hint": value.hint or None,
        "set_at": instant(value.set_at),
        "set_by": value.set_by,
        "valid_until": _instant_or_none(value.until),
    }
