"""What needs an operator (GO-4, IS-18): derived from an order's state, so that no separate list has to be stored.

`say` writes amounts, which are in minor units (see `why`).
"""

from dataclasses import dataclass
from datetime import datetime

from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.orders.reactions import GAVE_UP
from tillgate.domain.orders.why import Say
from tillgate.domain.payments.disputes import Dispute
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment

LONG = 5  # queries to the PSP without an outcome: more than seven hours


def troubles(order: Order, say: Say = str) -> list[str]:
    """What needs an operator, in words; empty if nothing does."""
    found = [trouble for payment in order.payments for trouble in _of_payment(payment, say)]
    if order.ended and order.ended is not OrderStatus.MANUAL_INTERVENTION_NEEDED:
        found += [_stuck(payment, say) for payment in order.payments if payment.vendors.stuck]
    if order.ended is OrderStatus.MANUAL_INTERVENTION_NEEDED:
        found.insert(0, "the order was to end, but money that should have gone back could not be moved")
    return found


def _gave_up(payment: Payment, say: Say) -> str:
    refused = payment.operations[-1].operation_id
    came = f": {say(payment.refundable)} came too much; give it back" if payment.surplus and payment.refundable else ""
    return f"{payment.payment_id} is {payment.status}{came} ({refused})"


def _stuck(payment: Payment, say: Say) -> str:
    return f"{say(payment.vendors.stuck)} of what vendors have of {payment.payment_id} could not be given back"


def _of_payment(payment: Payment, say: Say) -> list[str]:
    found = [_gave_up(payment, say)] if payment.status in GAVE_UP and not _was_disputed_away(payment) else []
    if payment.difference:
        found.append(f"{payment.payment_id} differs from the settlement report: {payment.difference}")
    if payment.awaits_booking and payment.authorization.checks >= LONG:
        found.append(f"{payment.payment_id} is confirmed and not booked, so it cannot be given back yet")
    found += [_of_vendors(payment, dispute, say) for dispute in payment.disputes if takes_of_vendors(payment, dispute)]
    for operation in payment.operations:
        named = f"{operation.operation_id} ({operation.type}, {say(operation.amount)})"
        if operation.waits_for_person:
            found.append(f"{named} waits since {operation.requested_at:%Y-%m-%dT%H:%M:%SZ} for you")
        if operation.status.at_psp and operation.checks >= LONG:
            found.append(f"{named} has no outcome")
        if needs_look(payment, operation):
            found.append(f"{named} {_what_to_look_at(payment, operation, say)}")
        found += [f"{named} cannot have {each.status} as it stands" for each in operation.contradictions]
    return found


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
