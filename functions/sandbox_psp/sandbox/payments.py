"""The life of a payment at the sandbox PSP: pure functions from one state to the next.

Invariants: captured + cancelled <= authorized and refunded + disputed <= captured. An operation key is used once;
repeating it changes nothing. A function that changes nothing returns the payment object that it was given.
Amounts are minor units.
"""

from __future__ import annotations

from typing import Literal

from .errors import invalid
from .instruments import INSTRUMENTS, OperationStatus, OperationType
from .model import Amounts, Operation, Origin, Payment, reference_to

Action = Literal["approve", "decline", "cancel"]
Kind = Literal["capture", "cancel", "refund"]


def tombstone(payment_id: str, reference: str) -> Payment:
    """A closed payment under an unused reference, so that a late request under it does nothing."""
    return Payment(id=payment_id, reference=reference, amount=0, currency="XXX")  # ISO 4217: no currency


def begin(blank: Payment, key: str, *, refused: bool) -> Payment:
    """The first authorization, as the payment's instrument decides."""
    row = blank.instrument
    amount = blank.amount if row.balance is None else min(row.balance, blank.amount)
    status: OperationStatus = "failed" if refused else blank.starts
    reason = "refused" if refused else row.reason
    if status == "requires_action" and blank.customer_is_absent:
        # The shopper is not present. For most banks, the consent given when the card was stored is enough.
        status, reason = row.off_session, "authentication_required" if row.off_session == "failed" else None
    begun = with_operation(blank, _operation(blank, key, "authorize", amount, "pending"))
    if status == "succeeded":
        return _authorized(begun)
    return _first_becomes(begun, status, reason)


def carve(parent: Payment, blank: Payment, key: str, *, refused: bool) -> Payment:
    """A part of `parent` for another account, authorized or captured like it. Refused if `parent` has too little."""
    at_once = parent.captured_whole
    room = parent.room.refundable if at_once else parent.room.held
    begun = with_operation(blank, _operation(blank, key, "authorize", blank.amount, "pending"))
    begun = begun.model_copy(update={"capture": at_once, "expires_at": parent.expires_at})
    if refused or not parent.stands:
        return _first_becomes(begun, "failed", "refused")
    return _first_becomes(begun, "failed", "amount_exceeds_available") if blank.amount > room else _authorized(begun)


def operate(
    payment: Payment, kind: Kind, key: str, amount: int, *, final: bool, fee: int = 0, backed: bool = True
) -> Payment:
    """A capture, cancel or refund, recorded whether it succeeds or fails.

    Only a refund of a disputed amount is not recorded: it is refused, since the bank returns the money itself.
    `backed`: whether the payment that this one was carved out of stands.
    """
    known = payment.operation(key)
    if known is not None:
        if (known.type, known.amount, known.final, known.fee) != (kind, amount, final, fee):
            raise invalid("This key was used for another operation.", "idempotency_key_reused")
        return payment
    if kind == "refund" and payment.room.refundable < amount <= payment.room.refundable + payment.disputed:
        raise invalid("This is disputed: it cannot be refunded.", "disputed")
    reason = why_not(payment, kind, amount) if backed else "rejected_by_bank"
    status: OperationStatus = "failed" if reason else "succeeded"
    done = _operation(payment, key, kind, amount, status).model_copy(
        update={"final": final, "fee": fee, "reason": reason}
    )
    return with_operation(payment, done, None if reason else moved(payment, kind, amount, final=final))


def observed(payment: Payment, kind: OperationType, amount: int, origin: Origin, reason: str | None) -> Operation:
    """An operation that succeeded without a request: it has no key."""
    return _operation(payment, None, kind, amount, "succeeded").model_copy(update={"origin": origin, "reason": reason})


def _operation(
    payment: Payment, key: str | None, kind: OperationType, amount: int, status: OperationStatus
) -> Operation:
    own_id = reference_to("op", payment.id, len(payment.operations), key)
    return Operation(id=own_id, key=key, type=kind, amount=amount, status=status)


