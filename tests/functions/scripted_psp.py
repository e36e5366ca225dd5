"""A PSP that says what it was told to say, and remembers what it was asked."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from tillgate.connectors.host.facts import facts_of
from tillgate.connectors.offline.connector import OfflineConnector
from tillgate.connectors.v1 import (
    Action,
    Can,
    Case,
    Fact,
    Instrument,
    Kind,
    Look,
    Malformed,
    Manifest,
    NotAuthentic,
    NotSent,
    Op,
    Outcome,
    Sent,
    Settlement,
)
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.psp import facts as domain

SUCCEEDED = OperationStatus.SUCCEEDED
PAGE = "https://psp.example.com/psp/pay/1"
_OUTCOMES = {each: Outcome[each] for each in OperationStatus if each.name in Outcome.__members__}
_OUTCOMES[OperationStatus.AWAITING_SHOPPER] = Outcome.ACTION

CAN = Can(
    inputs=frozenset({"token", "hosted"}),
    capture=frozenset({"auto", "manual"}),
    captures="many",
    cancels="part",
    refunds="many",
)
BANK = replace(CAN, captures="none", cancels="none")


def manifest(name: str = "sandbox", **fields: object) -> Manifest:
    """A PSP that can do everything but what is an interface of its own."""
    given: dict[str, object] = {"methods": {"card": CAN, "gift_card": CAN, "bank_redirect": BANK}}
    return Manifest(name=name, title=name, load="", **given | fields)  # type: ignore[arg-type]


@dataclass
class ScriptedPsp:
    """Every call succeeds, unless `says` has told it what to answer next."""

    name: str = "sandbox"
    manifest: Manifest = field(default_factory=manifest)
    calls: list[tuple[str, str, int]] = field(default_factory=list)  # what, operation, amount
    requests: list[Case] = field(default_factory=list)
    known: list[Fact] | None = field(default_factory=list)  # what `ask` answers
    fingerprint: str = ""  # its own of what is paid with, as it tells it with an authorization
    _next: list[OperationStatus] = field(default_factory=list)
    _reason: str | None = None

    def __post_init__(self) -> None:
        if self.name != self.manifest.name:
            self.manifest = replace(self.manifest, name=self.name)

    def can(self, **fields: object) -> None:
        """Changes the manifest."""
        self.manifest = replace(self.manifest, **fields)  # type: ignore[arg-type]

    def says(self, *statuses: OperationStatus, reason: str | None = None) -> None:
        self._next += statuses
        self._reason = reason

    def start(self, case: Case, op: Op) -> list[Fact]:
        self.requests.append(case)
        return self._answer("authorize", case, op)

    def proceed(self, case: Case, op: Op, back: Sent | None) -> list[Fact]:
        self.calls.append(("proceed", case.id, 0))
        return self.known or []

    def perform(self, case: Case, op: Op) -> list[Fact]:
        return self._answer(op.kind.lower(), case, op)

    def close(self, case: Case, op: Op) -> list[Fact]:
        return self._answer("close", case, op)

    def ask(self, case: Case) -> list[Fact] | None:
        self.calls.append(("ask", case.id, 0))
        return self.known

    def receive(self, sent: Sent) -> list[Fact | Look]:
        if "sandbox-signature" not in sent.headers:
            raise NotAuthentic("not signed")
        return [*self.read(sent.body)]

    def read(self, body: bytes) -> list[Fact]:
        try:
            payment = json.loads(body)["payment"]
            return [
                fact(payment["reference"], operation["key"], OperationStatus[operation["status"].upper()])
                for operation in payment["operations"]
            ]
        except (ValueError, KeyError) as error:
            raise Malformed("no notification") from error

    def read_report(self, report: bytes) -> list[Settlement]:
        return []

    def _answer(self, what: str, case: Case, op: Op) -> list[Fact]:
        self.calls.append((what, op.id, op.amount))
        status = self._next.pop(0) if self._next else SUCCEEDED
        card = self.fingerprint if op.kind is Kind.AUTHORIZE else ""
        return [replace(fact(case.id, op.id, status, reason=self._reason), fingerprint=card)]


@dataclass
class KeepingPsp(ScriptedPsp):
    """Keeps cards too: alone, and with each payment that is authorized."""

    manifest: Manifest = field(
        default_factory=lambda: manifest(
            methods={
                "card": replace(CAN, stores=True, recurring=True, authenticates=True),
                "gift_card": CAN,
                "bank_redirect": BANK,
            }
        )
    )
    kept: dict[str, Instrument] = field(default_factory=dict)  # by our token
    is_silent: bool = False  # does what it is asked for, and no answer comes
    is_deaf: bool = False  # does nothing of what it is asked for about instruments
    refuses: bool = False
    says_in_notifications: list[Fact] = field(default_factory=list)
    calls_about: list[tuple[str, str]] = field(default_factory=list)  # what, token
    next_card: Instrument | None = None  # what is stored next

    def start(self, case: Case, op: Op) -> list[Fact]:
        if op.kind is Kind.SETUP:
            return self._store(case)
        return [replace(each, instrument=self.stores(case.saves_as, each)) for each in super().start(case, op)]

    def ask(self, case: Case) -> list[Fact] | None:
        if not case.op(Kind.SETUP):
            return super().ask(case)
        self.calls_about.append(("find", case.id))
        return None if self.is_silent else self._told(case)

    def read(self, body: bytes) -> list[Fact]:
        return self.says_in_notifications

    def stores(self, saves_as: str | None, fact: Fact) -> Instrument | None:
        if saves_as is None or fact.outcome is not Outcome.SUCCEEDED:
            return None
        return self.kept.setdefault(saves_as, card(len(self.kept) + 1))

    def _store(self, case: Case) -> list[Fact]:
        self.calls_about.append(("store", case.id))
        if self.refuses:
            return [_setup(case, Outcome.FAILED)]
        if not self.is_deaf:
            self.kept.setdefault(case.id, self.next_card or card(len(self.kept) + 1))
        return [_setup(case, Outcome.UNKNOWN)] if self.is_silent else self._told(case) or [_setup(case, Outcome.FAILED)]

    def forget(self, case: Case) -> bool:
        self.calls_about.append(("delete", case.id))
        if not self.is_deaf:
            self.kept.pop(case.id, None)
        return not (self.is_silent or self.is_deaf)

    def _told(self, case: Case) -> list[Fact]:
        found = self.kept.get(case.id)
        return [replace(_setup(case, Outcome.SUCCEEDED), instrument=found)] if found else []


def _setup(case: Case, outcome: Outcome) -> Fact:
    return Fact(case=case.id, kind=Kind.SETUP, op=case.id, outcome=outcome)


def card(number: int) -> Instrument:
    return Instrument(token=f"card_{number}", brand="visa", last4="4242", expires="2039-12")


def fact(
    payment_id: str,
    operation_id: str,
    status: OperationStatus = SUCCEEDED,
    *,
    reason: str | None = None,
    amount: int | None = None,
) -> Fact:
    waits = status is OperationStatus.AWAITING_SHOPPER
    return Fact(
        case=payment_id,
        kind=Kind.AUTHORIZE,
        op=operation_id,
        outcome=_OUTCOMES[status],
        amount=amount,
        reason=reason,
        reference="psp_1",
        brand="visa",
        action=Action(kind="redirect", url=PAGE) if waits else None,
    )


def heard(*args: Any, **fields: Any) -> list[domain.Fact]:
    """The fact as it arrives in the core."""
    return facts_of([fact(*args, **fields)])


def offline(**values: str) -> OfflineConnector:
    """Without an `iban` it takes no transfers."""
    return OfflineConnector(values, no_http, lambda: datetime(2030, 1, 1, tzinfo=UTC))


def no_http(*_: object) -> tuple[int, bytes]:
    raise NotSent("this connector makes no calls")
