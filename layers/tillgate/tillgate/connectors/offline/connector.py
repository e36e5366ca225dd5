"""Methods without a PSP (IS-18): bank transfer, invoice after delivery, cash on delivery. Makes no calls.

    bank transfer            waits for the shopper, with an account and a reference; receipts are reported later
    invoice, cash            authorized at once; the merchant's capture says that the money was received

Every outcome follows from the payment, so a repeated query has the same result. A transfer is refunded from our own
account, whoever requests it: the refund is PENDING until an operator confirms the transfer. Money from an invoice or
cash is with the merchant: a refund by the merchant states that it was given back, and the system itself cannot refund
it.
"""

from collections.abc import Mapping
from datetime import timedelta

from tillgate.connectors.api import Authorization, Capabilities, Malformed, NotAuthentic
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Instructions, Payment
from tillgate.domain.psp.creditor_reference import reference_of
from tillgate.domain.psp.facts import Fact
from tillgate.domain.psp.settlement import Settled

TRANSFER = "bank_transfer"
LATER = frozenset(name for name, traits in METHODS.items() if traits.pays_later)


class OfflineConnector:
    """Without an `iban`, no transfers are offered. `term` is how long a transfer is awaited."""

    name = "offline"

    def __init__(self, iban: str | None, holder: str, term: timedelta) -> None:
        self._iban = iban
        self._holder = holder
        self._term = term
        methods = LATER | ({TRANSFER} if iban else set())
        self.capabilities = Capabilities(methods=methods, offline=True, refund_before_settled=True)

    def authorize(self, request: Authorization) -> list[Fact]:
        return self.perform(request.payment, request.operation)

    def perform(self, payment: Payment, operation: Operation) -> list[Fact]:
        return [self._outcome(payment, operation)]

    def close(self, payment: Payment, operation: Operation) -> list[Fact]:
        return self.perform(payment, operation)

    def ask(self, payment: Payment) -> list[Fact] | None:
        return [self._outcome(payment, operation) for operation in payment.operations if operation.status.at_psp]

    def _outcome(self, payment: Payment, operation: Operation) -> Fact:
        named = (payment.payment_id, operation.operation_id)
        if operation.type is OperationType.AUTHORIZE and payment.method == TRANSFER:
            instructions = Instructions(self._iban or "", self._holder, reference_of(payment.payment_id))
            until = payment.created_at + self._term
            return Fact(*named, OperationStatus.AWAITING_SHOPPER, instructions=instructions, waits_until=until)
        if operation.type is OperationType.REFUND and payment.method == TRANSFER:
            return Fact(*named, OperationStatus.PENDING, by_hand=True)
        if operation.type is OperationType.REFUND and operation.requested_by is not Actor.MERCHANT:
            return Fact(*named, OperationStatus.FAILED, reason_code="OTHER")
        return Fact(*named, OperationStatus.SUCCEEDED)

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        raise NotAuthentic("offline methods have no notifications")

    def read_settlements(self, body: bytes) -> list[Settled]:
        raise Malformed("offline methods have no settlement report")

    def read_notification(self, body: bytes) -> list[Fact]:
        raise Malformed("offline methods have no notifications")
