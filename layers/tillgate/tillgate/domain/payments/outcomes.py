"""How an outcome at the PSP changes a payment: one small rule per operation type and status, all in `RULES`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tillgate.domain.payments.amounts_say import settled_or, standing, standing_out
from tillgate.domain.payments.events import AuthorizationEnriched, OutcomeLearned
from tillgate.domain.payments.lifecycle import Cause, PaymentStatus, step
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE, SHOPPER_WINDOW, Payment

S = PaymentStatus
SUCCEEDED = OperationStatus.SUCCEEDED
MOST_DOUBLED = 12  # 85 days


def learn(payment: Payment, operation: Operation, event: OutcomeLearned) -> Payment:
    """The payment after `event`. Raises `IllegalStep` where the lifecycle does not allow it."""
    decided = operation.type is OperationType.AUTHORIZE and not event.status.at_psp
    learned = replace(
        _with_outcome(payment, event),
        updated_at=event.at,
        psp_reference=_reference(payment, operation, event),
        brand=event.brand or payment.brand,
        fingerprint=event.fingerprint or payment.fingerprint,
        token=None if decided else payment.token,
    )
    rule = RULES.get((operation.type, event.status))
    return rule(learned, operation, event) if rule else learned


def enrich(payment: Payment, event: AuthorizationEnriched) -> Payment:
    """The payment after the PSP added details to an authorization that had already succeeded."""
    payment = replace(
        payment,
        updated_at=event.at,
        brand=payment.brand or event.brand,
        psp_reference=payment.psp_reference or event.psp_reference,
    )
    if event.expires_at and payment.authorization_expires_at:
        payment = replace(payment, authorization_expires_at=event.expires_at)
    if not event.captured:
        return payment
    payment = replace(payment, captured=payment.authorized - payment.cancelled, authorization_expires_at=None)
    return take_step(payment, Cause.CAPTURED, standing(payment))


def _reference(payment: Payment, operation: Operation, event: OutcomeLearned) -> str | None:
    """The payment's reference is its authorization's; other operations have their own."""
    if operation.type is OperationType.AUTHORIZE and event.psp_reference:
        return event.psp_reference
    return payment.psp_reference


def take_step(payment: Payment, cause: Cause, target: PaymentStatus) -> Payment:
    return replace(payment, status=step(payment.status, cause, target, payment.capture))


def replace_operation(payment: Payment, operation_id: str, change: Callable[[Operation], Operation]) -> Payment:
    operations = tuple(change(op) if op.operation_id == operation_id else op for op in payment.operations)
    return replace(payment, operations=operations)


def _with_outcome(payment: Payment, event: OutcomeLearned) -> Payment:
    return replace_operation(
        payment,
        event.operation_id,
        lambda op: replace(
            op,
            status=event.status,
            amount=event.amount,
            reason_code=None if op.type is OperationType.CLOSE and event.status is SUCCEEDED else event.reason_code,
            psp_reference=event.psp_reference or op.psp_reference,
            as_of=event.as_of or op.as_of,
            settled_at=event.at if op.type is OperationType.REFUND and event.status is SUCCEEDED else None,
            next_check_at=event.next_check_at,
            contradictions=tuple(
                contradiction for contradiction in op.contradictions if contradiction.status.rank > event.status.rank
            ),
        ),
    )


def _awaits_shopper(payment: Payment, _: Operation, event: OutcomeLearned) -> Payment:
    until = event.waits_until or event.at + SHOPPER_WINDOW
    payment = replace(payment, redirect=event.redirect, instructions=event.instructions, waits_until=until)
    return take_step(payment, Cause.SHOPPER_ASKED, S.CREATED)


def _at_bank(payment: Payment, _: Operation, __: OutcomeLearned) -> Payment:
    payment = replace(payment, redirect=None, waits_until=None)
    return payment if payment.status is S.PROCESSING else take_step(payment, Cause.TAKEN_UP, S.PROCESSING)


def _authorized(payment: Payment, _: Operation, event: OutcomeLearned) -> Payment:
    late = payment.status in (S.FAILED, S.WITHDRAWN, S.EXPIRED, S.PROCESSING_EXPIRED)
    at_once = event.captured
    payment = replace(
        payment,
        authorized=event.amount,
        captured=event.amount if at_once else 0,
        amount=event.amount if payment.traits.limited else payment.amount,
        surplus=event.surplus,
        redirect=None,
        waits_until=None,
        reason_code=None,
        authorization_expires_at=None if at_once or not payment.traits.lapses else _hold_ends(event),
    )
    return take_step(
        payment, Cause.AUTHORIZED_LATE if late else Cause.AUTHORIZED, S.CAPTURED if at_once else S.AUTHORIZED
    )


def _hold_ends(event: OutcomeLearned) -> datetime:
    """When the authorization hold ends: as the PSP says, else after seven days (TH-9)."""
    return event.expires_at or event.at + AUTHORIZATION_LIFE


def _refused(payment: Payment, _: Operation, event: OutcomeLearned) -> Payment:
    payment = replace(payment, reason_code=event.reason_code, redirect=None, waits_until=None)
    return take_step(payment, Cause.REFUSED, S.FAILED)


def _failed_later(payment: Payment, operation: Operation, event: OutcomeLearned) -> Payment:
    if payment.authorized == 0:  # the failure overtook the confirmation: both have happened
        payment = _authorized(payment, operation, event)
    taken = payment.vendors.captured > 0 or any(
        op.type is OperationType.CAPTURE and op.status is OperationStatus.SUCCEEDED for op in payment.operations
    )
    target = S.CAPTURE_VOIDED if taken and payment.status is not S.SETTLED else S.FAILED
    if payment.status in (S.CANCELLED, S.EXPIRED):  # already released: nothing is left that could fail
        return take_step(payment, Cause.FAILED_LATER, payment.status)
    is_part = payment.kind == "vendor"
    released = payment.cancelled if is_part else 0  # returned to the shopper, so no other vendor can get it
    payment = replace(
        payment,
        authorized=released,
        captured=0,
        cancelled=released,
        reopened=0,
        surplus=payment.surplus and is_part,
        reason_code=event.reason_code,
        authorization_expires_at=None,
        settlement=None,
    )
    return take_step(payment, Cause.FAILED_LATER, target)


def _captured(payment: Payment, operation: Operation, event: OutcomeLearned) -> Payment:
    payment = replace(payment, captured=payment.captured + event.amount)
    if operation.final and payment.held > 0:
        payment = replace(payment, cancelled=payment.cancelled + payment.held)
    return take_step(payment, Cause.CAPTURED, standing_out(payment))


def _cancelled(payment: Payment, operation: Operation, event: OutcomeLearned) -> Payment:
    if payment.is_gone and operation.status.at_psp:  # what went back to the shopper stays there
        more = event.amount if payment.kind == "vendor" else 0
        return replace(payment, authorized=payment.authorized + more, cancelled=payment.cancelled + more)
    payment = replace(payment, cancelled=payment.cancelled + event.amount)
    lapsed = operation.ends_as is S.EXPIRED
    lapsed = lapsed and payment.held == 0  # the vendors' share lapses with their payments
    target = S.EXPIRED if lapsed and payment.captured == 0 else standing_out(payment)
    return take_step(payment, Cause.LAPSED if lapsed else Cause.CANCELLED, target)


def _refunded(payment: Payment, _: Operation, event: OutcomeLearned) -> Payment:
    payment = replace(payment, captured=payment.taken, refunded=payment.refunded + event.amount)
    gone = payment.status in (S.CAPTURE_VOIDED, S.FAILED)
    return take_step(payment, Cause.REFUNDED, payment.status if gone else standing_out(payment))


def _capture_failed_later(payment: Payment, operation: Operation, _: OutcomeLearned) -> Payment:
    """The amount is held again and can be captured once more; if the hold is over, it lapses."""
    if operation.status is not SUCCEEDED or payment.is_gone:
        return payment
    return _taken_back(replace(payment, captured=payment.captured - operation.amount))


def _cancel_failed_later(payment: Payment, operation: Operation, event: OutcomeLearned) -> Payment:
    if operation.status is not SUCCEEDED:
        return _release_failed(payment, operation, event)
    if payment.is_gone:
        return payment
    payment = replace(payment, cancelled=payment.cancelled - operation.amount)
    owed = operation.requested_by is Actor.SYSTEM
    return take_step(payment, Cause.TAKEN_BACK, S.CANCEL_FAILED) if owed else _taken_back(payment)


def _refund_failed_later(payment: Payment, operation: Operation, event: OutcomeLearned) -> Payment:
    """The merchant has the money again. If the system owed the refund, the payment is REFUND_FAILED until a retry."""
    if operation.status is not SUCCEEDED:
        return _release_failed(payment, operation, event)
    refunded = payment.refunded - operation.amount
    payment = replace(payment, refunded=refunded, reopened=min(payment.reopened, refunded))
    owed = operation.requested_by is Actor.SYSTEM and payment.captured > refunded and payment.held == 0
    return take_step(payment, Cause.TAKEN_BACK, S.REFUND_FAILED) if owed else _taken_back(payment)


def _reversed(payment: Payment, _: Operation, event: OutcomeLearned) -> Payment:
    """The bank took back part of the captured money."""
    payment = replace(
        payment,
        captured=payment.captured - event.amount,
        authorized=payment.authorized - event.amount,
        reason_code=event.reason_code,
    )
    if payment.captured == 0 and payment.held == 0:
        return take_step(replace(payment, settlement=None), Cause.TAKEN_BACK, S.CAPTURE_VOIDED)
    return _taken_back(payment)


def _taken_back(payment: Payment) -> Payment:
    """Derives the status from the amounts after a success was taken back; a whole, settled payment stays settled."""
    return take_step(payment, Cause.TAKEN_BACK, settled_or(standing_out(payment), payment))


def _closed(payment: Payment, operation: Operation, event: OutcomeLearned) -> Payment:
    """The shopper is no longer awaited: the authorization has failed; the close says how the payment ends."""
    if not (payment.awaits_shopper or payment.status is S.PROCESSING):
        return payment
    payment = replace(payment, redirect=None, waits_until=None, token=None)
    payment = replace_operation(
        payment,
        payment.authorization.operation_id,
        lambda op: replace(op, status=OperationStatus.FAILED, next_check_at=None),
    )
    target = operation.ends_as or S.FAILED
    if target is S.FAILED:
        return take_step(replace(payment, reason_code=event.reason_code), Cause.REFUSED, S.FAILED)
    return take_step(payment, Cause.LAPSED if target is S.EXPIRED else Cause.WITHDRAWN, target)


def _not_closed(payment: Payment, _: Operation, event: OutcomeLearned) -> Payment:
    """The PSP did not close it. Unless it reports the authorization's outcome, the close is retried, with the delay
    doubled each time: a PSP that never closes must not fill the order."""
    refused = sum(op.type is OperationType.CLOSE and op.status is OperationStatus.FAILED for op in payment.operations)
    wait = SHOPPER_WINDOW * 2 ** (min(refused, MOST_DOUBLED) - 1)
    return replace(payment, waits_until=event.at + wait) if payment.awaits_shopper else payment


def _release_failed(payment: Payment, operation: Operation, event: OutcomeLearned) -> Payment:
    """A refused merchant operation changes no status; one owed by the system sets CANCEL_FAILED or REFUND_FAILED."""
    if operation.requested_by is not Actor.SYSTEM or operation.status is OperationStatus.FAILED:
        return payment
    if operation.type is OperationType.CANCEL:
        return take_step(payment, Cause.GIVEN_UP, S.CANCEL_FAILED)
    if payment.taken <= payment.refunded or (payment.held and not payment.confirmed):
        return payment  # the money was taken back meanwhile, or held money has to go back first
    return take_step(replace(payment, captured=payment.taken), Cause.GIVEN_UP, S.REFUND_FAILED)


_Rule = Callable[[Payment, Operation, OutcomeLearned], Payment]
RULES: dict[tuple[OperationType, OperationStatus], _Rule] = {
    (OperationType.AUTHORIZE, OperationStatus.AWAITING_SHOPPER): _awaits_shopper,
    (OperationType.AUTHORIZE, OperationStatus.PENDING): _at_bank,
    (OperationType.AUTHORIZE, OperationStatus.SUCCEEDED): _authorized,
    (OperationType.AUTHORIZE, OperationStatus.FAILED): _refused,
    (OperationType.AUTHORIZE, OperationStatus.REVERSED): _failed_later,
    (OperationType.CAPTURE, OperationStatus.SUCCEEDED): _captured,
    (OperationType.CANCEL, OperationStatus.SUCCEEDED): _cancelled,
    (OperationType.CANCEL, OperationStatus.FAILED): _release_failed,
    (OperationType.REFUND, OperationStatus.SUCCEEDED): _refunded,
    (OperationType.CAPTURE, OperationStatus.REVERSED): _capture_failed_later,
    (OperationType.CANCEL, OperationStatus.REVERSED): _cancel_failed_later,
    (OperationType.REFUND, OperationStatus.FAILED): _release_failed,
    (OperationType.REFUND, OperationStatus.REVERSED): _refund_failed_later,
    (OperationType.REVERSAL, OperationStatus.SUCCEEDED): _reversed,
    (OperationType.CLOSE, OperationStatus.SUCCEEDED): _closed,
    (OperationType.CLOSE, OperationStatus.FAILED): _not_closed,
}
