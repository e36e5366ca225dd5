"""Movements of money, for a merchant's bookkeeping (US-7): what a change of an order, payout or settlement moved.

A movement follows from one event, as the difference between the sums before and after it, never from a separate sum.
So the movements of a payment add up to its sums, in whatever order a PSP's news came, and each is there once.

| type | amount | when |
| --- | --- | --- |
| payment | + | an authorization took the money at once, or a bank's payment was booked |
| capture | + | what was held was captured |
| reversal | - | captured money is gone again: a capture failed later, a bank took it back |
| refund, refund_failed | -, + | money was given back; that failed after it had succeeded |
| dispute, dispute_won | -, + | a bank has debited a disputed amount; it is the merchant's again |
| dispute_lost | 0 | the dispute is over, and what it took stays gone |
| allotment | -, + | a vendor got a part of a payment that had been taken already: it is the vendor's movement |
| settlement | 0 | the PSP has settled a capture or refund: its fee, and the payout to the bank that it came in |
| payout, payout_return | -, + | to a vendor or a person; sent back by the receiver's bank |
| adjustment | +, - | an operator granted a vendor something, or took it |
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from tillgate.domain.ledger.entries import ADJUSTMENTS, CLEARING, Earned, Entry, fee_kept, vendor_of
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.disputes import Dispute, DisputeStatus
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import Operation, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.identifiers import parent_of
from tillgate.domain.shared.modes import Mode


class MovementType(StrEnum):
    PAYMENT = "payment"
    CAPTURE = "capture"
    REVERSAL = "reversal"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    ALLOTMENT = "allotment"
    SETTLEMENT = "settlement"
    PAYOUT = "payout"
    PAYOUT_RETURN = "payout_return"
    ADJUSTMENT = "adjustment"


T = MovementType
_LOST = (DisputeStatus.LOST, DisputeStatus.ACCEPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement, booked when it became known (UTC) and never changed. Minor units; negative: money left.

    `fee`: what the PSP kept. `commission`: what the merchant withheld from the vendor; negative where it was returned.
    """

    movement_id: str
    at: datetime
    type: MovementType
    currency: str
    amount: int = 0
    fee: int = 0
    commission: int = 0
    order_key: str | None = None
    order_reference: str | None = None
    payment_id: str | None = None
    operation_id: str | None = None  # or the dispute's
    vendor_id: str | None = None
    method: str | None = None
    connector: str | None = None
    psp_reference: str | None = None
    payout_id: str | None = None  # ours, to a vendor or a person
    payout_reference: str | None = None  # the merchant's, of a payout to a person
    settlement: str | None = None  # the PSP's payout to the bank
    mode: Mode | None = None  # of the merchant's own account with the PSP; None: the deployment's account

    @property
    def net(self) -> int:
        """What it leaves to the seller: the vendor if it names one, else the merchant."""
        return self.amount - self.fee - self.commission

    @property
    def is_test(self) -> bool:
        return self.mode is Mode.TEST


type Step = tuple[Order, Order, Event]
"""The order before and after one event, and the event."""


def movements_of(steps: Sequence[Step], version: int) -> list[Movement]:
    """What a change of an order moved, event by event; empty for most. `version`: that the order is saved with.

    All of it is booked at the instant of the change, which its history has too.
    """
    at = steps[-1][1].updated_at if steps else None
    moved = [movement for step in steps for movement in _of_step(*step)]
    return [
        replace(each, movement_id=f"{each.movement_id}-{version}-{n}", at=at or each.at) for n, each in enumerate(moved)
    ]


def _of_step(before: Order, after: Order, event: Event) -> Iterator[Movement]:
    payment = after.payment(getattr(event, "payment_id", ""))
    if payment is None:
        return
    known = before.payment(payment.payment_id)
    was, now = _sums(before, known), _sums(after, payment)
    made = _Made(before, after, event, known or payment, payment)
    yield from _captured(made, was, now)
    if now.refunded != was.refunded:
        kind = T.REFUND if now.refunded > was.refunded else T.REFUND_FAILED
        yield made.movement(kind, was.refunded - now.refunded, made.fee_of_refund - made.fee_of_capture)
    yield from _disputed(made, was, now)


