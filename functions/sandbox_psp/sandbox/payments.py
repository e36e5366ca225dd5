"""The life of a payment at the sandbox PSP: pure functions from one state to the next.

Rules: captured + cancelled <= authorized and refunded <= captured, always. An operation key is used once;
saying it again changes nothing. A function that changes nothing returns the very payment it was given.
Amounts are minor units.
"""

from __future__ import annotations

from typing import Literal

from .errors import invalid
from .instruments import INSTRUMENTS, OperationStatus, OperationType
from .model import Amounts, Operation, Payment

Action = Literal["approve", "decline", "cancel"]
Kind = Literal["capture", "cancel", "refund"]


def tombstone(payment_id: str, reference: str) -> Payment:
    """A closed payment under a reference nobody has used, so that a late request under it does nothing."""
    return Payment(id=payment_id, reference=reference, amount=0, currency="XXX")  # ISO 4217: no currency


def begin(blank: Payment, key: str, *, refused: bool) -> Payment:
    """The first authorization, as the instrument of the payment has it."""
    row = blank.instrument
    amount = blank.amount if row.balance is None else min(row.balance, blank.amount)
    status: OperationStatus = "failed" if refused else row.start
    reason = "refused" if refused else row.reason
    if status == "requires_action" and blank.customer_is_absent:
        status = "succeeded"  # nobody is there to be asked; the bank was, when the card was stored
    first = Operation(key=key, type="authorize", amount=amount, status="pending")
    begun = blank.model_copy(update={"operations": (first,)})
    if status == "succeeded":
        return _authorized(begun)
    return _first_becomes(begun, status, reason)


def carve(parent: Payment, blank: Payment, key: str, *, refused: bool) -> Payment:
    """A part of `parent` for another account, as it was authorized or captured. Refused if `parent` has not as much."""
    at_once = parent.amounts.captured == parent.amounts.authorized
    room = parent.room.refundable if at_once else parent.room.held
    first = Operation(key=key, type="authorize", amount=blank.amount, status="pending")
    begun = blank.model_copy(update={"operations": (first,), "capture": at_once})
    if refused or not backed(parent):
        return _first_becomes(begun, "failed", "refused")
    return _first_becomes(begun, "failed", "amount_exceeds_available") if blank.amount > room else _authorized(begun)


def backed(parent: Payment) -> bool:
    """Whether what was carved out of it still stands: the bank has not taken it back."""
    return parent.authorization is not None and parent.authorization.status == "succeeded"


def operate(
    payment: Payment, kind: Kind, key: str, amount: int, *, final: bool, fee: int = 0, backed: bool = True
) -> Payment:
    """A capture, cancel or refund: it is recorded whether it succeeds or fails."""
    known = payment.operation(key)
    if known is not None:
        if (known.type, known.amount, known.final, known.fee) != (kind, amount, final, fee):
            raise invalid("This key was used for another operation.", "idempotency_key_reused")
        return payment
    reason = _why_not(payment, kind, amount) if backed else "rejected_by_bank"
    status: OperationStatus = "failed" if reason else "succeeded"
    operation = Operation(key=key, type=kind, amount=amount, final=final, fee=fee, status=status, reason=reason)
    amounts = payment.amounts if reason else _moved(payment.amounts, kind, amount, final=final)
    return payment.model_copy(update={"operations": (*payment.operations, operation), "amounts": amounts})


def _why_not(payment: Payment, kind: OperationType, amount: int) -> str | None:
    available = payment.room.refundable if kind == "refund" else payment.room.held
    if amount > available:
        return "amount_exceeds_available"
    return "refused" if payment.instrument.refuses == kind else None


def _moved(amounts: Amounts, kind: OperationType, amount: int, *, final: bool) -> Amounts:
    if kind == "refund":
        return amounts.model_copy(update={"refunded": amounts.refunded + amount})
    if kind == "cancel":
        return amounts.model_copy(update={"cancelled": amounts.cancelled + amount})
    released = amounts.held - amount if final else 0  # a final capture lets the rest go
    return amounts.model_copy(update={"captured": amounts.captured + amount, "cancelled": amounts.cancelled + released})


def act(payment: Payment, action: Action, choice: str | None = None) -> Payment:
    """What the shopper chose on the page; only the first choice counts. `choice` names a card or bank of the page."""
    if payment.status != "requires_action" or (choice and not payment.choices):
        return payment  # a card was named again, by a second press: its bank's own page is not answered by that
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
    """In how many seconds something happens by itself; None if nothing will."""
    later, first = payment.instrument.later, payment.authorization
    return later.after if later and first and first.status == later.since else None


def mature(payment: Payment) -> Payment | None:
    """What the instrument does by itself later on. Again: the same payment. No longer possible: None."""
    later, first = payment.instrument.later, payment.authorization
    if later is None or first is None:
        return None
    if first.status == later.to:
        return payment
    if first.status != later.since:
        return None
    return _authorized(payment) if later.to == "succeeded" else _reversed(payment, later.reason)


def _authorized(payment: Payment) -> Payment:
    """Approved: the money is held and, when asked for, captured in the same operation."""
    authorized = _first_becomes(payment, "succeeded", None)
    amount = authorized.operations[0].amount
    captures = payment.capture and payment.instrument.refuses != "capture"
    amounts = Amounts(authorized=amount, captured=amount if captures else 0)
    return authorized.model_copy(update={"amounts": amounts})


def _reversed(payment: Payment, reason: str | None) -> Payment:
    """The bank took it all back: nothing of the payment stands any more."""
    return _first_becomes(payment, "reversed", reason).model_copy(update={"amounts": Amounts()})


def _first_becomes(payment: Payment, status: OperationStatus, reason: str | None) -> Payment:
    first, *rest = payment.operations
    changed = first.model_copy(update={"status": status, "reason": reason})
    return payment.model_copy(update={"operations": (changed, *rest)})
