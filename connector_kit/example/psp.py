"""Acme Pay itself, in-process: what a PSP does, in its own words. Amounts are decimal texts in major units."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

REFUSED = {"src_declined": "declined", "src_poor": "funds", "src_gone": "declined", "src_absent": "absent"}
PAGES = {"src_3ds": 1, "src_3ds_twice": 2}


@dataclass
class Operation:
    id: str
    key: str | None
    kind: str
    amount: str
    state: str
    reason: str = ""
    final: bool = False


@dataclass
class Payment:
    id: str
    reference: str
    amount: str
    currency: str
    capture: bool = False
    pages: int = 0
    source: str = ""
    customer: str | None = None
    status: str = "open"
    operations: list[Operation] = field(default_factory=list)

    @property
    def first(self) -> Operation:
        return self.operations[0]

    def total(self, kind: str) -> Decimal:
        return sum(
            (Decimal(each.amount) for each in self.operations if (each.kind, each.state) == (kind, "done")), Decimal()
        )

    @property
    def captured(self) -> Decimal:
        at_once = Decimal(self.amount) if self.capture and self.first.state == "done" else Decimal()
        return at_once + self.total("CAPTURE")

    @property
    def held(self) -> Decimal:
        released = any(each.final and each.state == "done" for each in self.operations)
        return Decimal() if released else self.total("AUTHORIZE") - self.captured - self.total("CANCEL")

    @property
    def refundable(self) -> Decimal:
        return self.captured - self.total("REFUND") - self.total("REVERSAL")


class AcmePay:
    """One account. `sent` are its notifications, as (reference, content)."""

    def __init__(self, api_key: str) -> None:
        self.payments: list[Payment] = []
        self.keys: dict[str, Payment] = {}
        self.voids: set[str] = set()
        self.sent: list[tuple[str, bytes]] = []
        self.hidden: set[str] | None = None
        self._api_key = api_key
        self._numbers = itertools.count(1)

    def http(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        if headers.get("Authorization") != f"Bearer {self._api_key}":
            return 401, b"{}"
        parts = urlsplit(url)
        said, key = json.loads(body) or {}, headers["Idempotency-Key"] or f"none_{next(self._numbers)}"
        status, shown = self._route(method, parts.path.split("/")[2:], parse_qs(parts.query), said, key)
        return status, json.dumps(shown).encode()

    def _route(
        self, method: str, path: list[str], query: dict[str, list[str]], said: dict[str, Any], key: str
    ) -> tuple[int, dict[str, Any]]:
        match (method, *path):
            case "GET", "me":
                return 200, {}
            case "GET", "payments":
                return 200, {"data": [self.view(each) for each in self.found(query["reference"][0])]}
            case "POST", "voids":
                return 200, self._void(said["reference"])
            case "POST", "payments":
                return self._pay(said, key)
            case "POST", "payments", payment_id, deed:
                payment = next(each for each in self.payments if each.id == payment_id)
                return self._operate(payment, deed.removesuffix("s").upper(), said, key)
        return 404, {}

    def view(self, payment: Payment) -> dict[str, Any]:
        """What callers and notifications show of it."""
        at_once = payment.amount if payment.capture and payment.first.state == "done" else "0"
        return {
            "id": payment.id,
            "reference": payment.reference,
            "status": payment.status,
            "currency": payment.currency,
            "page": f"https://pages.acme.example/{payment.id}/{payment.pages}" if payment.pages else None,
            "captured_at_once": at_once,
            "operations": [asdict(each) for each in payment.operations],
        }

    def found(self, reference: str) -> list[Payment]:
        hidden = self.hidden or ()
        return [each for each in self.payments if each.reference == reference and reference not in hidden]

    def _void(self, reference: str) -> dict[str, Any]:
        for payment in self.payments:
            if payment.reference == reference:
                if payment.first.state == "action":
                    payment.status, payment.first.state, payment.first.reason = "void", "failed", "left"
                return self.view(payment)
        self.voids.add(reference)
        return {"status": "void", "reference": reference}

    def _pay(self, said: Mapping[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        if key in self.keys:
            return 200, self.view(self.keys[key])
        if said["reference"] in self.voids:
            return 422, {"code": "void"}
        source = said["source"]
        pages = PAGES.get(source, 0) if source else 1  # its own page asks what is paid with
        state = "failed" if source in REFUSED else "action" if pages else "pending" if source == "src_slow" else "done"
        first = self._operation(key, said.get("kind", "AUTHORIZE"), said["amount"], state, REFUSED.get(source, ""))
        own_id = f"acme_{next(self._numbers)}"
        payment = Payment(own_id, said["reference"], said["amount"], said["currency"], said["capture"], pages, source)
        payment.customer = said.get("customer")
        payment.operations.append(first)
        self.payments.append(payment)
        if self.hidden is not None:
            self.hidden.add(payment.reference)
        self.keys[key] = payment
        self.notify(payment)
        return 200, self.view(payment)

    def _operate(self, payment: Payment, kind: str, said: Mapping[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        if key not in self.keys:
            room = payment.refundable if kind == "REFUND" else payment.held
            if Decimal(said["amount"]) > room:
                return 422, {"code": "too_much"}
            operation = self._operation(key, kind, said["amount"], "done")
            operation.final = bool(said["final"])
            payment.operations.append(operation)
            self.keys[key] = payment
            self.notify(payment)
        return 200, self.view(payment)

    def choose(self, payment: Payment, choice: str) -> None:
        if payment.first.state != "action":
            return
        payment.pages -= 1
        if choice != "approve":
            payment.first.state, payment.first.reason = "failed", "declined" if choice == "decline" else "left"
        elif not payment.pages:
            payment.first.state = "done"
        self.notify(payment)

    def unasked(self, payment: Payment, kind: str, amount: Decimal, reason: str = "") -> None:
        payment.operations.append(self._operation(None, kind, str(amount), "done", reason))
        self.notify(payment)

    def undo(self, payment: Payment, kind: str) -> None:
        for each in payment.operations:
            if each.kind == kind and each.state == "done":
                each.state, each.reason = "undone", "declined"
        self.notify(payment)

    def notify(self, payment: Payment) -> None:
        self.sent.append((payment.reference, json.dumps({"payment": self.view(payment)}).encode()))

    def _operation(self, key: str | None, kind: str, amount: str, state: str, reason: str = "") -> Operation:
        return Operation(f"acme_op_{next(self._numbers)}", key, kind, amount, state, reason)
