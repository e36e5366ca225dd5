"""The sandbox PSP (GO-8): every outcome on demand. It is called over HTTP with signatures, like any PSP."""

import csv
import hashlib
import hmac
import io
import json
import re
import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import urllib3

from tillgate.connectors.api import Authorization, Capabilities, Malformed, NotAuthentic, unknown
from tillgate.connectors.sandbox.disputes import SandboxDisputes
from tillgate.connectors.sandbox.instruments import SandboxInstruments
from tillgate.connectors.sandbox.reading import NONSENSE, REASONS, facts, settled, text, whole
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.domain.payouts.payout import Payout
from tillgate.domain.psp.facts import Fact
from tillgate.domain.psp.settlement import Settled

TIMEOUT = urllib3.Timeout(connect=2, total=7.5)  # within the ten seconds that a merchant waits
TOLERANCE = 300  # the greatest age of a signature in seconds
_SECONDS = re.compile(r"[0-9]{1,12}")  # an instant; a longer text is none, and takes time to parse

_PATHS = {
    OperationType.CAPTURE: "captures",
    OperationType.CANCEL: "cancels",
    OperationType.REFUND: "refunds",
}
_BANKS = {
    "bank_aurora": "Aurora Bank",
    "bank_meridian": "Meridian Bank",
    "bank_slow": "Tortoise Bank",
    "bank_fickle": "Fickle Bank",
}


class _Answer(NamedTuple):
    """HTTP status (0: no response); the payment's state in the PSP's terms and the facts, if it returned them."""

    status: int
    state: str | None = None
    facts: list[Fact] | None = None


