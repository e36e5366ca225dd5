"""What needs an operator (GO-4, IS-18): derived from an order's state, so that no separate list has to be stored.

`say` writes amounts, which are in minor units (see `why`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.orders.reactions import GAVE_UP
from tillgate.domain.orders.why import Say
from tillgate.domain.payments.disputes import Dispute
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment

LONG = 5  # queries to the PSP without an outcome: more than seven hours


class Kind(StrEnum):
    """What is the matter. Each kind has its runbook: docs/runbooks/work-<kind>.md."""

    NO_OUTCOME = "no-outcome"  # the PSP cannot say what became of a request
    GIVE_BACK_REFUSED = "give-back-refused"  # a cancel or refund that is owed; or unwanted money
    SETTLEMENT_DIFFERENCE = "settlement-difference"
    NOT_BOOKED = "not-booked"  # confirmed by a bank, and the money has not come
    DISPUTE = "dispute"  # takes money that vendors have
    BANK_REFUND = "bank-refund"  # to be transferred by hand
    REVERSED = "reversed"  # failed after it had succeeded
    TAKEN_BACK = "taken-back"  # by the bank, and vendors have it
    CONTRADICTION = "contradiction"  # the PSP says what cannot be
    ENDING_FAILED = "ending-failed"  # MANUAL_INTERVENTION_NEEDED
    VENDORS_STUCK = "vendors-stuck"
    PAYOUT_APPROVAL = "payout-approval"  # waits for a second person
    VENDOR_NOT_PAID = "vendor-not-paid"  # the PSP refused a payout, or the vendor's bank returned it
    UNKNOWN_PAYMENT = "unknown-payment"  # a PSP tells of one that nobody knows
    NOT_NOTIFIED = "not-notified"  # a receiver of the merchant took no notifications for 72 hours
    KEEPS_FAILING = "keeps-failing"  # the sweep has tried it for an hour


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that needs an operator. `amount`: what it is about, in minor units of its currency; None if unknown.

    `ways`: calls of `admin` that can settle it, without `by` and `reason`; none for what cannot be read.
    """

    kind: Kind
    what: str
    amount: int | None
    ways: tuple[Mapping[str, Any], ...]
    payment_id: str | None = None
    operation_id: str | None = None


def troubles(order: Order, say: Say = str) -> list[str]:
    """What needs an operator, in words; empty if nothing does."""
    return [trouble.what for trouble in work_of(order, say)]


def work_of(order: Order, say: Say = str) -> list[Trouble]:
    """What needs an operator; empty if nothing does."""
    found = [trouble for payment in order.payments for trouble in _of_payment(order, payment, say)]
    if order.ended and order.ended is not OrderStatus.MANUAL_INTERVENTION_NEEDED:
        found += [_stuck(order, payment, say) for payment in order.payments if payment.vendors.stuck]
    if order.ended is OrderStatus.MANUAL_INTERVENTION_NEEDED:
        what = "the order was to end, but money that should have gone back could not be moved"
        left = sum(payment.held + max(0, payment.captured - payment.refunded) for payment in order.payments)
        found.insert(
            0,
            Trouble(Kind.ENDING_FAILED, what, left, (_resolve(order, retry=True), _resolve(order, end_as="CANCELLED"))),
        )
    return found


def _resolve(order: Order, **choice: Any) -> Mapping[str, Any]:
    return {"action": "resolve", "order_key": order.order_key, **choice}


def _outcome(order: Order, operation_id: str, status: str) -> Mapping[str, Any]:
    return _resolve(order, outcome={"operation_id": operation_id, "status": status})


def _either_outcome(order: Order, operation: Operation) -> Iterator[Mapping[str, Any]]:
    return (_outcome(order, operation.operation_id, status) for status in ("SUCCEEDED", "FAILED"))


def _gave_up(order: Order, payment: Payment, say: Say) -> Trouble:
    refused = next((op for op in reversed(payment.operations) if _was_refused(op)), payment.operations[-1])
    came = f": {say(payment.refundable)} came too much; give it back" if payment.surplus and payment.refundable else ""
    what = f"{payment.payment_id} is {payment.status}{came} ({refused.operation_id})"
    ways = (_resolve(order, retry=True), _outcome(order, refused.operation_id, "SUCCEEDED"))
    return Trouble(Kind.GIVE_BACK_REFUSED, what, refused.amount, ways, payment.payment_id, refused.operation_id)


def _can_be_given_back(payment: Payment) -> bool:
    """Now, or by a request under way. What vendors have comes back by their payments, whoever was refused before."""
    return payment.pending or payment.refundable > 0 or payment.available > 0


def _was_refused(operation: Operation) -> bool:
    gives_back = operation.type in (OperationType.CANCEL, OperationType.REFUND)
    return gives_back and operation.status in (OperationStatus.FAILED, OperationStatus.REVERSED)


def _stuck(order: Order, payment: Payment, say: Say) -> Trouble:
    what = f"{say(payment.vendors.stuck)} of what vendors have of {payment.payment_id} could not be given back"
    return Trouble(Kind.VENDORS_STUCK, what, payment.vendors.stuck, (_resolve(order, retry=True),), payment.payment_id)


