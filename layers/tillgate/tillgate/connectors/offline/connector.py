"""Methods without a PSP (IS-18): bank transfer, invoice after delivery, cash on delivery. Makes no calls.

    bank transfer            waits for the shopper, with an account and a reference; receipts are reported later
    invoice, cash            authorized at once; the merchant's capture says that the money was received

Every outcome follows from the case, so a repeated query has the same result. A transfer is refunded from our own
account, whoever requests it: the refund is PENDING until an operator confirms the transfer. Money from an invoice or
cash is with the merchant: a refund by the merchant states that it was given back, and the system itself cannot refund
it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from tillgate.connectors.offline.manifest import MANIFEST
from tillgate.connectors.offline.reference import reference_of
from tillgate.connectors.v1 import (
    Action,
    Case,
    Fact,
    Http,
    Kind,
    Look,
    Manifest,
    NotAuthentic,
    Op,
    Outcome,
    Sent,
)

TRANSFER = "bank_transfer"
DAYS = 14  # that a transfer is awaited
_OPEN = (None, Outcome.UNKNOWN, Outcome.PENDING)


class OfflineConnector:
    """`credentials`: `iban` and `holder` of the account that transfers go to, and the `days` they are awaited.

    `grace_days` later, a transfer that was made in time may still be reported.
    """

    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, credentials: Mapping[str, str], http: Http, now: Callable[[], datetime]) -> None:
        self._iban = credentials.get("iban", "")
        self._holder = credentials.get("holder", "")
        self._term = timedelta(days=int(credentials.get("days") or DAYS))
        self._grace_days = credentials.get("grace_days") or "0"

    def start(self, case: Case, op: Op) -> list[Fact]:
        return [self._outcome(case, op)]

    def proceed(self, case: Case, op: Op, back: Sent | None) -> list[Fact]:
        return self.start(case, op)

    def perform(self, case: Case, op: Op) -> list[Fact]:
        return self.start(case, op)

    def close(self, case: Case, op: Op) -> list[Fact]:
        return self.start(case, op)

    def ask(self, case: Case) -> list[Fact] | None:
        return [self._outcome(case, op) for op in case.ops if op.outcome in _OPEN]

    def receive(self, sent: Sent) -> list[Fact | Look]:
        raise NotAuthentic("offline methods have no notifications")

    def _outcome(self, case: Case, op: Op) -> Fact:
        def told(outcome: Outcome, **more: Any) -> Fact:
            return Fact(case=case.id, kind=op.kind, op=op.id, outcome=outcome, **more)

        if op.kind is Kind.AUTHORIZE and case.method == TRANSFER:
            data = {"iban": self._iban, "holder": self._holder, "reference": reference_of(case.id)}
            data["grace_days"] = self._grace_days
            until = case.created_at + self._term
            return told(Outcome.ACTION, action=Action(kind="instructions", data=data, until=until))
        if op.kind is Kind.REFUND and case.method == TRANSFER:
            return told(Outcome.PENDING, by_hand=True)
        if op.kind is Kind.REFUND and op.by != "merchant":
            return told(Outcome.FAILED, reason="OTHER")
        return told(Outcome.SUCCEEDED)
