"""What an outcome at the PSP makes of a payment, by the operation's type: one small rule each, all in `RULES`."""

from collections.abc import Callable
from dataclasses import replace

from tillgate.domain.payments.events import OutcomeLearned
from tillgate.domain.payments.lifecycle import Cause, PaymentStatus, step
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE, SHOPPER_WINDOW, Payment

S = PaymentStatus
SUCCEEDED = OperationStatus.SUCCEEDED


def learn(payment: Payment, operation: Operation, event: OutcomeLearned) -> Payment:
    """The payment after `event`. Raises `IllegalStep` where the lifecycle does not allow it."""
    decided = operation.type is OperationType.AUTHORIZE and not event.status.at_psp
    learned = replace(
        _with_outcome(payment, event),
        updated_at=event.at,
        psp_reference=event.psp_reference or payment.psp_reference,
        brand=event.brand or payment.brand,
        token=None if decided else payment.token,
    )
    rule = RULES.get((operation.type, event.status))
    return rule(learned, operation, event) if rule else learned


def standing(payment: Payment) -> PaymentStatus:
    """The status that the amounts alone give: what is held first, then what was taken, then what was given back."""
    if payment.held > 0:
        return S.PARTIALLY_CAPTURED if payment.captured else S.AUTHORIZED
    if payment.captured == 0:
        return S.CANCELLED
    if payment.refunded == 0:
        return S.CAPTURED
    return S.REFUNDED if payment.refunded == payment.captured else S.PARTIALLY_REFUNDED


def _standing_out(payment: Payment) -> PaymentStatus:
    """The same, but as long as something is held that should have been released, that stands out."""
    return S.CANCEL_FAILED if payment.status is S.CANCEL_FAILED and payment.held else standing(payment)


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
            reason_code=event.reason_code,
            next_check_at=event.next_check_at,
            disputes=tuple(dispute for dispute in op.disputes if dispute.status.rank > event.status.rank),
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
        authorization_expires_at=None if at_once or not payment.traits.lapses else event.at + AUTHORIZATION_LIFE,
    )
    return take_step(
        payment, Cause.AUTHORIZED_LATE if late else Cause.AUTHORIZED, S.CAPTURED if at_once else S.AUTHORIZED
    )


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
    payment = replace(
        payment,
        authorized=0,
        captured=0,
        cancelled=0,
        surplus=False,
        reason_code=event.reason_code,
        authorization_expires_at=None,
        settlement=None,
    )
    return take_step(payment, Cause.FAILED_LATER, target)


def _captured(payment: Payment, operation: Operation, event: OutcomeLearned) -> Payment:
    payment = replace(payment, captured=payment.captured + event.amount)
    if operation.final and payment.held > 0:
        payment = replace(payment, cancelled=payment.cancelled + payment.held)
    return take_step(payment, Cause.CAPTURED, _standing_out(payment))


def _cancelled(payment: Payment, operation: Operation, event: OutcomeLearned) -> Payment:
    payment = replace(payment, cancelled=payment.cancelled + event.amount)
    lapsed = operation.ends_as is S.EXPIRED
    lapsed = lapsed and payment.held == 0  # what is the vendors' lapses with them
    target = S.EXPIRED if lapsed and payment.captured == 0 else standing(payment)
    return take_step(payment, Cause.LAPSED if lapsed else Cause.CANCELLED, target)


def _refunded(payment: Payment, _: Operation, event: OutcomeLearned) -> Payment:
    payment = replace(payment, refunded=payment.refunded + event.amount)
    return take_step(payment, Cause.REFUNDED, _standing_out(payment))


def _closed(payment: Payment, operation: Operation, event: OutcomeLearned) -> Payment:
    """Nobody will come any more: the authorization is settled as failed; how the payment ends, the close had said."""
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
    """The PSP did not close it. Unless it tells what became of the authorization, the close is tried again later."""
    return replace(payment, waits_until=event.at + SHOPPER_WINDOW) if payment.awaits_shopper else payment


def _release_failed(payment: Payment, operation: Operation, event: OutcomeLearned) -> Payment:
    """A merchant's operation that is refused leaves the status as it was; one the system owes stands out."""
    if operation.requested_by is not Actor.SYSTEM:
        return payment
    target = S.CANCEL_FAILED if operation.type is OperationType.CANCEL else S.REFUND_FAILED
    return take_step(payment, Cause.GIVEN_UP, target)


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
    (OperationType.REFUND, OperationStatus.FAILED): _release_failed,
    (OperationType.CLOSE, OperationStatus.SUCCEEDED): _closed,
    (OperationType.CLOSE, OperationStatus.FAILED): _not_closed,
}
