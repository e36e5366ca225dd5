"""The sandbox PSP (GO-8): every outcome on demand. It is called over HTTP with signatures, like any PSP."""

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from tillgate.connectors.sandbox.disputes import SandboxDisputes
from tillgate.connectors.sandbox.instruments import SandboxInstruments
from tillgate.connectors.sandbox.manifest import MANIFEST
from tillgate.connectors.sandbox.reading import NONSENSE, REASONS, facts, refusal, settlements, text, whole
from tillgate.connectors.sandbox.wire import REFUSED, TOLERANCE, NotKnown, Wire
from tillgate.connectors.v1 import (
    Case,
    Fact,
    Http,
    Kind,
    Look,
    Malformed,
    Manifest,
    NoAnswer,
    NotAccepted,
    NotAuthentic,
    NotSent,
    Op,
    Outcome,
    Sent,
    Settlement,
)

_SECONDS = re.compile(r"[0-9]{1,12}")  # an instant; a longer text is none, and takes time to parse
_PATHS = {Kind.CAPTURE: "captures", Kind.CANCEL: "cancels", Kind.REFUND: "refunds"}


class SandboxConnector(SandboxInstruments, SandboxDisputes):
    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, credentials: Mapping[str, str], http: Http, now: Callable[[], datetime]) -> None:
        self._wire = Wire(credentials["key_id"], credentials["secret"], http)

    def start(self, case: Case, op: Op) -> list[Fact]:
        if op.kind is Kind.SETUP:
            return self._store(case)
        if op.kind is Kind.PAYOUT:
            return self._send(case, op, "/payouts", self._payout(case))
        if case.parent:
            body = {
                "reference": case.id,
                "amount": op.amount,
                "account": case.account,
                "notification_url": case.notify_url,
            }
            return self._send(case, op, f"/payments/{quote(case.parent.id)}/transfers", body)
        return self._send(case, op, "/payments", self._payment(case, op))

    def _payment(self, case: Case, op: Op) -> dict[str, Any]:
        given = case.instrument or {}
        return {
            "reference": case.id,
            "amount": op.amount,
            "currency": case.currency,
            "capture": case.capture == "auto",
            "method": case.method,
            "token": given.get("token"),
            "iban": given.get("iban"),
            "holder": given.get("holder"),
            "customer": case.shopper.get("key"),
            "store_as": case.saves_as,
            "recurring": case.recurring is not None,
            "authenticate": case.authenticate,
            "account": case.account,
            "return_url": case.return_url,
            "notification_url": case.notify_url,
        }

    def _payout(self, case: Case) -> dict[str, Any]:
        return {
            "reference": case.id,
            "amount": case.amount,
            "currency": case.currency,
            "account": case.account,
            "token": (case.instrument or {}).get("token"),
            "notification_url": case.notify_url,
        }

    def proceed(self, case: Case, op: Op, back: Sent | None) -> list[Fact]:
        return self.ask(case) or []

    def perform(self, case: Case, op: Op) -> list[Fact]:
        body = {"amount": op.amount, "final": op.final, "fee": op.fee}
        return self._send(case, op, f"/payments/{quote(case.id)}/{_PATHS[op.kind]}", body)

    def close(self, case: Case, op: Op) -> list[Fact]:
        status, shown = self._wire.request("POST", f"/payments/{quote(case.id)}/close", {})
        unknown = Fact(case=case.id, kind=Kind.CLOSE, op=op.id, outcome=Outcome.UNKNOWN)
        if status != 200:
            return [unknown]
        told = self._read(case.id, shown)
        if shown["status"] == "closed":
            return [Fact(case=case.id, kind=Kind.CLOSE, op=op.id, outcome=Outcome.SUCCEEDED, reason="PSP_ERROR")]
        if shown["status"] == "requires_action":
            return [unknown]
        return [*told, Fact(case=case.id, kind=Kind.CLOSE, op=op.id, outcome=Outcome.FAILED)]

    def ask(self, case: Case) -> list[Fact] | None:
        try:
            if case.op(Kind.SETUP):
                return self._ask_for_instrument(case)
            what = "payouts" if case.op(Kind.PAYOUT) else "payments"
            status, shown = self._wire.request("GET", f"/{what}/{quote(case.id)}")
            if status == 404:
                return []
            return self._read(case.id, shown) if status == 200 else None
        except (NoAnswer, NotSent):
            return None

    def check(self) -> None:
        """Asks for a payment that does not exist: whoever is told so is known to the PSP."""
        try:
            status, _ = self._wire.request("GET", "/payments/none")
        except NotKnown as error:
            raise NotAccepted("The sandbox PSP does not know this key_id with this secret.") from error
        if status not in (200, 404):
            raise NoAnswer(f"the sandbox PSP answers {status}")

    def balance(self, case: Case) -> int | None:
        body = {"method": case.method, "token": (case.instrument or {}).get("token"), "currency": case.currency}
        status, shown = self._wire.request("POST", "/balances", body)
        if status == 422:  # the PSP understood the query, and does not know the card
            return 0
        try:
            return whole(shown["balance"])
        except NONSENSE:
            return None

    def receive(self, sent: Sent) -> list[Fact | Look]:
        timestamp = sent.headers.get("sandbox-timestamp", "")
        seconds = int(timestamp) if _SECONDS.fullmatch(timestamp) else 0
        fresh = abs(time.time() - seconds) <= TOLERANCE
        signature = sent.headers.get("sandbox-signature", "")
        if not (self._wire.is_signed(timestamp, sent.body, signature) and fresh):
            raise NotAuthentic("the signature is missing, wrong or too old")
        return [*self.read(sent.body)]

    def read(self, body: bytes) -> list[Fact]:
        """A bank's own reversal follows from no request of ours: its notification names only the payment."""
        try:
            told = json.loads(body)
            if told.get("type") == "payment.reversed":
                return [_reversal(told)]
            return facts(told["payout"] if "payout" in told else told["payment"])
        except NONSENSE as error:
            raise Malformed("the notification does not have the sandbox's format") from error

    def read_report(self, report: bytes) -> Iterable[Settlement]:
        try:
            return settlements(report)
        except (ValueError, KeyError, TypeError) as error:
            raise Malformed("the settlement report does not have the sandbox's format") from error

    def _send(self, case: Case, op: Op, path: str, body: dict[str, Any]) -> list[Fact]:
        status, shown = self._wire.request("POST", path, body, key=op.id)
        if status in REFUSED:
            why = refusal(shown)
            return [
                Fact(
                    case=case.id,
                    kind=op.kind,
                    op=op.id,
                    outcome=Outcome.FAILED,
                    reason="OTHER",
                    raw_reason=why.get("code"),
                    details={"message": why["message"]} if "message" in why and op.kind is Kind.AUTHORIZE else {},
                )
            ]
        told = self._read(case.id, shown) if status == 200 else []
        if any(fact.op == op.id for fact in told):
            return told
        return [Fact(case=case.id, kind=op.kind, op=op.id, outcome=Outcome.UNKNOWN)]

    def _read(self, reference: str, shown: Any) -> list[Fact]:
        """The facts in an answer. Raises `NoAnswer` for a malformed one, or one about another payment."""
        try:
            text(shown["status"])
            if text(shown["reference"]) == reference:
                return facts(shown)
        except NONSENSE as error:
            raise NoAnswer("the answer does not have the sandbox's format") from error
        raise NoAnswer("the answer is about another payment")


def _reversal(told: Mapping[str, Any]) -> Fact:
    reason = text(told["reason"])
    return Fact(
        case=text(told["payment"]["reference"]),
        kind=Kind.AUTHORIZE,
        outcome=Outcome.REVERSED,
        reason=REASONS.get(reason, "OTHER"),
        raw_reason=reason,
    )
