"""What tests of payouts share: a PSP that pays persons, and the operator's word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.functions.scripted_psp import ScriptedPsp, fact, manifest
from tests.functions.world import NOON, World, invoke, sample
from tillgate.connectors.v1 import Case, Fact, Kind, Op
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payouts.payout import day_of
from tillgate.store.shared.transactions import Cancelled


class GivingPsp(ScriptedPsp):
    """Pays persons; says of each payout what `status` is."""

    def __init__(self) -> None:
        super().__init__(manifest=manifest(pays=frozenset({"person"})))
        self.paid: list[tuple[str | None, int, str]] = []
        self.status = OperationStatus.SUCCEEDED

    def start(self, case: Case, op: Op) -> list[Fact]:
        if op.kind is not Kind.PAYOUT:
            return super().start(case, op)
        assert case.notify_url == "https://api.example.com/v1/psp/sandbox/notifications"
        self.paid.append(((case.instrument or {}).get("token"), case.amount, op.id))
        reason = "REFUSED" if self.status is OperationStatus.FAILED else None
        return [replace(fact(case.id, op.id, self.status, reason=reason), reference=None)]


def meets_others(world: World, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next transactions of payouts conflict with somebody else's, as on one item of a day."""
    payouts, left = world.system.payouts, [True] * times
    transact = payouts._transact

    def conflicting(*given: Any) -> None:
        if left and left.pop():
            told: Any = {"CancellationReasons": [{"Code": "TransactionConflict"}] * 3}
            raise Cancelled(ClientError(told, "TransactWriteItems"))
        transact(*given)

    monkeypatch.setattr(payouts, "_transact", conflicting)


def used(world: World) -> int:
    return world.system.payouts.used("mer_1", "EUR", day_of(NOON))


def limits(**fields: Any) -> Any:
    """The operator sets them: per payout 100, per day 250, unless told otherwise."""
    event = sample("admin_set_payout_limit") | {"per_payout": 100, "per_day": 250, "approval_above": None} | fields
    return invoke("admin", event)