def _of_payment(order: Order, payment: Payment, say: Say) -> Iterator[Trouble]:
    pid, begun = payment.payment_id, payment.authorization
    if payment.status in GAVE_UP and not _was_disputed_away(payment) and _can_be_given_back(payment):
        yield _gave_up(order, payment, say)
    if payment.difference:
        what = f"{pid} differs from the settlement report: {payment.difference}"
        ways = (_resolve(order, set_aside=begun.operation_id),)
        yield Trouble(Kind.SETTLEMENT_DIFFERENCE, what, payment.captured or payment.authorized, ways, pid)
    if payment.awaits_booking and begun.checks >= LONG:
        what = f"{pid} is confirmed and not booked, so it cannot be given back yet"
        asked = {"action": "sync", "payment_id": pid}
        told = _either_outcome(order, begun)
        yield Trouble(Kind.NOT_BOOKED, what, payment.authorized, (asked, *told), pid, begun.operation_id)
    for dispute in payment.disputes:
        if takes_of_vendors(payment, dispute):
            ways = (_resolve(order, set_aside=dispute.dispute_id),)
            yield Trouble(Kind.DISPUTE, _of_vendors(payment, dispute, say), dispute.amount, ways, pid)
    for operation in payment.operations:
        yield from _of_operation(order, payment, operation, say)


def _of_operation(order: Order, payment: Payment, operation: Operation, say: Say) -> Iterator[Trouble]:
    oid, amount = operation.operation_id, operation.amount
    named = f"{oid} ({operation.type}, {say(amount)})"

    def trouble(kind: Kind, what: str, *ways: Mapping[str, Any]) -> Trouble:
        return Trouble(kind, f"{named} {what}", amount, ways, payment.payment_id, oid)

    if operation.waits_for_person:
        done = {"action": "mark_transferred", "operation_id": oid}
        what = f"waits since {operation.requested_at:%Y-%m-%dT%H:%M:%SZ} for you"
        yield trouble(Kind.BANK_REFUND, what, done, _outcome(order, oid, "FAILED"))
    if operation.status.at_psp and operation.checks >= LONG:
        yield trouble(Kind.NO_OUTCOME, "has no outcome", *_either_outcome(order, operation))
    seen = _resolve(order, set_aside=oid)
    if needs_look(payment, operation):
        kind = Kind.TAKEN_BACK if _took_of_vendors(payment, operation) else Kind.REVERSED
        yield trouble(kind, _what_to_look_at(payment, operation, say), seen)
    for each in operation.contradictions:
        yield trouble(Kind.CONTRADICTION, f"cannot have {each.status} as it stands", seen)


def _was_disputed_away(payment: Payment) -> bool:
    """The shopper already has the amount to be refunded, through a dispute."""
    by_dispute = payment.status is PaymentStatus.REFUND_FAILED and payment.lost_to_disputes > 0
    return by_dispute and payment.captured <= payment.refunded + payment.lost_to_disputes


def takes_of_vendors(payment: Payment, dispute: Dispute) -> bool:
    """The dispute takes money allotted to vendors, and no operator has seen it."""
    stands = dispute.status.takes_money and not dispute.acknowledged
    return stands and payment.disputed_of_vendors > 0


def _of_vendors(payment: Payment, dispute: Dispute, say: Say) -> str:
    of = f"vendors have been given {say(payment.disputed_of_vendors)} of what it takes"
    return f"{dispute.dispute_id} ({say(dispute.amount)}) is {dispute.status}; {of}"


def needs_look(payment: Payment, operation: Operation) -> bool:
    """An operation failed after it had succeeded, was not repeated, and no operator has seen it; or the bank took money
    allotted to vendors, and no operator has seen that."""
    if _took_of_vendors(payment, operation):
        return not operation.acknowledged
    if operation.type is OperationType.AUTHORIZE or operation.status is not OperationStatus.REVERSED:
        return False
    later = payment.operations[payment.operations.index(operation) + 1 :]
    again = any(op.type is operation.type and op.status is OperationStatus.SUCCEEDED for op in later)
    return not operation.acknowledged and not again


def _took_of_vendors(payment: Payment, operation: Operation) -> bool:
    took = operation.type is OperationType.REVERSAL and operation.status is OperationStatus.SUCCEEDED
    return took and payment.given_beyond > 0


def _what_to_look_at(payment: Payment, operation: Operation, say: Say) -> str:
    if _took_of_vendors(payment, operation):
        return f"was taken back by the bank; vendors have been given {say(payment.given_beyond)} of it"
    return "failed after it had succeeded"


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money that an operator has to transfer by hand. `reference` identifies the incoming transfer: the statement of
    our own account shows the sender and the account that it came from."""

    operation_id: str
    payment_id: str
    amount: int
    currency: str
    since: datetime
    reference: str | None
    reason: str | None  # the merchant's


def transfers(order: Order) -> list[Transfer]:
    """The order's amounts to be transferred by hand, longest waiting first."""
    told = next((payment.instructions for payment in order.payments if payment.instructions), None)
    found = [
        Transfer(
            operation_id=operation.operation_id,
            payment_id=payment.payment_id,
            amount=operation.amount,
            currency=order.currency,
            since=operation.requested_at,
            reference=instructions.reference if (instructions := payment.instructions or told) else None,
            reason=operation.reason,
        )
        for payment in order.payments
        for operation in payment.operations
        if operation.waits_for_person
    ]
    return sorted(found, key=lambda each: each.since)
