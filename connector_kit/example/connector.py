"""Translates between Acme Pay and the connector API. It decides nothing."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from connector_kit.example.manifest import MANIFEST
from tillgate.connectors.v1 import (
    Action,
    Case,
    Fact,
    Http,
    Kind,
    Look,
    Malformed,
    Manifest,
    NotAccepted,
    NotAuthentic,
    NotSent,
    Op,
    Outcome,
    Sent,
)

API = "https://api.acme.example/v1"
SEARCH_LAGS = timedelta(minutes=5)  # as Acme documents: only then is missing what is not found
DECIMALS = {"CLP": 0, "ISK": 0, "JPY": 0, "UGX": 0, "KWD": 3}
OUTCOMES = {
    "action": Outcome.ACTION,
    "pending": Outcome.PENDING,
    "failed": Outcome.FAILED,
    "done": Outcome.SUCCEEDED,
    "undone": Outcome.REVERSED,
}
REASONS = {
    "declined": "REFUSED",
    "left": "CANCELLED_BY_PAYER",
    "funds": "INSUFFICIENT_AMOUNT",
    "absent": "AUTHENTICATION_REQUIRED",
}


class Refused(NotSent):
    """Acme does not know us, and so has done nothing."""


class AcmeConnector:
    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, credentials: Mapping[str, str], http: Http, now: Callable[[], datetime]) -> None:
        self._credentials = credentials
        self._http = http
        self._now = now

    def start(self, case: Case, op: Op) -> list[Fact]:
        body = {
            "reference": case.id,
            "currency": case.currency,
            "capture": case.capture == "auto",
            "source": (case.instrument or {}).get("token"),
            "return_url": case.return_url,
        }
        return self._operate(case, op, "/payments", body)

    def proceed(self, case: Case, op: Op, back: Sent | None) -> list[Fact]:
        return self.ask(case) or []  # what the browser brings proves nothing

    def perform(self, case: Case, op: Op) -> list[Fact]:
        return self._operate(case, op, f"/payments/{case.reference}/{op.kind.lower()}s", {"final": op.final})

    def close(self, case: Case, op: Op) -> list[Fact]:
        """Acme keeps a void by our reference also for what has not arrived yet."""
        _, shown = self._call("POST", "/voids", {"reference": case.id})
        closed = Fact(case=case.id, kind=Kind.CLOSE, outcome=Outcome.SUCCEEDED, op=op.id)
        if shown["status"] == "void":
            return [closed]
        return [*self._facts(shown), Fact(case=case.id, kind=Kind.CLOSE, outcome=Outcome.FAILED, op=op.id)]

    def ask(self, case: Case) -> list[Fact] | None:
        status, shown = self._call("GET", f"/payments?reference={case.id}")
        if status != 200:
            return None
        if not shown["data"]:
            recent = any(self._now() - op.requested_at < SEARCH_LAGS for op in case.ops)
            return None if recent else []
        return [fact for payment in shown["data"] for fact in self._facts(payment)]

    def receive(self, sent: Sent) -> list[Fact | Look]:
        signature = sent.headers.get("acme-signature", "")
        secrets = self._credentials["webhook_secret"].split("\n")
        if not any(hmac.compare_digest(sign(secret, sent.body), signature) for secret in secrets):
            raise NotAuthentic("the signature is missing or wrong")
        try:
            return [*self._facts(json.loads(sent.body)["payment"])]
        except (ValueError, KeyError, TypeError) as error:
            raise Malformed("no notification of Acme's") from error

    def check(self) -> None:
        try:
            self._call("GET", "/me")
        except Refused as error:
            raise NotAccepted("Acme does not know this API key: copy it again from its dashboard") from error

    def _operate(self, case: Case, op: Op, path: str, body: Mapping[str, object]) -> list[Fact]:
        amount = str(Decimal(op.amount).scaleb(-DECIMALS.get(case.currency, 2)))
        status, shown = self._call("POST", path, {**body, "amount": amount}, key=op.id)
        if status == 422:
            reason = REASONS.get(shown["code"], "OTHER")
            return [Fact(case=case.id, kind=op.kind, outcome=Outcome.FAILED, op=op.id, reason=reason)]
        return self._facts(shown)

    def _facts(self, payment: Mapping[str, Any]) -> list[Fact]:
        return [self._fact(payment, each) for each in payment["operations"]]

    def _fact(self, payment: Mapping[str, Any], operation: Mapping[str, Any]) -> Fact:
        kind, decimals = Kind(operation["kind"]), DECIMALS.get(payment["currency"], 2)
        page = payment["page"] if operation["state"] == "action" else None
        first = kind in (Kind.AUTHORIZE, Kind.SETUP, Kind.PAYOUT)
        return Fact(
            case=payment["reference"],
            kind=kind,
            outcome=OUTCOMES[operation["state"]],
            op=operation["key"],
            amount=int(Decimal(operation["amount"]).scaleb(decimals)),
            captured=int(Decimal(payment["captured_at_once"]).scaleb(decimals)) if first else None,
            reason=REASONS.get(operation["reason"], "OTHER") if operation["reason"] else None,
            reference=payment["id"] if first else operation["id"],
            action=Action(kind="redirect", url=page) if page else None,
            lapsed=operation["reason"] == "lapsed",
        )

    def _call(self, method: str, path: str, body: object = None, key: str = "") -> tuple[int, Any]:
        """401 and 429 did certainly nothing. What else is no answer of Acme's raises, and so becomes UNKNOWN."""
        headers = {"Authorization": f"Bearer {self._credentials['api_key']}", "Idempotency-Key": key}
        status, answer = self._http(method, API + path, headers, json.dumps(body).encode())
        if status == 401:
            raise Refused("Acme does not know the API key")
        if status == 429:
            raise NotSent("Acme has no time")
        if status not in (200, 422):
            raise ValueError(f"Acme answers {status}")
        return status, dict(json.loads(answer))


def sign(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
