"""Alerts operators at once, through metrics that the template's alarms watch (EV-7, GO-4)."""

from tillgate.domain.operators.work_list import LONG
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.orders.order_events import OrderEnded
from tillgate.domain.orders.reactions import GAVE_UP
from tillgate.domain.payments.events import CheckPutOff, FactRefused, OutcomeLearned, SettlementReported, TraceLost
from tillgate.domain.payments.operations import Actor, OperationStatus
from tillgate.runtime.telemetry import count, logger


def ring(order: Order, events: list[Event]) -> None:
    """Raises the alarm `OperatorNeeded`; its log line gives the reason and the order."""
    for why in filter(None, (_why(order, event) for event in events)):
        count("OperatorNeeded")
        logger.error("an operator is needed", extra={"order_key": order.order_key, "why": why})
    outcomes = [event for event in events if isinstance(event, OutcomeLearned)]
    if any(event.blocked for event in outcomes):
        logger.warning("a blocked instrument has paid; its money goes back", extra={"order_key": order.order_key})
    if any(event.surplus and not event.blocked for event in outcomes):
        count("UnwantedMoney")
        logger.warning("money came that nothing was open for; it goes back", extra={"order_key": order.order_key})


def _why(order: Order, event: Event) -> str | None:
    if isinstance(event, FactRefused):
        return f"a PSP's word cannot be true: {event.why}"
    if isinstance(event, SettlementReported) and event.difference:
        return f"a settlement report differs: {event.difference}"
    if isinstance(event, TraceLost):
        return f"nobody can tell what became of {event.payment_id}"
    if isinstance(event, OrderEnded) and event.status is OrderStatus.MANUAL_INTERVENTION_NEEDED:
        return "what the order held could not be given back"
    if isinstance(event, OutcomeLearned):
        return _of_outcome(order, event)
    if isinstance(event, CheckPutOff):
        payment = order.payment(event.payment_id)
        operation = payment.operation(event.operation_id) if payment else None
        waits = operation and payment and (operation.status.at_psp or payment.awaits_booking)
        if operation and waits and operation.checks == LONG:  # a bank may take weeks for a dispute
            return f"{event.operation_id} has had no outcome for hours"
    return None


def _of_outcome(order: Order, event: OutcomeLearned) -> str | None:
    if _was_owed_and_refused(order, event):
        return f"{event.payment_id} could not be given back: {event.operation_id}"
    if _is_to_be_transferred(order, event):
        return f"the refund {event.operation_id} has to be transferred by hand"
    if _vendors_have_it(order, event):
        return f"{event.payment_id} was taken back by the bank; vendors have been given money of it"
    return None


def _is_to_be_transferred(order: Order, event: OutcomeLearned) -> bool:
    """Reported once, when it begins to wait: there is no PSP that could be asked about it later."""
    payment = order.payment(event.payment_id)
    operation = payment.operation(event.operation_id) if payment else None
    return event.status is OperationStatus.PENDING and operation is not None and operation.waits_for_person


def _vendors_have_it(order: Order, event: OutcomeLearned) -> bool:
    """When the bank reverses a payment, its vendors are debited. A vendor that has been paid out owes the amount."""
    payment = order.payment(event.payment_id)
    given = payment is not None and payment.kind == "technical" and (payment.allotted or payment.vendors.authorized)
    return event.status is OperationStatus.REVERSED and bool(given)


def _was_owed_and_refused(order: Order, event: OutcomeLearned) -> bool:
    """The system had to give money back and was refused; the order goes on or is over. A stuck ending alarms itself."""
    payment = order.payment(event.payment_id)
    operation = payment.operation(event.operation_id) if payment else None
    gave_up = payment is not None and payment.status in GAVE_UP and event.status is OperationStatus.FAILED
    stuck = order.ending is not None or order.ended is OrderStatus.MANUAL_INTERVENTION_NEEDED
    return gave_up and not stuck and operation is not None and operation.requested_by is Actor.SYSTEM
