"""For operators: resolves what needs manual work, with a name and a reason that stay in the history.

outcome      the outcome of an operation, as told by the PSP's staff or back office: if it has none, or failed; of the
             authorization that a bank has confirmed and not booked: whether the money came
set_aside    ignores what the PSP said of an operation: for an impossible fact
end_as       the final status of the order: from MANUAL_INTERVENTION_NEEDED, once no money is left to move
retry        repeats refused cancels and refunds that should have given money back, each with a new request
"""

from datetime import datetime

from tillgate.domain.operators.work_list import needs_look, takes_of_vendors
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.orders.order_events import OrderEnded
from tillgate.domain.orders.reactions import react
from tillgate.domain.payments.disputes import payment_id_of_dispute
from tillgate.domain.payments.events import FactSetAside, SettlementReported
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus
from tillgate.domain.payments.payment import Payment
from tillgate.domain.psp.facts import Fact, learn
from tillgate.domain.shared.refusals import OperationNotAllowed, Refusal
from tillgate.use_cases.orders.retry_ending import retry_ending
from tillgate.use_cases.shared.changes import change, execute_requests, load
from tillgate.use_cases.shared.idempotency import OtherVersion
from tillgate.wiring import System

RETRYING = 15.0  # seconds per call for retrying vendors; a repeated call continues
MOST_WORDS = 2_000  # they are stored in the history with the decision
ENDS = (OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.WITHDRAWN)
OUTCOMES = (OperationStatus.SUCCEEDED, OperationStatus.FAILED)


def resolve(
    system: System,
    order_key: str,
    *,
    by: str,
    reason: str,
    outcome: dict[str, str] | None = None,
    set_aside: str | None = None,
    end_as: str | None = None,
    retry: bool | None = None,
    version: int | None = None,
) -> tuple[Order, bool]:
    """Takes exactly one of the four. Returns the order, and whether it is done: a `retry` over many vendors may need
    further calls. Raises `Refusal` if it is not possible, and if the order is not at `version`.
    """
    check_who_and_why(by, reason)
    if sum(each is not None for each in (outcome, set_aside, end_as, retry or None)) != 1:
        raise Refusal("pass one of outcome, set_aside, end_as, retry")
    if retry:
        expect(load(system, order_key), version)
        return retry_ending(system, order_key, cause=f"{by}: {reason}", seconds=RETRYING)

    def decide(order: Order) -> list[Event]:
        expect(order, version)
        return decided(order, system.now(), by, reason, outcome=outcome, set_aside=set_aside, end_as=end_as)

    saved = change(system, order_key, decide, actor=Actor.OPERATOR, cause=f"{by}: {reason}")
    return execute_requests(system, saved), True


def decided(
    order: Order,
    now: datetime,
    by: str,
    reason: str,
    *,
    outcome: dict[str, str] | None = None,
    set_aside: str | None = None,
    end_as: str | None = None,
) -> list[Event]:
    """The events of one of the three. Raises `Refusal` if it is not possible."""
    if outcome is not None:
        return _outcome(order, outcome, now)
    if set_aside is not None:
        payment = _with_problem(order, set_aside)
        return [FactSetAside(payment_id=payment.payment_id, operation_id=set_aside, by=by, reason=reason, at=now)]
    return _end(order, end_as or "", reason, now)


def expect(order: Order, version: int | None) -> None:
    """Raises `OtherVersion` if the order is not at the version that an operator was shown."""
    if version is not None and order.version != version:
        raise OtherVersion(f"the order has changed since, it is now at version {order.version}; look at it again")


def check_who_and_why(by: str, reason: str) -> None:
    if not by.strip() or not reason.strip():
        raise Refusal("pass who decides (by) and why (reason)")
    if len(by) + len(reason) > MOST_WORDS:
        raise Refusal(f"by and reason are limited to {MOST_WORDS} characters together")


def _outcome(order: Order, told: dict[str, str], now: datetime) -> list[Event]:
    payment, operation = find_operation(order, told.get("operation_id", ""))
    status = told.get("status")
    if status not in OUTCOMES:
        raise Refusal(f"status must be one of {', '.join(OUTCOMES)}")
    unbooked = payment.awaits_booking and operation is payment.authorization
    if unbooked and status == OperationStatus.SUCCEEDED:
        return _booked(order, payment, now)
    became = OperationStatus.REVERSED if unbooked else OperationStatus(status)
    fact = Fact(payment.payment_id, operation.operation_id, became)
    events = learn(order, [fact], now)
    if not events:
        raise OperationNotAllowed(f"{operation.operation_id} is already {operation.status}")
    if events[0].type == "fact_refused":
        raise OperationNotAllowed(f"{operation.operation_id} cannot have {status}: {events[0].why}")
    return events


def _booked(order: Order, payment: Payment, now: datetime) -> list[Event]:
    """The money that a bank had confirmed has come: it can be given back now."""
    booked = SettlementReported(
        payment_id=payment.payment_id, status=PaymentStatus.SETTLED, report="an operator's word", at=now
    )
    return [booked, *react(evolve(order, booked), now)]


def _with_problem(order: Order, of: str) -> Payment:
    """The payment of an operation or dispute that has a problem."""
    disputed = order.payment(payment_id_of_dispute(of))
    dispute = disputed.dispute(of) if disputed else None
    if disputed and dispute:
        payment, has_problem = disputed, takes_of_vendors(disputed, dispute)
    else:
        payment, operation = find_operation(order, of)
        has_problem = bool(operation.contradictions or payment.difference or needs_look(payment, operation))
    if not has_problem:
        raise OperationNotAllowed(f"{of} has no problem to set aside")
    return payment


def _end(order: Order, status: str, reason: str, now: datetime) -> list[Event]:
    if status not in ENDS:
        raise Refusal(f"end_as must be one of {', '.join(ENDS)}")
    if order.ended is not OrderStatus.MANUAL_INTERVENTION_NEEDED:
        raise OperationNotAllowed(f"the order is {order.status}")
    left = [payment.payment_id for payment in order.payments if payment.held or _is_kept(payment)]
    if left or order.pending:
        raise OperationNotAllowed(f"money has not been returned yet: {', '.join(left) or 'an operation is at the PSP'}")
    return [OrderEnded(status=OrderStatus(status), actor=Actor.OPERATOR, reason=reason, at=now)]


def _is_kept(payment: Payment) -> bool:
    """Part of what was captured is neither refunded nor taken by a dispute."""
    return payment.captured > payment.refunded + payment.lost_to_disputes


def find_operation(order: Order, operation_id: str) -> tuple[Payment, Operation]:
    for payment in order.payments:
        operation = payment.operation(operation_id)
        if operation:
            return payment, operation
    raise Refusal(f"this order has no operation {operation_id}")
