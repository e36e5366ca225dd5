"""A payment: one attempt to pay (part of) an order, with its sums and what can still be done with them (CM-2).

What is on its way to a PSP, and what is a vendor's, is never available twice. Amounts are minor units, gross.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tillgate.domain.payments.disputes import Dispute
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.methods import METHODS, Method
from tillgate.domain.payments.operations import Operation, OperationStatus, OperationType

SHOPPER_WINDOW = timedelta(minutes=30)  # for a payment that waits for the shopper (EV-6)
AUTHORIZATION_LIFE = timedelta(days=7)  # TH-9
HOLD_ENDS_SOON = timedelta(days=1)  # before a hold ends the merchant is told, as what is held can still be captured


class Recurring(StrEnum):
    """Where a payment stands among recurring ones (RG-4): the first, or one without the shopper."""

    INITIAL = "INITIAL"
    REPEATED = "REPEATED"


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where the shopper has to go (CM-5, RG-1)."""

    url: str
    http_method: str = "GET"
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the shopper has to do without us: a bank transfer, and by which reference it is known when it arrives."""

    iban: str
    holder: str
    reference: str  # a creditor reference (ISO 11649)


@dataclass(frozen=True, slots=True)
class VendorSums:
    """Sums over the vendor payments of one technical payment. `authorized` is all that they were ever given of it.

    `stuck`: what could not be given back of ended ones. `taken_back`: what a bank took of them. `disputed`: what of the
    captured money their disputes have taken.
    """

    authorized: int = 0
    captured: int = 0
    cancelled: int = 0
    refunded: int = 0
    stuck: int = 0
    taken_back: int = 0
    disputed: int = 0

    @property
    def standing(self) -> int:
        """What the vendors have, held or captured, that went back to nobody."""
        return self.authorized - self.cancelled - self.refunded - self.taken_back - self.disputed


@dataclass(frozen=True, slots=True)
class Payment:
    """One attempt to pay (part of) an order with one method through one connector (CM-2)."""

    payment_id: str
    method: str
    connector: str
    amount: int
    capture: Capture
    status: PaymentStatus
    created_at: datetime
    updated_at: datetime
    operations: tuple[Operation, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    kind: str = "single"  # or technical, or vendor
    authorized: int = 0
    captured: int = 0
    cancelled: int = 0
    refunded: int = 0
    reopened: int = 0  # of what was refunded: before the order was ever fully covered, so it is open again
    received: int = 0  # by bank transfer to our own account; what of it was approved is in the sums above
    surplus: bool = False  # money that came although nothing was open for it: it does not count and goes back
    towards_raise: datetime | None = None  # approved while a raise was open: when that raise was made
    raise_base: int | None = None  # the order's amount before that raise
    brand: str | None = None
    psp_reference: str | None = None
    redirect: Redirect | None = None
    return_url: str | None = None
    instrument: str | None = None  # our token of the saved instrument: paid with, or saved of this payment
    saves_as: str | None = None  # the token that it is saved as, once it is authorized
    recurring: Recurring | None = None
    reason_code: str | None = None
    waits_until: datetime | None = None
    instructions: Instructions | None = None
    authorization_expires_at: datetime | None = None
    hold_end_told: datetime | None = None  # the end of the hold that the merchant was told of
    settlement: PaymentStatus | None = None  # MARKED or SETTLED, as the PSP's settlement report has it (IS-10)
    difference: str | None = None  # what that report says otherwise
    vendors: VendorSums = field(default_factory=VendorSums)  # contained in captured, cancelled, refunded
    token: str | None = None  # of a named tender, until its authorization is decided
    refund_before_settled: bool = True  # its PSP refunds a bank payment that is confirmed and not booked yet
    allotted: int = 0  # to vendors; kept beside the order, as it changes with each of them

    @property
    def traits(self) -> Method:
        return METHODS[self.method]

    @property
    def held(self) -> int:
        """What the authorization still holds."""
        return self.authorized - self.captured - self.cancelled

    @property
    def covers(self) -> int:
        """What this payment covers of the order. What was refunded once the order was covered still covers it: that
        does not open again. What was refunded before does.

        Of an awaited transfer what has come: it is money already, and nobody has to pay it again.
        """
        if self.surplus:
            return 0
        return self.received if self.awaits_shopper else max(0, self.authorized - self.cancelled - self.reopened)

    @property
    def keeps(self) -> int:
        """What the merchant has of this payment, or can still take: what covers, less what was given back or disputes
        have taken."""
        return 0 if self.surplus else self.covers - (self.refunded - self.reopened) - self.lost_to_disputes

    @property
    def taken(self) -> int:
        """What was captured; of a bank payment that is confirmed and not booked yet, all of it."""
        return self.authorized if self.confirmed else self.captured

    @property
    def confirmed(self) -> bool:
        """Authorized by a method that has nothing to capture: a bank has confirmed it."""
        return self.status is PaymentStatus.AUTHORIZED and not self.traits.holds

    @property
    def disputed(self) -> int:
        """What disputes have taken from the merchant: each until it is won."""
        return sum(dispute.amount for dispute in self.disputes if dispute.status.takes_money)

    @property
    def lost_to_disputes(self) -> int:
        """What of the money that is still here disputes have taken: a bank may dispute what was refunded, too."""
        own = min(self.disputed, max(0, self.taken - self.refunded))
        return own + self.vendors.disputed

    @property
    def taken_back(self) -> int:
        """Captured money that is gone again: a capture failed later, or the bank took it. It may have been refunded.

        Of a technical payment also what the bank took of its vendors.
        """
        if self.is_gone:
            return self.amount
        gone = ((OperationType.CAPTURE, OperationStatus.REVERSED), (OperationType.REVERSAL, OperationStatus.SUCCEEDED))
        return self.vendors.taken_back + sum(op.amount for op in self.operations if (op.type, op.status) in gone)

    @property
    def awaits_booking(self) -> bool:
        """Confirmed by a bank, and its PSP refunds nothing before it is booked."""
        return self.confirmed and not self.refund_before_settled

    @property
    def authorization(self) -> Operation:
        return self.operations[0]

    @property
    def pending(self) -> bool:
        return any(operation.status.at_psp for operation in self.operations)

    @property
    def awaits_shopper(self) -> bool:
        return self.status in (PaymentStatus.CREATED, PaymentStatus.SEEN)

    def reserved(self, kind: OperationType) -> int:
        """The sum of the operations of that type whose outcome is open."""
        return sum(op.amount for op in self.operations if op.type is kind and op.status.at_psp)

    @property
    def available(self) -> int:
        """What can still be captured or cancelled: held, less what is on its way and what is the vendors'."""
        if self.final_underway:
            return 0
        left = max(0, self.held - self.reserved(OperationType.CAPTURE) - self.reserved(OperationType.CANCEL))
        if (
            self.kind == "technical"
        ):  # what vendors have done may be known before their sums are, and the other way round
            return 0 if self.taken_at_once else min(left, self.unallotted)
        return left

    @property
    def final_underway(self) -> bool:
        """A final capture is at the PSP: it takes or releases all that is held."""
        return any(op.final and op.status.at_psp for op in self.operations)

    @property
    def refundable(self) -> int:
        """What can still be refunded: taken, not refunded or disputed, less what is on its way or the vendors'.

        Of a confirmed bank payment nothing before it is booked, unless its PSP can (`refund_before_settled`).
        """
        if self.awaits_booking:
            return 0
        left = max(0, self.taken - self.refunded - self.disputed - self.reserved(OperationType.REFUND))
        if self.kind == "technical":
            return min(left, self.unallotted) if self.taken_at_once else 0
        return left

    @property
    def taken_at_once(self) -> bool:
        """The authorization took the money (capture auto, a bank); where vendors capture, that comes later."""
        return 0 < self.authorized == self.taken - self.vendors.captured

    @property
    def unallotted(self) -> int:
        """What of a technical payment no vendor has been given and nothing has been done with.

        Nothing where the bank took back more than that: then vendors have been given what is gone.
        """
        return max(0, self._left) if self.authorized else 0

    @property
    def given_beyond(self) -> int:
        """What vendors have been given of a technical payment and the bank took back a part of: nobody's money."""
        return max(0, -self._left) if self.kind == "technical" and self.authorized else 0

    @property
    def disputed_of_vendors(self) -> int:
        """What disputes of a technical payment take of money that vendors have been given."""
        if self.kind != "technical":
            return 0
        return min(self.disputed, self.given_beyond) if self.taken_at_once else self.disputed

    @property
    def _left(self) -> int:
        gone = self.cancelled - self.vendors.cancelled + self.refunded - self.vendors.refunded
        reserved = self.reserved(OperationType.CANCEL) + self.reserved(OperationType.REFUND)
        disputed = self.disputed if self.taken_at_once else 0
        return self.authorized + self.vendors.taken_back - gone - reserved - self.allotted - disputed

    @property
    def is_gone(self) -> bool:
        """The bank took all of it back: its authorization failed after it had succeeded."""
        return self.authorization.status is OperationStatus.REVERSED

    @property
    def vendors_stand(self) -> bool:
        """Something of the vendors' is not given back yet, or not yet known; what is stuck is not waited for.

        Where the bank took the payment back nothing is stuck: it is taken back of its vendors as well.
        """
        return self.allotted != self.vendors.authorized or self.vendors.standing != (
            0 if self.is_gone else self.vendors.stuck
        )

    @property
    def vendors_hold_what_is_gone(self) -> bool:
        """The bank took a technical payment back, and its vendors' payments do not know it yet."""
        return self.kind == "technical" and self.is_gone and self.vendors_stand

    @property
    def has_open_dispute(self) -> bool:
        return any(dispute.status.is_open for dispute in self.disputes)

    def dispute(self, dispute_id: str) -> Dispute | None:
        return next((dispute for dispute in self.disputes if dispute.dispute_id == dispute_id), None)

    def operation(self, operation_id: str) -> Operation | None:
        return next((op for op in self.operations if op.operation_id == operation_id), None)
