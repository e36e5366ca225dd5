"""A payment: one attempt to pay (part of) an order, with its sums and what can still be done with them (CM-2).

Money that is on its way to a PSP or allotted to a vendor is never available twice. Amounts are minor units, gross.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tillgate.domain.payments.disputes import Dispute
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.limits import Limits
from tillgate.domain.payments.methods import METHODS, Method
from tillgate.domain.payments.operations import Operation, OperationStatus, OperationType
from tillgate.domain.shared.modes import Mode

SHOPPER_WINDOW = timedelta(minutes=30)  # for a payment that waits for the shopper (EV-6)
AUTHORIZATION_LIFE = timedelta(days=7)  # TH-9
HOLD_ENDS_SOON = timedelta(days=1)  # how long before a hold ends the merchant is told and can still capture


class Recurring(StrEnum):
    """The payment's role in a recurring series (RG-4): the first, or a later one without the shopper."""

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
    """What the shopper does without us: a bank transfer, with the reference that identifies it on arrival."""

    iban: str
    holder: str
    reference: str  # a creditor reference (ISO 11649)
    grace_days: int = 0  # after `waits_until`: a transfer that was made in time is told to us later


@dataclass(frozen=True, slots=True)
class VendorSums:
    """Sums over the vendor payments of one technical payment. `authorized`: all that was ever allotted to them.

    `stuck`: money of ended vendor payments that could not be given back. `taken_back`: money that a bank took from
    them. `disputed`: captured money that their disputes have taken.
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
        """Money that the vendors still have, held or captured."""
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
    reopened: int = 0  # the part that covers nothing: refunded before the order was ever fully covered
    received: int = 0  # by bank transfer to our own account; the approved part is in the sums above
    surplus: bool = False  # came when nothing was open, or with a blocked instrument: it does not count and goes back
    towards_raise: datetime | None = None  # the time of the raise that was open when this was approved
    raise_base: int | None = None  # the order's amount before that raise
    brand: str | None = None
    psp_reference: str | None = None
    redirect: Redirect | None = None
    return_url: str | None = None
    instrument: str | None = None  # our token of the saved instrument: used for this payment, or saved from it
    saves_as: str | None = None  # the token under which the instrument is saved once the payment is authorized
    recurring: Recurring | None = None
    fingerprint: str | None = None  # of what it is paid with; not of limited tenders, whose numbers can be guessed
    reason_code: str | None = None
    waits_until: datetime | None = None
    instructions: Instructions | None = None
    authorization_expires_at: datetime | None = None
    hold_end_told: datetime | None = None  # the hold's end, as last announced to the merchant
    settlement: PaymentStatus | None = None  # MARKED or SETTLED, according to the PSP's settlement report (IS-10)
    difference: str | None = None  # where that report disagrees with us
    vendors: VendorSums = field(default_factory=VendorSums)  # included in captured, cancelled, refunded
    token: str | None = None  # of a named tender, until its authorization is decided
    refund_before_settled: bool = True  # the PSP can refund a confirmed bank payment before it is booked
    limits: Limits = field(default_factory=Limits)
    details: Mapping[str, str] = field(default_factory=dict)  # what the PSP tells the merchant, by name
    memory: Mapping[str, str] = field(default_factory=dict)  # the connector's notes
    mode: Mode | None = None  # of the merchant's own account with the PSP; None: the deployment's account
    menu_key: str | None = None  # of the menu that it was started on
    allotted: int = 0  # to vendors; stored beside the order because it changes with each vendor payment

    @property
    def traits(self) -> Method:
        return METHODS[self.method]

    @property
    def held(self) -> int:
        """What the authorization still holds."""
        return self.authorized - self.captured - self.cancelled

    @property
    def covers(self) -> int:
        """The part of the order that this payment covers.

        A refund after full coverage does not reopen the order; a refund before it does. For an awaited transfer, this
        is the money received so far: nobody has to pay it again.
        """
        if self.surplus:
            return 0
        return self.received if self.awaits_shopper else max(0, self.authorized - self.cancelled - self.reopened)

    @property
    def keeps(self) -> int:
        """The money that the merchant has or can still capture: coverage less refunds and disputes."""
        return 0 if self.surplus else self.covers - (self.refunded - self.reopened) - self.lost_to_disputes

    @property
    def taken(self) -> int:
        """The captured amount, or the whole amount of a bank payment that is confirmed and not booked yet."""
        return self.authorized if self.confirmed else self.captured

    @property
    def confirmed(self) -> bool:
        """Authorized by a method that has nothing to capture: a bank has confirmed it."""
        return self.status is PaymentStatus.AUTHORIZED and not self.traits.holds

    @property
    def disputed(self) -> int:
        """The sum of the disputes that the merchant has not won."""
        return sum(dispute.amount for dispute in self.disputes if dispute.status.takes_money)

    @property
    def lost_to_disputes(self) -> int:
        """The disputed amount, as far as it was not refunded: a bank may dispute a refunded amount too."""
        own = min(self.disputed, max(0, self.taken - self.refunded))
        return own + self.vendors.disputed

    @property
    def taken_back(self) -> int:
        """Captured money that is gone again: a capture failed later, or the bank took it. It may have been refunded.

        For a technical payment, this includes what the bank took from its vendors.
        """
        if self.is_gone:
            return self.amount
        gone = ((OperationType.CAPTURE, OperationStatus.REVERSED), (OperationType.REVERSAL, OperationStatus.SUCCEEDED))
        return self.vendors.taken_back + sum(op.amount for op in self.operations if (op.type, op.status) in gone)

    @property
    def awaits_booking(self) -> bool:
        """Confirmed by a bank but not booked, and the PSP cannot refund it before booking."""
        return self.confirmed and not self.refund_before_settled

    @property
    def authorization(self) -> Operation:
        return self.operations[0]

    @property
    def pending(self) -> bool:
        return any(operation.status.at_psp for operation in self.operations)

    @property
    def awaited_until(self) -> datetime | None:
        """When it ends because nobody paid it. `waits_until` is what the shopper is told."""
        grace = timedelta(days=self.instructions.grace_days if self.instructions else 0)
        return self.waits_until + grace if self.waits_until else None

    @property
    def awaits_shopper(self) -> bool:
        return self.status in (PaymentStatus.CREATED, PaymentStatus.SEEN)

    def reserved(self, kind: OperationType) -> int:
        """The sum of the operations of that type whose outcome is open."""
        return sum(op.amount for op in self.operations if op.type is kind and op.status.at_psp)

    def succeeded(self, kind: OperationType) -> int:
        """The sum of the operations of that type that succeeded; for a technical payment, without its vendors'."""
        done = OperationStatus.SUCCEEDED
        return sum(op.amount for op in self.operations if op.type is kind and op.status is done)

    @property
    def available(self) -> int:
        """What can still be captured or cancelled: the hold less pending operations and the vendors' share."""
        if self.final_underway:
            return 0
        left = max(0, self.held - self.reserved(OperationType.CAPTURE) - self.reserved(OperationType.CANCEL))
        if self.kind == "technical":  # vendor operations and vendor sums may arrive in either order
            return 0 if self.taken_at_once else min(left, self.unallotted)
        return left

    @property
    def final_underway(self) -> bool:
        """A final capture is at the PSP: it takes or releases all that is held."""
        return any(op.final and op.status.at_psp for op in self.operations)

    @property
    def refundable(self) -> int:
        """What can still be refunded: taken, not refunded or disputed, less pending refunds and the vendors' share.

        Zero for a confirmed bank payment before it is booked, unless the PSP can refund it (`refund_before_settled`).
        """
        if self.awaits_booking:
            return 0
        left = max(0, self.taken - self.refunded - self.disputed - self.reserved(OperationType.REFUND))
        if self.kind == "technical":
            return min(left, self.unallotted) if self.taken_at_once else 0
        return left

    @property
    def taken_at_once(self) -> bool:
        """The authorization took the money (auto capture, a bank); otherwise the vendors' captures take it later."""
        return 0 < self.authorized == self.taken - self.vendors.captured

    @property
    def unallotted(self) -> int:
        """The part of a technical payment that is not allotted to a vendor, cancelled, refunded or disputed.

        Zero if the bank took back more than that: the vendors were then given money that is gone.
        """
        return max(0, self._left) if self.authorized else 0

    @property
    def given_beyond(self) -> int:
        """The part of the vendors' allotment that is no longer backed by money, because the bank took it back."""
        return max(0, -self._left) if self.kind == "technical" and self.authorized else 0

    @property
    def disputed_of_vendors(self) -> int:
        """The part of a technical payment's disputes that takes money allotted to vendors."""
        if self.kind != "technical":
            return 0
        return min(self.disputed, self.given_beyond) if self.taken_at_once else self.disputed

    @property
    def _left(self) -> int:
        gone = self.succeeded(OperationType.CANCEL) + self.refunded - self.vendors.refunded
        reserved = self.reserved(OperationType.CANCEL) + self.reserved(OperationType.REFUND)
        disputed = self.disputed if self.taken_at_once else 0
        return self.authorized + self.vendors.taken_back - gone - reserved - self.allotted - disputed

    @property
    def is_gone(self) -> bool:
        """The bank took the whole payment back: its authorization failed after it had succeeded."""
        return self.authorization.status is OperationStatus.REVERSED

    @property
    def vendors_stand(self) -> bool:
        """The vendors still have money, or their sums are not known yet. Stuck amounts are not waited for.

        If the bank took the payment back, nothing is stuck: it is taken back from the vendors as well.
        """
        return self.allotted != self.vendors.authorized or self.vendors.standing != (
            0 if self.is_gone else self.vendors.stuck
        )

    @property
    def vendors_hold_what_is_gone(self) -> bool:
        """The bank took a technical payment back, and its vendor payments do not reflect that yet."""
        return self.kind == "technical" and self.is_gone and self.vendors_stand

    @property
    def has_open_dispute(self) -> bool:
        return any(dispute.status.is_open for dispute in self.disputes)

    def dispute(self, dispute_id: str) -> Dispute | None:
        return next((dispute for dispute in self.disputes if dispute.dispute_id == dispute_id), None)

    def operation(self, operation_id: str) -> Operation | None:
        return next((op for op in self.operations if op.operation_id == operation_id), None)
