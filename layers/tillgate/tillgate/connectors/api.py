"""The connector interface: how the core talks to a PSP (IS-1, IS-2).

A connector declares its capabilities as data; the core checks them. Each call returns facts about operations. If the
outcome is open (a time-out, a 5xx, a malformed answer), the fact is UNKNOWN and never a failure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast, runtime_checkable

from tillgate.domain.payments.disputes import Dispute, Evidence
from tillgate.domain.payments.operations import Operation, OperationStatus
from tillgate.domain.payments.payment import Payment
from tillgate.domain.payouts.payout import Payout
from tillgate.domain.psp.bounded_texts import bounded
from tillgate.domain.psp.facts import Fact
from tillgate.domain.psp.settlement import Settled
from tillgate.domain.shoppers.saved_instruments import StoredInstrument


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a PSP can do. Amounts are checked by the core, with the domain's rules."""

    methods: frozenset[str]
    auto_capture: bool = True
    split: bool = False  # an authorization can be divided among several accounts (TH-4)
    store_instruments: frozenset[str] = frozenset()  # methods whose instruments can be saved (RG-5)
    recurring: frozenset[str] = frozenset()  # those of them that pay without the shopper being present (RG-4)
    routes_notifications: bool = False  # it names a notification's capability: `Routing` (IS-12)
    offline: bool = False  # there is no PSP: received money is reported later (IS-18)
    payouts: frozenset[str] = frozenset()  # whom it pays out to: "vendor", "person" (see `PaysOut`)
    refund_before_settled: bool = False  # what a bank has confirmed, before it is booked; else a refund waits for that
    disputes: bool = False  # disputes can be answered through it (see `AnswersDisputes`)
    balance: bool = False  # it knows a limited tender's balance before authorization (IS-7)
    banks: Mapping[str, str] = field(default_factory=dict)  # for a bank redirect: token and name, to choose from


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a PSP needs to authorize a payment. `amount` in minor units; `token` is the PSP's own.

    `payment.saves_as` requests that the instrument be stored for `shopper` once it is authorized, `payment.recurring`
    says that it begins or repeats recurring payments. `parent` is the technical payment that a vendor payment is carved
    out of, for the vendor's `account`.
    """

    payment: Payment
    operation: Operation
    currency: str
    token: str | None
    account: str | None
    return_url: str
    notification_url: str
    parent: str | None = None
    shopper: str | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """A request to store an instrument for a shopper without a payment. `reference` is its idempotency key."""

    reference: str
    shopper: str
    method: str
    token: str


@dataclass(frozen=True, slots=True)
class Stored:
    """The outcome: SUCCEEDED with the instrument, FAILED (the PSP says that it does not have it), or UNKNOWN."""

    status: OperationStatus
    instrument: StoredInstrument | None = None


class NotAuthentic(Exception):
    """A notification that was not signed by the PSP, or not for us."""


class Malformed(Exception):
    """A malformed notification."""


class Connector(Protocol):
    """One PSP. Amounts are minor units; every call is safe to repeat, as the operation's id is its idempotency key."""

    name: str
    capabilities: Capabilities

    def authorize(self, request: Authorization) -> list[Fact]:
        """Requests a hold, or an immediate capture if the payment's capture is auto."""
        ...

    def perform(self, payment: Payment, operation: Operation) -> list[Fact]:
        """Captures, cancels or refunds."""
        ...

    def close(self, payment: Payment, operation: Operation) -> list[Fact]:
        """Makes sure that the payment's authorization can no longer succeed, even if its request is still in flight.

        The close SUCCEEDED if nothing was or will be authorized; it FAILED, with facts about the authorization, if the
        PSP has already decided or is deciding.
        """
        ...

    def ask(self, payment: Payment) -> list[Fact] | None:
        """All that the PSP knows of the payment; None if it could not be reached. An operation that is missing in the
        answer has not reached it."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises `NotAuthentic` unless the PSP itself sent this recently. Header names are lower case."""
        ...

    def read_settlements(self, body: bytes) -> list[Settled]:
        """The lines of a settlement report. Raises `Malformed`."""
        ...

    def read_notification(self, body: bytes) -> list[Fact]:
        """The facts in a notification. Raises `Malformed`."""
        ...


@runtime_checkable
class InstrumentKeeper(Protocol):
    """Additional interface of a connector that declares `store_instruments`. Every call is safe to repeat."""

    def store_instrument(self, registration: Registration) -> Stored:
        """Stores it for the shopper; no money moves."""
        ...

    def find_instrument(self, reference: str, shopper: str) -> Stored:
        """The outcome of a registration. FAILED: the PSP has nothing under this reference."""
        ...

    def delete_instrument(self, reference: str, shopper: str, token: str | None) -> bool:
        """Deletes what is stored under the reference, or under the PSP's own token. Even if there is nothing, a request
        that is still in flight then stores nothing. Whether the PSP confirmed it."""
        ...


class Routing(Protocol):
    """Additional interface of a connector that declares `routes_notifications` (IS-12)."""

    def route_notification(self, body: bytes) -> list[Fact] | None:
        """The facts of a notification that names no request of ours, each with its `kind` (the capability that it is
        about) and the PSP's reference if it has one; None for an ordinary notification. Raises `Malformed`."""
        ...


def news(connector: Connector, body: bytes) -> list[Fact]:
    """The facts in a notification. A connector that declares `routes_notifications` decides what they are about."""
    if connector.capabilities.routes_notifications:
        routed = cast(Routing, connector).route_notification(body)
        if routed is not None:
            return [bounded(fact) for fact in routed]
    return [bounded(fact) for fact in connector.read_notification(body)]


class PaysOut(Connector, Protocol):
    """Additional interface of a connector with `Capabilities.payouts`. The facts have the payout's id as their
    payment's and the attempt's key as their operation's."""

    def pay_out(self, payout: Payout, notification_url: str) -> list[Fact]:
        """Pays `payout.amount` to its account or token. Repeated with the same key, it is the same attempt."""
        ...

    def ask_payout(self, payout: Payout) -> list[Fact] | None:
        """All that the PSP knows of the payout's attempts; None if it could not be reached."""
        ...


@runtime_checkable
class TellsBalances(Protocol):
    """Additional interface of a connector that declares `balance`."""

    def balance(self, method: str, token: str, currency: str) -> int | None:
        """A limited tender's balance, in minor units: 0 if the PSP does not know it; None if the PSP could not be
        reached."""
        ...


class DisputeClosed(Exception):
    """The PSP accepts no more answers to this dispute."""


@runtime_checkable
class AnswersDisputes(Protocol):
    """Additional interface of a connector that declares `disputes`. Under the same key an answer is given once. None:
    the PSP could not be reached, or its answer is unknown. Raises `DisputeClosed`.
    """

    def send_evidence(self, payment: Payment, dispute: Dispute, key: str, evidence: Evidence) -> list[Fact] | None:
        """Sends evidence; the facts show the dispute as it is then."""
        ...

    def accept_dispute(self, payment: Payment, dispute: Dispute, key: str) -> list[Fact] | None:
        """Concedes the dispute."""
        ...


def unknown(payment: Payment, operation: Operation) -> list[Fact]:
    """The answer was lost: the PSP may or may not have executed the operation."""
    return [Fact(payment.payment_id, operation.operation_id, OperationStatus.UNKNOWN)]
