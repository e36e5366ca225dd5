"""Asks a PSP for the outcome of a payment, and finishes what is still open (IS-14, GO-4).

The PSP's word leads. An operation that it does not know never reached it: a capture, cancel or refund is sent again
with the same key, so it is never executed twice. An authorization is closed at the PSP, so that a request still in
flight can authorize nothing, and the payment has FAILED.
"""

from datetime import datetime, timedelta

from tillgate.domain.orders.deadlines import checks_due
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.requests import close
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.psp.facts import Fact, no_news
from tillgate.domain.shared.refusals import NotFound
from tillgate.runtime.telemetry import count
from tillgate.use_cases.shared.changes import change, execute_requests, learn_facts, send_again
from tillgate.wiring import System

STILL_BEING_SENT = timedelta(seconds=20)  # longer than the timeout of the function that sends it


def ask_psp(system: System, order: Order, payment_id: str, *, cause: str, postpone: bool = False) -> Order:
    """The order after the PSP's answer. `postpone`: if there is nothing new, the next query comes later."""
    order = asked(system, order, payment_id, cause=cause) or order
    return _postpone(system, order, payment_id) if postpone else order


def asked(system: System, order: Order, payment_id: str, *, cause: str) -> Order | None:
    """The order after the PSP's answer; None if it could not be reached."""
    payment = order.payment(payment_id)
    if payment is None:
        raise NotFound("this order has no such payment")
    facts = system.connector(payment.connector).ask(payment)
    count("PspAsked", connector=payment.connector, answered=str(facts is not None))
    if facts is None:
        return None
    order = execute_requests(system, learn_facts(system, order, facts, cause=cause))
    return _finish_unheard(system, order, payment_id, facts)


def _finish_unheard(system: System, order: Order, payment_id: str, facts: list[Fact]) -> Order:
    heard = {fact.operation_id for fact in facts}
    payment = order.payment(payment_id)
    unheard = [op for op in payment.operations if op.operation_id not in heard] if payment else []
    for operation in unheard:
        if payment is None or not _was_lost(operation, system.now()):
            continue
        is_recorded = (order.share or payment.token) and order.ending is None
        if operation.type is not OperationType.AUTHORIZE or is_recorded:
            order = send_again(system, order, payment, operation)
        elif not any(op.type is OperationType.CLOSE and op.status.at_psp for op in payment.operations):
            order = _close(system, order, payment_id)
    return order


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