def with_operation(payment: Payment, operation: Operation, amounts: Amounts | None = None) -> Payment:
    """The payment with one more operation, and its amounts afterwards."""
    operations = (*payment.operations, operation)
    return payment.model_copy(update={"operations": operations, "amounts": amounts or payment.amounts})


def why_not(payment: Payment, kind: OperationType, amount: int) -> str | None:
    """Why a capture, cancel or refund fails, if it does. An expired hold is no longer held."""
    available = payment.room.refundable if kind == "refund" else payment.room.held
    if amount > available:
        lapsed = 0 if kind == "refund" else expired(payment)
        return "expired" if amount <= available + lapsed else "amount_exceeds_available"
    return "refused" if payment.instrument.refuses == kind else None


def expired(payment: Payment) -> int:
    """How much of the hold has expired at the bank."""
    return sum(
        each.amount
        for each in payment.operations
        if each.type == "cancel" and each.reason == "expired" and each.status == "succeeded"
    )


def moved(payment: Payment, kind: Kind, amount: int, *, final: bool = False) -> Amounts:
    """The amounts after a successful capture, cancel or refund."""
    of = payment.amounts
    if kind == "refund":
        return of.model_copy(update={"refunded": of.refunded + amount})
    if kind == "cancel":
        return of.model_copy(update={"cancelled": of.cancelled + amount})
    released = payment.room.held - amount if final else 0  # a final capture releases the rest, but not carved parts
    return of.model_copy(update={"captured": of.captured + amount, "cancelled": of.cancelled + released})


def act(payment: Payment, action: Action, choice: str | None = None) -> Payment:
    """Applies the shopper's choice on the page; only the first counts. `choice` names a card or bank on the page."""
    if payment.status != "requires_action" or (choice and not payment.choices):
        return payment  # a double click named a card again: that does not answer its bank's own page
    if action != "approve":
        return _first_becomes(payment, "failed", "refused" if action == "decline" else "cancelled_by_payer")
    named = _named(payment, choice) if choice else payment
    row = named.instrument
    outcome = row.start if payment.page == "card" and choice else row.approved
    if outcome == "succeeded":
        return _authorized(named)
    return _first_becomes(named, outcome, row.reason)


def _named(payment: Payment, choice: str) -> Payment:
    if choice not in payment.choices:
        raise invalid("There is no such card or bank to choose.")
    return payment.model_copy(update={"token": choice, "brand": INSTRUMENTS[choice].brand})


def close(payment: Payment) -> Payment:
    """Ends a payment that still awaits the shopper; leaves any other as it is."""
    return _first_becomes(payment, "closed", None) if payment.status == "requires_action" else payment


def will_mature(payment: Payment) -> int | None:
    """Seconds until something happens by itself; None if nothing will."""
    later, first = payment.instrument.later, payment.authorization
    return later.after if later and first and first.status == later.since else None


def mature(payment: Payment) -> Payment | None:
    """What the instrument does by itself later. If done already: the same payment. If no longer possible: None."""
    later, first = payment.instrument.later, payment.authorization
    if later is None or first is None:
        return None
    if first.status == later.to:
        return payment
    if first.status != later.since:
        return None
    return _authorized(payment) if later.to == "succeeded" else taken_back(payment, later.reason)


def _authorized(payment: Payment) -> Payment:
    """Approved: the money is held and, if requested, captured in the same operation."""
    authorized = _first_becomes(payment, "succeeded", None)
    amount = authorized.operations[0].amount
    amounts = Amounts(authorized=amount, captured=amount if payment.captures_at_once else 0)
    return authorized.model_copy(update={"amounts": amounts})


def taken_back(payment: Payment, reason: str | None) -> Payment:
    """The bank reversed everything: the payment no longer stands."""
    return _first_becomes(payment, "reversed", reason).model_copy(update={"amounts": Amounts()})


def _first_becomes(payment: Payment, status: OperationStatus, reason: str | None) -> Payment:
    first, *rest = payment.operations
    changed = first.model_copy(update={"status": status, "reason": reason})
    return payment.model_copy(update={"operations": (changed, *rest)})
