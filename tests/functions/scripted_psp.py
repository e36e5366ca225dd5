"""A PSP that says what it was told to say, and remembers what it was asked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tillgate.connectors.api import Authorization, Capabilities, Malformed, NotAuthentic, Registration, Stored
from tillgate.domain.payments.operations import Operation, OperationStatus
from tillgate.domain.payments.payment import Payment, Redirect
from tillgate.domain.psp.facts import Fact
from tillgate.domain.psp.settlement import Settled
from tillgate.domain.shoppers.saved_instruments import StoredInstrument

SUCCEEDED = OperationStatus.SUCCEEDED
PAGE = "https://psp.example.com/psp/pay/1"


@dataclass
class ScriptedPsp:
    """Every call succeeds, unless `says` has told it what to answer next."""

    name: str = "sandbox"
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(
            methods=frozenset({"card", "gift_card", "bank_redirect"}), refund_before_settled=True
        )
    )
    calls: list[tuple[str, str, int]] = field(default_factory=list)  # what, operation, amount
    requests: list[Authorization] = field(default_factory=list)
    known: list[Fact] | None = field(default_factory=list)  # what `ask` answers
    _next: list[OperationStatus] = field(default_factory=list)
    _reason: str | None = None

    def says(self, *statuses: OperationStatus, reason: str | None = None) -> None:
        self._next += statuses
        self._reason = reason

    def authorize(self, request: Authorization) -> list[Fact]:
        self.requests.append(request)
        return self._answer("authorize", request.payment, request.operation)

    def perform(self, payment: Payment, operation: Operation) -> list[Fact]:
        return self._answer(str(operation.type), payment, operation)

    def close(self, payment: Payment, operation: Operation) -> list[Fact]:
        return self._answer("close", payment, operation)

    def ask(self, payment: Payment) -> list[Fact] | None:
        self.calls.append(("ask", payment.payment_id, 0))
        return self.known

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        if "sandbox-signature" not in headers:
            raise NotAuthentic("not signed")

    def read_notification(self, body: bytes) -> list[Fact]:
        try:
            payment = json.loads(body)["payment"]
            return [
                Fact(payment["reference"], operation["key"], OperationStatus[operation["status"].upper()])
                for operation in payment["operations"]
            ]
        except (ValueError, KeyError) as error:
            raise Malformed("no notification") from error

    def read_settlements(self, body: bytes) -> list[Settled]:
        return []

    def _answer(self, what: str, payment: Payment, operation: Operation) -> list[Fact]:
        self.calls.append((what, operation.operation_id, operation.amount))
        status = self._next.pop(0) if self._next else SUCCEEDED
        return [fact(payment.payment_id, operation.operation_id, status, reason=self._reason)]


@dataclass
class KeepingPsp(ScriptedPsp):
    """Keeps cards too: alone, and with each payment that is authorized."""

    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(
            methods=frozenset({"card", "gift_card", "bank_redirect"}),
            store_instruments=frozenset({"card"}),
            recurring=frozenset({"card"}),
        )
    )
    kept: dict[str, StoredInstrument] = field(default_factory=dict)  # by our token
    is_silent: bool = False  # does what it is asked for, and no answer comes
    is_deaf: bool = False  # does nothing of what it is asked for about instruments
    refuses: bool = False
    says_in_notifications: list[Fact] = field(default_factory=list)
    calls_about: list[tuple[str, str]] = field(default_factory=list)  # what, token

    def authorize(self, request: Authorization) -> list[Fact]:
        saves_as = request.payment.saves_as
        return [replace(each, instrument=self.stores(saves_as, each)) for each in super().authorize(request)]

    def read_notification(self, body: bytes) -> list[Fact]:
        return self.says_in_notifications

    def stores(self, saves_as: str | None, fact: Fact) -> StoredInstrument | None:
        if saves_as is None or fact.status is not SUCCEEDED:
            return None
        return self.kept.setdefault(saves_as, card(len(self.kept) + 1))

    def store_instrument(self, registration: Registration) -> Stored:
        self.calls_about.append(("store", registration.reference))
        if self.refuses:
            return Stored(OperationStatus.FAILED)
        if not self.is_deaf:
            self.kept.setdefault(registration.reference, card(len(self.kept) + 1))
        return self._told(registration.reference)

    def find_instrument(self, reference: str, shopper: str) -> Stored:
        self.calls_about.append(("find", reference))
        return self._told(reference)

    def delete_instrument(self, reference: str, shopper: str, token: str | None) -> bool:
        self.calls_about.append(("delete", reference))
        if not self.is_deaf:
            self.kept.pop(reference, None)
        return not (self.is_silent or self.is_deaf)

    def _told(self, reference: str) -> Stored:
        if self.is_silent:
            return Stored(OperationStatus.UNKNOWN)
        found = self.kept.get(reference)
        return Stored(SUCCEEDED, found) if found else Stored(OperationStatus.FAILED)


def card(number: int) -> StoredInstrument:
    return StoredInstrument(f"card_{number}", "visa", "4242", "2039-12")


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
        payment_id,
        operation_id,
        status,
        amount,
        reason_code=reason,
        psp_reference="psp_1",
        brand="visa",
        redirect=Redirect(PAGE) if waits else None,
    )
