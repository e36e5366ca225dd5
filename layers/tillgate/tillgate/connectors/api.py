"""What a connector is: how the core speaks to a PSP (IS-1, IS-2).

A connector declares its capabilities as data; the core checks them. Each call answers facts about operations. Whatever
leaves the outcome open, a time-out, a 5xx, an answer that makes no sense, is told as UNKNOWN and never as a failure.
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
    split: bool = False  # an authorization can be divided over several accounts (TH-4)
    store_instruments: frozenset[str] = frozenset()  # methods whose instruments can be kept to pay again (RG-5)
    recurring: frozenset[str] = frozenset()  # of these, the ones that pay without the shopper being there (RG-4)
    routes_notifications: bool = False  # it names the capability that a notification is about: `Routing` (IS-12)
    offline: bool = False  # no PSP stands behind it: what was received is reported later (IS-18)
    payouts: frozenset[str] = frozenset()  # whom it pays out to: "vendor", "person" (see `PaysOut`)
    refund_before_settled: bool = False  # what a bank has confirmed, before it is booked; else a refund waits for that
    disputes: bool = False  # disputes can be answered through it (see `AnswersDisputes`)
    balance: bool = False  # it tells what a limited tender holds, before that is authorized (IS-7)
    banks: Mapping[str, str] = field(default_factory=dict)  # of a bank redirect: token and name, to choose from


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a PSP needs to authorize a payment. `amount` in minor units; `token` is the PSP's own.

    `payment.saves_as` asks for the instrument to be stored for `shopper` once it is authorized, `payment.recurring`
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
    """An instrument to be stored for a shopper without a payment. `reference` is the key that it is sent with."""

    reference: str
    shopper: str
    method: str
    token: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What came of it: SUCCEEDED with the instrument, FAILED (the PSP does not have it and says so), or UNKNOWN."""

    status: OperationStatus
    instrument: StoredInstrument | None = None


class NotAuthentic(Exception):
    """A notification that the PSP did not sign, or not for us."""


class Malformed(Exception):
    """A notification that makes no sense."""


class Connector(Protocol):
    """One PSP. Amounts are minor units; every call is safe to repeat, as the operation's id is sent as its key."""

    name: str
    capabilities: Capabilities

    def authorize(self, request: Authorization) -> list[Fact]:
        """Asks for money to be held, or taken at once where the payment's capture is auto."""
        ...

    def perform(self, payment: Payment, operation: Operation) -> list[Fact]:
        """Captures, cancels or refunds."""
        ...

    def close(self, payment: Payment, operation: Operation) -> list[Fact]:
        """Sees to it that the payment's authorization can no longer succeed, even if its request is still under way.

        The close SUCCEEDED if nothing was or will be authorized; it FAILED, with facts about the authorization, if the
        PSP has decided or is deciding already.
        """
        ...

    def ask(self, payment: Payment) -> list[Fact] | None:
        """All that the PSP knows of the payment; None if it could not be reached. An operation it does not speak of
        has not reached it."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises `NotAuthentic` unless the PSP itself sent this just now. Header names are lower case."""
        ...

    def read_settlements(self, body: bytes) -> list[Settled]:
        """The lines of a settlement report. Raises `Malformed`."""
        ...

    def read_notification(self, body: bytes) -> list[Fact]:
        """The facts in a notification. Raises `Malformed`."""
        ...


@runtime_checkable
class InstrumentKeeper(Protocol):
    """What a connector that declares `store_instruments` does besides. Every call is safe to repeat."""

    def store_instrument(self, registration: Registration) -> Stored:
        """Stores it for the shopper, no money moves."""
        ...

    def find_instrument(self, reference: str, shopper: str) -> Stored:
        """What became of a registration. FAILED: the PSP has nothing under this reference."""
        ...

    def delete_instrument(self, reference: str, shopper: str, token: str | None) -> bool:
        """Deletes what is stored under the reference, or by the PSP's own token; also where there is nothing, so that
        a request that is still under way stores nothing. Whether the PSP said so."""
        ...


class Routing(Protocol):
    """What a connector has besides that `routes_notifications` (IS-12)."""

    def route_notification(self, body: bytes) -> list[Fact] | None:
        """The facts of a notification that names no request of ours, each with its `kind`, the capability that it is
        about, and the PSP's reference as far as it tells one; None if it is to be read as any. Raises `Malformed`."""
        ...


def news(connector: Connector, body: bytes) -> list[Fact]:
    """What a notification says. The connector decides what it is about, where it declares that it does."""
    if connector.capabilities.routes_notifications:
        routed = cast(Routing, connector).route_notification(body)
        if routed is not None:
            return [bounded(fact) for fact in routed]
    return [bounded(fact) for fact in connector.read_notification(body)]


class PaysOut(Connector, Protocol):
    """A connector that names someone in `Capabilities.payouts`. The facts carry the payout's id as their payment's and
    the attempt's key as their operation's."""

    def pay_out(self, payout: Payout, notification_url: str) -> list[Fact]:
        """Pays `payout.amount` to its account or token. Under the key of an attempt that was asked for: the same."""
        ...

    def ask_payout(self, payout: Payout) -> list[Fact] | None:
        """All that the PSP knows of the payout's attempts; None if it could not be reached."""
        ...


@runtime_checkable
class TellsBalances(Protocol):
    """What a connector that declares `balance` does besides."""

    def balance(self, method: str, token: str, currency: str) -> int | None:
        """What a limited tender holds, in minor units: 0 for one that the PSP does not know; None if it could not be
        reached."""
        ...


class DisputeClosed(Exception):
    """The PSP takes no answer to this dispute any more."""


@runtime_checkable
class AnswersDisputes(Protocol):
    """What a connector that declares `disputes` does besides. Under the same key an answer is given once. None: the
    PSP could not be reached, or did not say. Raises `DisputeClosed`.
    """

    def send_evidence(self, payment: Payment, dispute: Dispute, key: str, evidence: Evidence) -> list[Fact] | None:
        """Sends evidence; the facts tell of the dispute as it is then."""
        ...

    def accept_dispute(self, payment: Payment, dispute: Dispute, key: str) -> list[Fact] | None:
        """Gives the money up."""
        ...


def unknown(payment: Payment, operation: Operation) -> list[Fact]:
    """The answer was lost: the PSP may have done it or not."""
    return [Fact(payment.payment_id, operation.operation_id, OperationStatus.UNKNOWN)]
