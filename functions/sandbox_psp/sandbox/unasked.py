"""What happens to a payment without a request of its caller: work in the back office, reversals by a bank.

Pure functions from one state of a payment to the next; an impossible deed raises a 422. Amounts are minor units; the
default is the whole amount. The effect of each deed:

- refund: refunded goes up.
- expire_rest: the held amount goes to cancelled, as the bank's own operation with the reason `expired`.
- reverse: all of it, and the payment no longer stands; or a part, by which authorized and captured go down.
- fail_capture: captured goes down and is held again, so that it can be retried. If the hold has expired, the amount
  lapses at once, as the bank's own operation. A capture that came with its authorization is reversed as a whole.
- fail_refund: refunded goes down.
- dispute, lose_dispute: the amount becomes, or stays, disputed; win_dispute: it no longer is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from . import disputes, payments
from .errors import PspError, invalid
from .instruments import Deed, FollowUp
from .model import Dispute, Operation, Payment

AT_BANK = "rejected_by_bank"


def do(payment: Payment, deed: Deed, amount: int | None = None, of: str | None = None) -> Payment:
    """Applies it to the newest operation or dispute that it fits, or to the one with the id `of`."""
    closing = deed in ("win_dispute", "lose_dispute")
    if not (payment.stands or closing):
        raise _senseless("Nothing of this payment stands: it was never authorized, or was taken back.")
    return _DEEDS[deed](payment, amount, of)


def _refund(payment: Payment, amount: int | None, of: str | None) -> Payment:
    wanted = _within(amount, payment.room.refundable, "captured and neither refunded nor disputed")
    if payments.why_not(payment, "refund", wanted):
        raise _senseless("This instrument refuses refunds.")
    refund = payments.observed(payment, "refund", wanted, "backoffice", None)
    return payments.with_operation(payment, refund, payments.moved(payment, "refund", wanted))


def _expire_rest(payment: Payment, amount: int | None, of: str | None) -> Payment:
    wanted = _within(amount, payment.room.held, "held")
    cancel = payments.observed(payment, "cancel", wanted, "bank", "expired")
    return payments.with_operation(payment, cancel, payments.moved(payment, "cancel", wanted))


def _reverse(payment: Payment, amount: int | None, of: str | None) -> Payment:
    was = payment.amounts
    _within(None, was.refundable + was.held, "captured or held")
    if amount in (None, was.captured + was.held):
        return payments.taken_back(payment, AT_BANK)
    wanted = _within(amount, payment.room.refundable, "captured and neither refunded nor disputed")
    reversal = payments.observed(payment, "reversal", wanted, "bank", AT_BANK)
    left = was.model_copy(update={"authorized": was.authorized - wanted, "captured": was.captured - wanted})
    return payments.with_operation(payment, reversal, left)


def _fail_capture(payment: Payment, amount: int | None, of: str | None) -> Payment:
    first = payment.authorization
    if first and payment.captures_at_once and of in (None, first.id) and amount in (None, first.amount):
        return payments.taken_back(payment, AT_BANK)
    capture = _newest(payment, "capture", amount, of)
    if capture.amount > payment.room.refundable:
        raise _senseless("What it took was refunded, disputed or carved since.")
    was = payment.amounts
    left = was.model_copy(update={"captured": was.captured - capture.amount})
    held_again = _failed(payment, capture).model_copy(update={"amounts": left})
    return _expire_rest(held_again, capture.amount, None) if payments.expired(payment) else held_again


def _fail_refund(payment: Payment, amount: int | None, of: str | None) -> Payment:
    refund, was = _newest(payment, "refund", amount, of), payment.amounts
    left = was.model_copy(update={"refunded": was.refunded - refund.amount})
    return _failed(payment, refund).model_copy(update={"amounts": left})


def _dispute(payment: Payment, amount: int | None, of: str | None) -> Payment:
    wanted = _within(amount, payment.room.refundable, "captured and neither refunded nor disputed")
    return disputes.opened(payment, wanted, of)


def _win(payment: Payment, amount: int | None, of: str | None) -> Payment:
    return disputes.closed(payment, _newest_dispute(payment, amount, of), "won")


def _lose(payment: Payment, amount: int | None, of: str | None) -> Payment:
    return disputes.closed(payment, _newest_dispute(payment, amount, of), "lost")


_DEEDS: dict[Deed, Callable[[Payment, int | None, str | None], Payment]] = {
    "refund": _refund,
    "expire_rest": _expire_rest,
    "reverse": _reverse,
    "fail_capture": _fail_capture,
    "fail_refund": _fail_refund,
    "dispute": _dispute,
    "win_dispute": _win,
    "lose_dispute": _lose,
}


def follow(payment: Payment, deed: Deed, of: str) -> Payment | None:
    """What a bank does by itself after `of`. If done already: the same payment. If no longer possible: None."""
    if _is_done(payment, deed, of):
        return payment
    if of not in {known for _, known in _causes(payment)}:
        return None  # it was never stored, or has failed
    try:
        return do(payment, deed, of=of)
    except PspError:
        return None


def _is_done(payment: Payment, deed: Deed, of: str) -> bool:
    operation = next((each for each in payment.operations if each.id == of), None)
    dispute = disputes.find(payment, of)
    if operation is not None:
        return operation.status == "reversed" or any(each.cause == of for each in payment.disputes)
    return dispute is not None and dispute.status == {"win_dispute": "won", "lose_dispute": "lost"}.get(deed)


def follow_ups(before: Payment | None, after: Payment) -> Iterator[tuple[FollowUp, str]]:
    """What will follow by itself from what is new in `after`, each with the id of its cause."""
    known = set(_causes(before)) if before else set()
    for cause, of in _causes(after):
        if (cause, of) not in known:
            yield from ((row, of) for row in after.instrument.follow_ups if row.cause == cause)


def _causes(payment: Payment) -> Iterator[tuple[str, str]]:
    for each in payment.operations:
        if each.status == "succeeded":
            captures = each.type == "authorize" and payment.captures_at_once
            yield "capture" if captures else each.type, each.id
    yield from (("dispute", each.id) for each in payment.disputes)


def _within(amount: int | None, available: int, what: str) -> int:
    wanted = available if amount is None else amount
    if not 1 <= wanted <= available:
        raise _senseless(f"{available} minor units are {what}.")
    return wanted


def _newest(payment: Payment, kind: Literal["capture", "refund"], amount: int | None, of: str | None) -> Operation:
    for each in reversed(payment.operations):
        if each.type == kind and each.status == "succeeded" and of in (None, each.id) and amount in (None, each.amount):
            return each
    raise _senseless(f"There is no such {kind} that has succeeded.")


def _newest_dispute(payment: Payment, amount: int | None, of: str | None) -> Dispute:
    for each in reversed(payment.disputes):
        if each.is_open and of in (None, each.id) and amount in (None, each.amount):
            return each
    raise _senseless("There is no such dispute that is open.")


def _failed(payment: Payment, operation: Operation) -> Payment:
    changed = operation.model_copy(update={"status": "reversed", "reason": AT_BANK})
    return payment.model_copy(
        update={"operations": tuple(changed if each is operation else each for each in payment.operations)}
    )


def _senseless(message: str) -> PspError:
    return invalid(message, "not_possible")
