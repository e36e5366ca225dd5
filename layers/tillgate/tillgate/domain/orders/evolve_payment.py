"""How an event changes one payment of an order, and thereby the order: one small rule per event, all in `RULES`.

The rules for an outcome at the PSP are in `outcomes`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from tillgate.domain.orders.coverage import reopened, replaced, uncovered, with_released, with_returned
from tillgate.domain.orders.order import ORDER_WINDOW, Order
from tillgate.domain.payments.amounts_say import standing_with_vendors
from tillgate.domain.payments.disputes import Dispute
from tillgate.domain.payments.events import (
    AuthorizationEnriched,
    CheckPutOff,
    DisputeAnswered,
    DisputeLearned,
    FactRefused,
    FactSetAside,
    HoldEndsSoon,
    InstrumentSaved,
    MoneyReceived,
    OperationObserved,
    OperationRequested,
    OutcomeLearned,
    PageOpened,
    PaymentNoted,
    PaymentStarted,
    SettlementReported,
    TraceLost,
    VendorsSummed,
)
from tillgate.domain.payments.lifecycle import Cause, PaymentStatus
from tillgate.domain.payments.limits import Limits
from tillgate.domain.payments.operations import Actor, Contradiction, Operation, OperationStatus, OperationType
from tillgate.domain.payments.outcomes import enrich, learn, replace_operation, take_step
from tillgate.domain.payments.payment import Payment, VendorSums

S = PaymentStatus


def _payment_started(event: PaymentStarted, order: Order) -> Order:
    payment = Payment(
        payment_id=event.payment_id,
        method=event.method,
        connector=event.connector,
        amount=event.amount,
        capture=order.capture,
        status=S.PROCESSING,
        created_at=event.at,
        updated_at=event.at,
        return_url=event.return_url,
        instrument=event.instrument,
        saves_as=event.saves_as,
        recurring=event.recurring,
        fingerprint=event.fingerprint,
        kind=order.kind,
        refund_before_settled=event.refund_before_settled,
        limits=event.limits or Limits(),
        token=order.named[0].token if event.named else None,
        mode=event.mode,
        menu_key=event.menu_key,
    )
    return replace(order, payments=(*order.payments, payment), named=order.named[1:] if event.named else order.named)


def _instrument_saved(event: InstrumentSaved, order: Order) -> Order:
    return _on_payment(order, event.payment_id, None, lambda payment: replace(payment, instrument=event.token))


def _page_opened(event: PageOpened, order: Order) -> Order:
    return _on_payment(order, event.payment_id, event.at, lambda payment: take_step(payment, Cause.PAGE_OPENED, S.SEEN))


def _operation_requested(event: OperationRequested, order: Order) -> Order:
    operation = Operation(
        operation_id=event.operation_id,
        type=event.operation,
        amount=event.amount,
        status=OperationStatus.REQUESTED,
        requested_at=event.at,
        requested_by=event.actor,
        final=event.final,
        fee=event.fee,
        reason=event.reason,
        refund_reason=event.refund_reason,
        ends_as=event.ends_as,
        next_check_at=event.next_check_at,
    )
    if order.ending and event.actor is Actor.SYSTEM and event.operation in (OperationType.CANCEL, OperationType.REFUND):
        order = replace(order, ending=replace(order.ending, releasing=True))
    return _on_payment(
        order,
        event.payment_id,
        event.at,
        lambda payment: replace(payment, operations=(*payment.operations, operation)),
    )


def _operation_observed(event: OperationObserved, order: Order) -> Order:
    operation = Operation(
        operation_id=event.operation_id,
        type=event.operation,
        amount=event.amount,
        status=OperationStatus.OBSERVED,
        requested_at=event.at,
        requested_by=Actor.PSP,
        ends_as=event.ends_as,
        psp_reference=event.psp_reference,
    )
    return _on_payment(
        order,
        event.payment_id,
        event.at,
        lambda payment: replace(payment, operations=(*payment.operations, operation)),
    )


def _authorization_enriched(event: AuthorizationEnriched, order: Order) -> Order:
    return _on_payment(order, event.payment_id, event.at, lambda payment: enrich(payment, event))


def _payment_noted(event: PaymentNoted, order: Order) -> Order:
    def noted(payment: Payment) -> Payment:
        redirect = event.redirect if payment.awaits_shopper and event.redirect else payment.redirect
        return replace(
            payment,
            details={**payment.details, **(event.details or {})},
            memory={**payment.memory, **(event.memory or {})},
            redirect=redirect,
        )

    return _on_payment(order, event.payment_id, None, noted)


def _outcome_learned(event: OutcomeLearned, order: Order) -> Order:
    before = order.payment(event.payment_id)
    operation = before.operation(event.operation_id) if before else None
    if before is None or operation is None:
        raise ValueError(f"{event.operation_id} was never requested")
    payment = replaced(order, before, reopened(order, before, learn(before, operation, event)))
    if order.raised and before.authorized == 0 < payment.authorized:
        payment = replace(payment, towards_raise=order.raised.at, raise_base=order.raised.base_amount)
    if order.share and payment.authorization_expires_at:  # a part is held no longer than the payment it comes from
        payment = replace(payment, authorization_expires_at=order.expires_at)
    order = replace(order, payments=tuple(payment if p.payment_id == payment.payment_id else p for p in order.payments))
    order = with_released(order, before, payment, operation)
    order = with_returned(order, before, payment)
    if operation.type is OperationType.CLOSE and before.instructions and before.awaits_shopper and not order.invoice:
        # Nobody waits for the transfer any more, so the order need not wait weeks for it; but for another it has to.
        until = (p.waits_until for p in order.payments if p.instructions and p.awaits_shopper and p.waits_until)
        order = replace(order, expires_at=min(order.expires_at, max(event.at + ORDER_WINDOW, *until, event.at)))
    if event.waits_until and payment.awaits_shopper:  # an order stays open as long as a transfer may pay it
        order = replace(order, expires_at=max(order.expires_at, event.waits_until))
    taken_back = event.status is OperationStatus.REVERSED or operation.type is OperationType.REVERSAL
    return uncovered(order, payment, event.at) if taken_back and payment.covers < before.covers else order


def _dispute_learned(event: DisputeLearned, order: Order) -> Order:
    def learned(payment: Payment) -> Payment:
        known = payment.dispute(event.dispute_id)
        dispute = Dispute(
            dispute_id=event.dispute_id,
            psp_reference=event.psp_reference,
            amount=event.amount,
            status=event.status,
            reason=event.reason,
            opened_at=event.opened_at,
            revision=event.revision,
            evidence_due_at=event.evidence_due_at,
            answers=known.answers if known else (),
            acknowledged=known is not None and known.acknowledged,
        )
        return _with_dispute(payment, dispute)

    return _on_payment(order, event.payment_id, event.at, learned)


def _dispute_answered(event: DisputeAnswered, order: Order) -> Order:
    def answered(payment: Payment) -> Payment:
        known = payment.dispute(event.dispute_id)
        return _with_dispute(payment, replace(known, answers=(*known.answers, event.key))) if known else payment

    return _on_payment(order, event.payment_id, event.at, answered)


def _with_dispute(payment: Payment, dispute: Dispute) -> Payment:
    """Replaces the known version of the dispute, or adds it."""
    if payment.dispute(dispute.dispute_id) is None:
        return replace(payment, disputes=(*payment.disputes, dispute))
    disputes = (dispute if each.dispute_id == dispute.dispute_id else each for each in payment.disputes)
    return replace(payment, disputes=tuple(disputes))


def _check_put_off(event: CheckPutOff, order: Order) -> Order:
    def postpone(payment: Payment) -> Payment:
        return replace_operation(
            payment,
            event.operation_id,
            lambda op: replace(op, next_check_at=event.next_check_at, checks=op.checks + 1),
        )

    return _on_payment(order, event.payment_id, None, postpone)


def _trace_lost(event: TraceLost, order: Order) -> Order:
    def lost(payment: Payment) -> Payment:
        payment = replace_operation(
            payment,
            payment.authorization.operation_id,
            lambda op: replace(op, status=OperationStatus.FAILED, next_check_at=None),
        )
        return take_step(replace(payment, token=None), Cause.UNTRACEABLE, S.PROCESSING_EXPIRED)

    return _on_payment(order, event.payment_id, event.at, lost)


def _fact_refused(event: FactRefused, order: Order) -> Order:
    contradiction = Contradiction(event.status, event.amount, event.reason_code)

    def contradicted(payment: Payment) -> Payment:
        return replace_operation(
            payment, event.operation_id, lambda op: replace(op, contradictions=(*op.contradictions, contradiction))
        )

    return _on_payment(order, event.payment_id, None, contradicted)


def _hold_ends_soon(event: HoldEndsSoon, order: Order) -> Order:
    return _on_payment(order, event.payment_id, None, lambda payment: replace(payment, hold_end_told=event.ends_at))


def _vendors_summed(event: VendorsSummed, order: Order) -> Order:
    """A technical payment's amounts include its vendors'; its status is derived from them, not from a step."""
    before = order.payment(event.payment_id)
    if before is None:
        raise ValueError(f"{event.payment_id} was never started")
    was, sums = before.vendors, event.sums
    if before.is_gone:  # nothing is left to divide; the shopper keeps what was refunded
        refunded = before.refunded - was.refunded + sums.refunded
        gone = replace(before, refunded=refunded, vendors=sums)
        return _on_payment(order, event.payment_id, event.at, lambda _: gone)
    payment = _with_sums(replace(before, updated_at=event.at), sums)
    order = _on_payment(order, event.payment_id, None, lambda _: payment)
    if sums.standing > was.standing:  # a vendor got money after a split that was undone
        order = replace(order, split_undone=None)
    less = before.covers - payment.covers
    released = 0 if before.surplus else sums.cancelled - was.cancelled
    released = released if order.covered_once else min(0, released)  # money that is held again is always due again
    order = replace(order, released=max(0, order.released + released))
    order = with_returned(order, before, payment)
    return uncovered(order, payment, event.at) if less > released else order


def _with_sums(payment: Payment, sums: VendorSums) -> Payment:
    """What a bank took from vendors also reduces the technical payment, unless the bank reported it there already.

    If it did, and the vendors' captures failed as well, more was taken back than is captured: nothing is captured, and
    nothing that the bank has can be released.
    """
    was = payment.vendors
    lost = sums.taken_back - was.taken_back
    captured = _captured_itself(payment, booked=sums.refunded > was.refunded) + sums.captured
    captured -= lost if payment.taken_at_once and captured else 0
    cancelled = payment.succeeded(OperationType.CANCEL) + sums.cancelled
    lost = max(0, min(lost + min(0, captured), payment.authorized - cancelled - max(0, captured)))
    authorized, captured = payment.authorized - lost, max(0, captured)
    payment = replace(
        payment,
        authorized=authorized,
        captured=captured,
        cancelled=min(cancelled, authorized - captured),
        refunded=payment.refunded - was.refunded + sums.refunded,
        vendors=sums,
    )
    return replace(payment, status=standing_with_vendors(payment))


def _captured_itself(payment: Payment, *, booked: bool) -> int:
    """What a technical payment captured without its vendors; below zero by what the bank took back of them.

    `booked`: a bank payment that is refunded counts as captured, though no booking was reported yet.
    """
    captured = payment.taken if booked else payment.captured
    if captured:
        return captured - payment.vendors.captured
    own = payment.succeeded(OperationType.CAPTURE) - payment.succeeded(OperationType.REVERSAL)
    return min(own, -payment.vendors.captured)


def _fact_set_aside(event: FactSetAside, order: Order) -> Order:
    def set_aside(payment: Payment) -> Payment:
        dispute = payment.dispute(event.operation_id)
        if dispute:
            return _with_dispute(payment, replace(dispute, acknowledged=True))
        payment = replace_operation(
            payment, event.operation_id, lambda op: replace(op, contradictions=(), acknowledged=True)
        )
        return replace(payment, difference=None)

    return _on_payment(order, event.payment_id, None, set_aside)


def _settlement_reported(event: SettlementReported, order: Order) -> Order:
    def reported(payment: Payment) -> Payment:
        if event.difference:
            return replace(payment, difference=event.difference)
        payment = replace(payment, difference=None, settlement=event.status)
        if payment.confirmed:  # after a bank's confirmation nothing is captured: the money is here now
            payment = replace(payment, captured=payment.authorized)
        cause = Cause.SETTLED if event.status is S.SETTLED else Cause.MARKED
        unmoved = payment.status in (S.AUTHORIZED, S.CAPTURED, S.MARKED)  # a refund status stays
        return take_step(payment, cause, event.status) if unmoved else payment

    return _on_payment(order, event.payment_id, event.at, reported)


def _money_received(event: MoneyReceived, order: Order) -> Order:
    return _on_payment(
        order, event.payment_id, event.at, lambda payment: replace(payment, received=payment.received + event.amount)
    )


def _on_payment(order: Order, payment_id: str, at: datetime | None, change: Callable[[Payment], Payment]) -> Order:
    def changed(payment: Payment) -> Payment:
        payment = change(payment)
        return replace(payment, updated_at=at) if at else payment

    return replace(order, payments=tuple(changed(p) if p.payment_id == payment_id else p for p in order.payments))


RULES: dict[type[Any], Callable[[Any, Order], Order]] = {
    PaymentStarted: _payment_started,
    InstrumentSaved: _instrument_saved,
    PageOpened: _page_opened,
    OperationRequested: _operation_requested,
    OperationObserved: _operation_observed,
    AuthorizationEnriched: _authorization_enriched,
    PaymentNoted: _payment_noted,
    OutcomeLearned: _outcome_learned,
    DisputeLearned: _dispute_learned,
    DisputeAnswered: _dispute_answered,
    CheckPutOff: _check_put_off,
    TraceLost: _trace_lost,
    FactRefused: _fact_refused,
    HoldEndsSoon: _hold_ends_soon,
    VendorsSummed: _vendors_summed,
    FactSetAside: _fact_set_aside,
    SettlementReported: _settlement_reported,
    MoneyReceived: _money_received,
}