@dataclass(frozen=True, slots=True)
class _Made:
    """One event's effect on one payment."""

    before: Order
    after: Order
    event: Event
    known: Payment  # before it
    payment: Payment

    @property
    def operation(self) -> Operation | None:
        return self.payment.operation(getattr(self.event, "operation_id", ""))

    @property
    def dispute(self) -> Dispute | None:
        return self.payment.dispute(getattr(self.event, "dispute_id", ""))

    # The commission follows from all the sums; what is due to each of them is found step by step, as in the ledger.

    @property
    def fee_of_capture(self) -> int:
        unchanged = replace(self.payment, refunded=self.known.refunded, disputes=self.known.disputes)
        return _sums(self.after, unchanged).fee

    @property
    def fee_of_refund(self) -> int:
        return _sums(self.after, replace(self.payment, disputes=self.known.disputes)).fee

    def movement(
        self, kind: MovementType, amount: int, commission: int, operation: Operation | None = None
    ) -> Movement:
        order, payment = self.after, self.payment
        of = operation or self.operation
        dispute = self.dispute
        return Movement(
            movement_id=payment.payment_id,
            at=order.updated_at,
            type=kind,
            currency=order.currency,
            amount=amount,
            commission=commission,
            order_key=parent_of(order.order_key),
            order_reference=order.order_reference,
            payment_id=payment.payment_id,
            operation_id=dispute.dispute_id if dispute else of.operation_id if of else None,
            vendor_id=None if payment.surplus or self.known.surplus else vendor_of(order),
            method=payment.method,
            connector=payment.connector,
            psp_reference=dispute.psp_reference if dispute else (of and of.psp_reference) or payment.psp_reference,
            mode=payment.mode,
        )


def _captured(made: _Made, was: Earned, now: Earned) -> Iterator[Movement]:
    """A vendor's part of what was taken already moves between the merchant and the vendor, not at the PSP."""
    moved, commission = now.captured - was.captured, made.fee_of_capture - was.fee
    if not (moved or commission):
        return
    operation = made.operation
    if operation is None or operation.type is OperationType.REFUND:
        operation = made.payment.authorization
    taken = T.CAPTURE if operation.type is OperationType.CAPTURE else T.PAYMENT
    yield made.movement(taken if moved > 0 else T.REVERSAL, moved, commission, operation)
    share = made.after.share
    if moved and share and (made.after.capture is Capture.AUTO or not made.payment.traits.holds):
        allotted = made.movement(T.ALLOTMENT, -moved, 0, operation)
        yield replace(allotted, payment_id=share.technical_payment_id, vendor_id=None)


def _disputed(made: _Made, was: Earned, now: Earned) -> Iterator[Movement]:
    commission = now.fee - made.fee_of_refund
    if now.disputed != was.disputed or commission:
        kind = T.DISPUTE if now.disputed > was.disputed else T.DISPUTE_WON
        yield made.movement(kind, was.disputed - now.disputed, commission)
    dispute = made.dispute
    earlier = made.known.dispute(dispute.dispute_id) if dispute else None
    if dispute and dispute.status in _LOST and not (earlier and earlier.status in _LOST):
        yield made.movement(T.DISPUTE_LOST, 0, 0)


def _sums(order: Order, payment: Payment | None) -> Earned:
    """The sums of one payment. What vendors captured of it, or refunded, is theirs: it is in their own payments."""
    if payment is None or not payment.operations:
        return Earned()
    of_vendors = 0 if payment.is_gone else payment.vendors.captured
    commission = 0 if payment.surplus or vendor_of(order) is None else fee_kept(order, payment)
    disputed = min(payment.disputed, payment.captured)
    return Earned(payment.captured - of_vendors, payment.refunded - payment.vendors.refunded, disputed, commission)


def settled(
    order: Order, payment: Payment, operation: str, *, fee: int, settlement: str | None, at: datetime
) -> Movement:
    """The PSP has settled `operation`, its reference for a capture or refund: what is new of its fee or payout."""
    digest = sha256(f"{operation}#{settlement}#{at.isoformat()}".encode()).hexdigest()[:12]
    return Movement(
        movement_id=f"{payment.payment_id}-s{digest}",
        at=at,
        type=T.SETTLEMENT,
        currency=order.currency,
        fee=fee,
        order_key=parent_of(order.order_key),
        order_reference=order.order_reference,
        payment_id=payment.payment_id,
        method=payment.method,
        connector=payment.connector,
        psp_reference=operation,
        settlement=settlement,
        mode=payment.mode,
    )


def movement_of_entry(entry: Entry) -> Movement:
    """A vendor's payout, its return, or an adjustment, as the ledger has it. Raises ValueError for another entry."""
    kind = MovementType(entry.kind)
    account = ADJUSTMENTS if kind is T.ADJUSTMENT else CLEARING
    return Movement(
        movement_id=f"ledger-{sha256(f'{entry.vendor_id}#{entry.entry_id}'.encode()).hexdigest()[:20]}",
        at=entry.at,
        type=kind,
        currency=entry.currency,
        amount=sum(posting.amount for posting in entry.postings if posting.account == account),
        operation_id=entry.entry_id,
        vendor_id=entry.vendor_id,
        connector=entry.connector,
        payout_id=None if kind is T.ADJUSTMENT else entry.reference,
    )
