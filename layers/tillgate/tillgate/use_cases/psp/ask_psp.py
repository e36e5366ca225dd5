"""Asks a PSP for the outcome of a payment, and finishes what is still open (IS-14, GO-4).

The PSP's word leads. An operation that it does not know never reached it: a capture, cancel or refund is sent again
with the same key, so it is never executed twice. An authorization is closed at the PSP, so that a request still in
flight can authorize nothing, and the payment has FAILED.

A PSP executes a repeated request once only for so long (`Manifest.key_window`); after that nothing is repeated:

| the PSP | within the window | after it |
| --- | --- | --- |
| can be asked by our key, and does not have it | it is sent again; an authorization is closed | it has FAILED; so |
| can be asked by its own reference only, or not at all | it is sent again, and answered as the first time | nothing |

What nobody can tell any more ends with the authorization's life, by an alarm (`TraceLost`).
"""

from datetime import datetime, timedelta

from tillgate.domain.orders.deadlines import checks_due
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.requests import close
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.domain.psp.facts import Fact, no_news
from tillgate.domain.shared.refusals import NotFound
from tillgate.use_cases.shared.changes import change, execute_requests, learn_facts, send_again
from tillgate.use_cases.shared.kept_means import kept
from tillgate.use_cases.shared.means import for_call
from tillgate.wiring import System

STRANGERS_WAIT = 3.0  # seconds between two questions about a payment that somebody without a token causes
STILL_BEING_SENT = timedelta(seconds=20)  # longer than the timeout of the function that sends it


def ask_psp(system: System, order: Order, payment_id: str, *, cause: str, postpone: bool = False) -> Order:
    """The order after the PSP's answer. `postpone`: if there is nothing new, the next query comes later."""
    order = asked(system, order, payment_id, cause=cause) or order
    return _postpone(system, order, payment_id) if postpone else order


def ask_for_stranger(system: System, order: Order, payment_id: str, *, cause: str) -> Order | None:
    """The same for somebody who proves nothing; None if somebody has had the PSP asked a moment ago (ADR 128)."""
    return ask_psp(system, order, payment_id, cause=cause) if may_ask(system, payment_id) else None


def may_ask(system: System, payment_id: str) -> bool:
    """Whether no stranger has had its PSP asked for a few seconds; then it counts as asked now."""
    return system.guards.first_in(f"ASKED#{payment_id}", STRANGERS_WAIT, system.now())


def asked(system: System, order: Order, payment_id: str, *, cause: str) -> Order | None:
    """The order after the PSP's answer; None if it could not be reached."""
    payment = order.payment(payment_id)
    if payment is None:
        raise NotFound("this order has no such payment")
    psp = system.psp(payment.connector, order.merchant_id, payment.mode)
    facts = psp.ask(order, payment, for_call(system, order, payment))
    if facts is None:
        return _repeated(system, order, payment)
    order = execute_requests(system, learn_facts(system, order, facts, cause=cause))
    return _finish_unheard(system, order, payment_id, facts)


def _repeated(system: System, order: Order, payment: Payment) -> Order | None:
    """Where asking cannot tell, repeating does, within the key window. None if there is nothing to repeat."""
    manifest = system.manifest(payment.connector)
    lost = [op for op in payment.operations if _was_lost(op, system.now()) and _is_repeatable(system, payment, op)]
    if manifest.ask == "ours" or not lost:
        return None
    after: Order | None = None
    for operation in lost:
        means = None
        if operation.type is OperationType.AUTHORIZE and not _is_recorded(order, payment):
            means = kept(system, order, payment)
            if means is None:
                continue
        after = send_again(system, after or order, payment, operation, means)
    return after


def _is_repeatable(system: System, payment: Payment, operation: Operation) -> bool:
    window = system.manifest(payment.connector).key_window
    return window is None or system.now() < operation.requested_at + window


def _is_recorded(order: Order, payment: Payment) -> bool:
    return order.share is not None or payment.token is not None


def _finish_unheard(system: System, order: Order, payment_id: str, facts: list[Fact]) -> Order:
    heard = {fact.operation_id for fact in facts}
    payment = order.payment(payment_id)
    unheard = [op for op in payment.operations if op.operation_id not in heard] if payment else []
    for operation in unheard:
        if payment is None or not _was_lost(operation, system.now()):
            continue
        can_be_sent = _is_recorded(order, payment) and order.ending is None
        repeatable = _is_repeatable(system, payment, operation)
        if operation.type is not OperationType.AUTHORIZE and not repeatable:
            order = _never_done(system, order, payment, operation)
        elif operation.type is not OperationType.AUTHORIZE or (can_be_sent and repeatable):
            order = send_again(system, order, payment, operation)
        elif not any(op.type is OperationType.CLOSE and op.status.at_psp for op in payment.operations):
            order = _close(system, order, payment_id)
    return order


def _never_done(system: System, order: Order, payment: Payment, operation: Operation) -> Order:
    """The PSP certainly does not have it, and would not know a repetition as one: it has to be requested anew."""
    failed = Fact(payment.payment_id, operation.operation_id, OperationStatus.FAILED, reason_code="TRY_AGAIN_LATER")
    return execute_requests(system, learn_facts(system, order, [failed], cause="unknown to the PSP"))


def _was_lost(operation: Operation, now: datetime) -> bool:
    sent = operation.status is not OperationStatus.REQUESTED or operation.requested_at + STILL_BEING_SENT <= now
    return operation.status.at_psp and sent


def _close(system: System, order: Order, payment_id: str) -> Order:
    def decide(order: Order) -> list[Event]:
        payment = order.payment(payment_id)
        unsure = payment is not None and payment.status is PaymentStatus.PROCESSING
        closing = payment is not None and any(
            op.type is OperationType.CLOSE and op.status.at_psp for op in payment.operations
        )
        if payment is None or not unsure or closing:
            return []
        return [close(payment, PaymentStatus.FAILED, Actor.SYSTEM, system.now())]

    return execute_requests(
        system, change(system, order.order_key, decide, actor=Actor.SYSTEM, cause="unknown to the PSP")
    )


def _postpone(system: System, order: Order, payment_id: str) -> Order:
    """Postpones the next query for operations whose outcome is still open."""

    def decide(order: Order) -> list[Event]:
        due = (each for each in checks_due(order, system.now()) if each[0].payment_id == payment_id)
        return [event for each in due for event in no_news(order, *each, system.now())]

    return execute_requests(system, change(system, order.order_key, decide, actor=Actor.SYSTEM, cause="no news"))