class SandboxConnector(SandboxInstruments, SandboxDisputes):
    name = "sandbox"
    capabilities = Capabilities(
        methods=frozenset({"card", "gift_card", "bank_redirect"}),
        banks=_BANKS,
        split=True,
        refund_before_settled=True,
        balance=True,
        disputes=True,
        store_instruments=frozenset({"card"}),
        recurring=frozenset({"card"}),
        routes_notifications=True,
        payouts=frozenset({"vendor", "person"}),
    )

    def __init__(self, base_url: str, key_id: str, secret: str, http: urllib3.PoolManager | None = None) -> None:
        self._base_url = base_url.rstrip("/")
        self._key_id = key_id
        self._secret = secret.encode()
        self._http = http or urllib3.PoolManager(timeout=TIMEOUT, retries=False)

    def authorize(self, request: Authorization) -> list[Fact]:
        payment, operation = request.payment, request.operation
        if request.parent:
            return self._carve(request, request.parent)
        body = {
            "reference": payment.payment_id,
            "amount": operation.amount,
            "currency": request.currency,
            "capture": payment.capture is Capture.AUTO,
            "method": payment.method,
            "token": request.token,
            "customer": request.shopper,
            "store_as": payment.saves_as,
            "recurring": payment.recurring is not None,
            "account": request.account,
            "return_url": request.return_url,
            "notification_url": request.notification_url,
        }
        return self._operate(payment, operation, "/payments", body)

    def _carve(self, request: Authorization, parent: str) -> list[Fact]:
        payment, operation = request.payment, request.operation
        body = {
            "reference": payment.payment_id,
            "amount": operation.amount,
            "account": request.account,
            "notification_url": request.notification_url,
        }
        return self._operate(payment, operation, f"/payments/{quote(parent)}/transfers", body)

    def perform(self, payment: Payment, operation: Operation) -> list[Fact]:
        path = f"/payments/{quote(payment.payment_id)}/{_PATHS[operation.type]}"
        body = {"amount": operation.amount, "final": operation.final, "fee": operation.fee}
        return self._operate(payment, operation, path, body)

    def close(self, payment: Payment, operation: Operation) -> list[Fact]:
        answer = self._call(payment.payment_id, "POST", f"/payments/{quote(payment.payment_id)}/close", {})
        if answer.state == "closed":
            return [
                Fact(payment.payment_id, operation.operation_id, OperationStatus.SUCCEEDED, reason_code="PSP_ERROR")
            ]
        if answer.facts is None or answer.state == "requires_action":
            return unknown(payment, operation)
        return [*answer.facts, Fact(payment.payment_id, operation.operation_id, OperationStatus.FAILED)]

    def ask(self, payment: Payment) -> list[Fact] | None:
        answer = self._call(payment.payment_id, "GET", f"/payments/{quote(payment.payment_id)}", None)
        return [] if answer.status == 404 else answer.facts

    def pay_out(self, payout: Payout, notification_url: str) -> list[Fact]:
        body = {
            "reference": payout.payout_id,
            "amount": payout.amount,
            "currency": payout.currency,
            "account": payout.account,
            "token": payout.token,
            "notification_url": notification_url,
        }
        return self._send(payout.payout_id, payout.request_key, "/payouts", body)

    def ask_payout(self, payout: Payout) -> list[Fact] | None:
        answer = self._call(payout.payout_id, "GET", f"/payouts/{quote(payout.payout_id)}", None)
        return [] if answer.status == 404 else answer.facts

    def balance(self, method: str, token: str, currency: str) -> int | None:
        body = {"method": method, "token": token, "currency": currency}
        status, shown = self._request("POST", "/balances", body)
        if status == 422:  # the PSP understood the query, and does not know the card
            return 0
        try:
            return whole(shown["balance"])
        except NONSENSE:
            return None

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        timestamp = headers.get("sandbox-timestamp", "")
        expected = self._signature(timestamp, "POST", "notification", body)
        seconds = int(timestamp) if _SECONDS.fullmatch(timestamp) else 0
        fresh = abs(time.time() - seconds) <= TOLERANCE
        given = headers.get("sandbox-signature", "").encode()
        if not (fresh and hmac.compare_digest(expected.encode(), given)):
            raise NotAuthentic("the signature is missing, wrong or too old")

    def read_settlements(self, body: bytes) -> list[Settled]:
        try:
            return [settled(row) for row in csv.DictReader(io.StringIO(body.decode()))]
        except (ValueError, KeyError, TypeError) as error:
            raise Malformed("the settlement report does not have the sandbox's format") from error

    def read_notification(self, body: bytes) -> list[Fact]:
        try:
            told = json.loads(body)
            return facts(told["payout"] if "payout" in told else told["payment"])
        except NONSENSE as error:
            raise Malformed("the notification does not have the sandbox's format") from error

    def route_notification(self, body: bytes) -> list[Fact] | None:
        """A bank's own reversal follows from no request of ours: its notification names only the payment."""
        try:
            event = json.loads(body)
            if event.get("type") != "payment.reversed":
                return None
            payment_id, reason = text(event["payment"]["reference"]), text(event["reason"])
        except NONSENSE as error:
            raise Malformed("the notification does not have the sandbox's format") from error
        reason_code, kind = REASONS.get(reason, "OTHER"), OperationType.AUTHORIZE
        return [Fact(payment_id, None, OperationStatus.REVERSED, reason_code=reason_code, kind=kind)]

    def _operate(self, payment: Payment, operation: Operation, path: str, body: dict[str, Any]) -> list[Fact]:
        return self._send(payment.payment_id, operation.operation_id, path, body)

    def _send(self, reference: str, key: str, path: str, body: dict[str, Any]) -> list[Fact]:
        answer = self._call(reference, "POST", path, body, key=key)
        if any(fact.operation_id == key for fact in answer.facts or ()):
            return answer.facts or []
        if answer.status in (400, 422):  # the PSP understood the request and will never accept it
            return [Fact(reference, key, OperationStatus.FAILED, reason_code="OTHER")]
        return [Fact(reference, key, OperationStatus.UNKNOWN)]

    def _call(
        self, reference: str, method: str, path: str, body: dict[str, Any] | None, key: str | None = None
    ) -> _Answer:
        status, shown = self._request(method, path, body, key)
        if status != 200:
            return _Answer(status)
        facts = self._read(reference, shown)
        return _Answer(0) if facts is None else _Answer(200, shown["status"], facts)

    def _read(self, reference: str, shown: Any) -> list[Fact] | None:
        """The facts in an answer; None for a malformed one, which counts as no answer."""
        try:
            text(shown["status"])
            return facts(shown) if text(shown["reference"]) == reference else None
        except NONSENSE:
            return None

    def _request(
        self, method: str, path: str, body: dict[str, Any] | None = None, key: str | None = None
    ) -> tuple[int, Any]:
        """HTTP status and, if successful, the body; 0 if there was no response or it is no JSON."""
        content = b"" if body is None else json.dumps(body).encode()
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "Sandbox-Key": self._key_id,
            "Sandbox-Timestamp": timestamp,
            "Sandbox-Signature": self._signature(timestamp, method, path, content),
        }
        if key:
            headers["Idempotency-Key"] = key
        try:
            response = self._http.request(method, self._base_url + path, body=content, headers=headers)
        except urllib3.exceptions.HTTPError:
            return 0, None
        if response.status != 200:
            return response.status, None
        try:
            return 200, json.loads(response.data)
        except NONSENSE:
            return 0, None

    def _signature(self, timestamp: str, method: str, path: str, body: bytes) -> str:
        signed = f"{timestamp}.{method}.{path}.".encode() + body
        return hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
