"""Record, call, record: how every use case changes an order and calls a PSP.

    1. the operation is saved, its amount reserved        one read, one transaction
    2. the PSP is called, the operation's id is its key
    3. the outcome is saved                               one transaction

A process that dies between two steps leaves an operation that `ask_psp` finds and finishes. If the order was changed
in the meantime, it is read again and the decision is made again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tillgate.connectors.host.cases import Means
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import OperationRequested
from tillgate.domain.payments.limit_checks import is_emulated
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.domain.psp.bounded_texts import bounded
from tillgate.domain.psp.facts import Fact, learn
from tillgate.runtime.backoff import tries
from tillgate.runtime.telemetry import logger
from tillgate.store.shared.failures import Contended
from tillgate.store.shared.idempotency import Record
from tillgate.store.shared.transactions import LostRace, NoSuchShopper
from tillgate.use_cases.shared import kept_means
from tillgate.use_cases.shared.alarms import ring
from tillgate.use_cases.shared.blocked_instruments import marked
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.use_cases.shared.load_order import TRIES
from tillgate.use_cases.shared.load_order import ConcurrentChange as ConcurrentChange
from tillgate.use_cases.shared.load_order import load as load
from tillgate.use_cases.shared.means import for_call, keep_notes, recorded
from tillgate.use_cases.shared.milestones import count_milestones
from tillgate.use_cases.shared.save_instruments import keeping, not_kept
from tillgate.wiring import System

PATIENCE = 2.0  # seconds after which no further PSP call begins, as a merchant waits ten; the sweep does the rest


@dataclass(frozen=True, slots=True)
class Saved:
    """An order after a change, the saved events (none if nothing was new) and the requests that they promise."""

    order: Order
    events: list[Event]

    @property
    def requests(self) -> list[OperationRequested]:
        return [event for event in self.events if isinstance(event, OperationRequested)]


Decide = Callable[[Order], list[Event]]


def change(
    system: System,
    order_key: str,
    decide: Decide,
    *,
    actor: Actor,
    cause: str,
    merchant_id: str | None = None,
    record: Callable[[list[Event]], Record | None] = lambda _: None,
    beside: Sequence[dict[str, Any]] = (),
) -> Saved:
    """Reads the order and saves the events that `decide` returns; writes nothing if there are none."""
    for _ in tries(TRIES):
        order = load(system, order_key, merchant_id)
        events = decide(order)
        if not events:
            return Saved(order, [])
        try:
            return _saved(order, system.orders.save(order, events, actor, cause, record(events), beside), events)
        except LostRace:
            continue
    raise ConcurrentChange


def learn_facts(
    system: System,
    order: Order,
    facts: list[Fact],
    *,
    cause: str,
    record: Record | None = None,
    beside: Sequence[dict[str, Any]] = (),
) -> Saved:
    """Saves what is new in the facts. `order` may be stale: it is read again if it has changed.

    `beside`: writes that belong to what is new.
    """
    facts = marked(system, order, [bounded(fact) for fact in facts])
    for _ in tries(TRIES):
        events = learn(order, facts, system.now())
        if not events:
            return Saved(order, [])
        try:
            more = [*beside, *keeping(system, order, events, facts), *kept_means.forgetting(system, order, events)]
            return _saved(order, system.orders.save(order, events, Actor.PSP, cause, record, more), events)
        except NoSuchShopper:
            facts = not_kept(system, order, facts)
        except (LostRace, Contended):  # a PSP's facts are worth more attempts
            order = load(system, order.order_key)
    raise ConcurrentChange


def execute_requests(
    system: System,
    saved: Saved,
    *,
    guard: IdempotencyGuard | None = None,
    subject: str | None = None,
    means: Means | None = None,
    heard: list[Fact] | None = None,
) -> Order:
    """Sends the promised requests and those that follow from their outcomes, and saves each outcome.

    `means`: what a payment that begins is authorized with. `heard` takes what the PSP has answered.
    """
    order, requests = saved.order, saved.requests
    kept = False
    deadline = system.clock() + PATIENCE
    while requests and system.clock() < deadline:
        request = requests.pop(0)
        facts = _send(system, order, request, means)
        if heard is not None:
            heard += facts
        record = guard.ends(subject) if guard else None
        beside = kept_means.keeping(system, order, request, facts, means)
        outcome = learn_facts(system, order, facts, cause="answer", record=record, beside=beside)
        order, kept = outcome.order, bool(outcome.events)
        requests += outcome.requests
    if guard and not kept:
        guard.finish(order, subject)
    return order


def _send(system: System, order: Order, request: OperationRequested, means: Means | None) -> list[Fact]:
    payment = order.payment(request.payment_id)
    operation = payment.operation(request.operation_id) if payment else None
    if payment is None or operation is None:
        raise ValueError(f"{request.operation_id} was not saved")
    return _ask(system, order, payment, operation, means, first=True)


def send_again(
    system: System, order: Order, payment: Payment, operation: Operation, means: Means | None = None
) -> Order:
    """Repeats a request whose outcome is unknown, with the same key: the PSP executes it once."""
    facts = _ask(system, order, payment, operation, means)
    return execute_requests(system, learn_facts(system, order, facts, cause="sent again"))


def _ask(
    system: System, order: Order, payment: Payment, operation: Operation, means: Means | None, *, first: bool = False
) -> list[Fact]:
    facts = _call(system, order, payment, operation, means, first)
    mine = next((fact for fact in facts if fact.operation_id == operation.operation_id), None)
    outcome = mine.status if mine else "none"
    logger.info(
        "psp answered", extra={"payment_id": payment.payment_id, "operation": operation.type, "outcome": outcome}
    )
    return facts


def _call(
    system: System, order: Order, payment: Payment, operation: Operation, means: Means | None, first: bool
) -> list[Fact]:
    psp = system.psp(payment.connector, order.merchant_id, payment.mode)
    if operation.type is OperationType.CLOSE:
        return psp.close(order, payment, operation, for_call(system, order, payment))
    if operation.type is OperationType.CANCEL and is_emulated(payment, operation):
        return [Fact(payment.payment_id, operation.operation_id, OperationStatus.SUCCEEDED)]
    if operation.type is not OperationType.AUTHORIZE:
        return psp.perform(order, payment, operation, for_call(system, order, payment))
    if known := recorded(system, order, payment):
        return psp.authorize(order, payment, operation, known)
    if means is None:  # it was begun by a process that has died, and nobody has what it was to be paid with
        return [Fact(payment.payment_id, operation.operation_id, OperationStatus.UNKNOWN)]
    facts = psp.authorize(order, payment, operation, means, first=first)
    shopper_key = order.terms.shopper_key if payment.instrument or payment.saves_as else None
    keep_notes(system, psp.name, order.merchant_id, shopper_key, payment.mode, means.shopper_memory, facts)
    return facts


def _saved(before: Order, order: Order, events: list[Event]) -> Saved:
    ring(order, events)
    count_milestones(before, order)
    logger.info("order changed", extra={"order_key": order.order_key, "status": order.status, "version": order.version})
    return Saved(order, events)


def operate(
    system: System,
    merchant_id: str,
    order_key: str,
    decide: Decide,
    guard: IdempotencyGuard,
    subject: str | None = None,
) -> Order:
    """Executes a merchant's request on an order: decides, saves, calls the PSP and saves the outcome."""

    def record(events: list[Event]) -> Record | None:
        promises = any(isinstance(event, OperationRequested) for event in events)
        return guard.begins(subject) if promises else guard.at_once(subject)

    def expected(order: Order) -> list[Event]:
        guard.expect(order)
        return decide(order)

    saved = change(
        system, order_key, expected, actor=Actor.MERCHANT, cause="api", merchant_id=merchant_id, record=record
    )
    if not saved.events:
        guard.nothing_to_do(saved.order, subject)
    return execute_requests(system, saved, guard=guard, subject=subject) if saved.requests else saved.order
