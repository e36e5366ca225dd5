"""Instruments at the sandbox PSP: a card is stored under our token, for a customer named by us (RG-5)."""

from typing import Any
from urllib.parse import quote

from tillgate.connectors.sandbox.reading import NONSENSE, instrument, text_or_none
from tillgate.connectors.sandbox.wire import REFUSED, Wire
from tillgate.connectors.v1 import Action, Case, Fact, Kind, NoAnswer, NotSent, Outcome


class SandboxInstruments:
    """The part of the connector that keeps instruments."""

    _wire: Wire

    def _store(self, case: Case) -> list[Fact]:
        body = {
            "reference": case.id,
            "customer": case.shopper["key"],
            "method": case.method,
            "token": (case.instrument or {}).get("token"),
            "return_url": case.return_url or None,
        }
        status, shown = self._wire.request("POST", "/instruments", body)
        if status in REFUSED:
            return [_fact(case, Outcome.FAILED, "OTHER")]
        return [_stored(case, status, shown)]

    def _ask_for_instrument(self, case: Case) -> list[Fact] | None:
        status, shown = self._wire.request("GET", f"/instruments/{quote(case.id)}")
        if status == 404:
            return []
        return [_stored(case, status, shown)] if status == 200 else None

    def forget(self, case: Case) -> bool:
        try:
            status, _ = self._wire.request("DELETE", f"/instruments/{quote(case.saves_as or case.id)}")
        except (NoAnswer, NotSent):
            return False
        return status == 200


def _stored(case: Case, status: int, shown: Any) -> Fact:
    if status != 200:
        return _fact(case, Outcome.UNKNOWN)
    try:
        if shown["status"] in ("deleted", "failed"):
            return _fact(case, Outcome.FAILED, "REFUSED")
        if shown["status"] == "requires_action":
            url = text_or_none(shown["redirect_url"]) or ""
            return _fact(case, Outcome.ACTION, action=Action(kind="redirect", url=url))
        return _fact(case, Outcome.SUCCEEDED, instrument=instrument(shown))
    except NONSENSE:
        return _fact(case, Outcome.UNKNOWN)


def _fact(case: Case, outcome: Outcome, reason: str | None = None, **told: Any) -> Fact:
    return Fact(case=case.id, kind=Kind.SETUP, op=case.id, outcome=outcome, reason=reason, **told)
