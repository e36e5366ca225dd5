"""Explores every state that a small order can reach: breadth first, by every move, until there are no new ones (ONE-2).

Two orders are the same state if exactly the same can happen to them: instants are left out (each timer may fire at any
moment), and so is what no longer matters, such as the ids of operations that succeeded.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from unittest.mock import patch

from proofs.exploration.moves import NOW, Move, Scenario, moves
from proofs.exploration.properties import broken_between, broken_in, is_settled
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order, Terms
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.payments import outcomes
from tillgate.domain.payments.events import FactRefused
from tillgate.domain.payments.lifecycle import Capture, Cause, PaymentStatus, step
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.domain.psp.facts import CAN_FAIL_LATER, learn

State = tuple[object, ...]
TakenStep = tuple[PaymentStatus, Cause, PaymentStatus, Capture]


@dataclass
class Findings:
    """The findings of an exploration. `flaws` are descriptions with the way that leads there; empty if all holds."""

    states: int = 0
    transitions: int = 0
    refused_facts: int = 0
    moves: Counter[str] = field(default_factory=Counter)
    steps: set[TakenStep] = field(default_factory=set)
    flaws: list[str] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        self.states += other.states
        self.transitions += other.transitions
        self.refused_facts += other.refused_facts
        self.moves += other.moves
        self.steps |= other.steps
        self.flaws += other.flaws


def together(scenarios: Iterable[Scenario]) -> Findings:
    """The combined findings of the scenarios."""
    total = Findings()
    for scenario in scenarios:
        total.add(explore(scenario))
    return total


def explore(scenario: Scenario, most_flaws: int = 5) -> Findings:
    """Visits every state once. Stops early when it has found enough flaws."""
    found = Findings()
    with _recorded_steps(found.steps):
        _Walk(scenario, found, most_flaws).run()
    return found


class _Walk:
    def __init__(self, scenario: Scenario, found: Findings, most_flaws: int) -> None:
        self.scenario = scenario
        self.found = found
        self.most_flaws = most_flaws
        start = _new_order(scenario)
        self.orders = [start]
        self.numbers = {state_of(start, scenario): 0}
        self.came_by: list[tuple[int, str] | None] = [None]
        self.before: list[list[int]] = [[]]  # the states from which the PSP's word or time alone lead here
        self.queue = deque([0])

    def run(self) -> None:
        while self.queue and len(self.found.flaws) < self.most_flaws:
            number = self.queue.popleft()
            order = self.orders[number]
            self._note(broken_in(order), number)
            for move in moves(order, self.scenario):
                if move.events:
                    self._follow(number, order, move)
        self.found.states = len(self.orders)
        if not self.found.flaws:
            self._note_where_it_never_rests()

    def _follow(self, number: int, order: Order, move: Move) -> None:
        after = order
        for event in move.events:
            after = evolve(after, event)
        self.found.transitions += 1
        self.found.moves[move.who] += 1
        self.found.refused_facts += any(isinstance(event, FactRefused) for event in move.events)
        flaws = broken_between(order, after)
        if move.fact and learn(after, [move.fact], NOW):
            flaws.append("A fact that is told twice changes nothing the second time.")
        target = self._number(after, number, move)
        if flaws:
            self._note(flaws, number, f"{move.who}: {move.what}")
        if move.who in ("psp", "time"):
            self.before[target].append(number)

    def _number(self, order: Order, came_from: int, move: Move) -> int:
        state = state_of(order, self.scenario)
        number = self.numbers.get(state)
        if number is None:
            number = self.numbers[state] = len(self.orders)
            self.orders.append(order)
            self.before.append([])
            self.came_by.append((came_from, f"{move.who}: {move.what}"))
            self.queue.append(number)
        return number

    def _note_where_it_never_rests(self) -> None:
        """From every state, the PSP and time alone can lead to rest, without the merchant."""
        resting = [number for number, order in enumerate(self.orders) if is_settled(order)]
        reached = set(resting)
        while resting:
            new = [number for number in self.before[resting.pop()] if number not in reached]
            reached.update(new)
            resting += new
        for number in range(len(self.orders)):
            if number not in reached:
                self._note(["Everything comes to rest by what the PSP says and by time alone."], number)

    def _note(self, flaws: list[str], number: int, last: str | None = None) -> None:
        if flaws and len(self.found.flaws) < self.most_flaws:
            way = [*self._way(number), *([last] if last else [])]
            self.found.flaws += [f"{self.scenario.name}: {flaw}\n    " + "\n    ".join(way) for flaw in flaws]

    def _way(self, number: int) -> list[str]:
        way: list[str] = []
        step = self.came_by[number]
        while step:
            way.append(step[1])
            step = self.came_by[step[0]]
        return way[::-1]


def _new_order(scenario: Scenario) -> Order:
    return evolve(
        None,
        OrderCreated(
            order_key="ord_1",
            merchant_id="mer_1",
            order_reference="A-1",
            amount=scenario.amount,
            currency="EUR",
            capture=scenario.capture,
            expires_at=NOW + timedelta(hours=2),
            terms=Terms(max_open_tenders=scenario.max_open_tenders),
            at=NOW,
        ),
    )


def state_of(order: Order, scenario: Scenario) -> State:
    """The parts of an order that can affect what happens next."""
    asked = sum(op.requested_by is Actor.MERCHANT for payment in order.payments for op in payment.operations[1:])
    return (
        order.amount,
        order.status,
        order.released,
        order.returned,
        order.covered_once,
        order.ending and (order.ending.target, order.ending.releasing),
        order.ended,
        order.safe and order.safe.level,
        order.raised and order.raised.base_amount,
        asked,
        *(_payment_state(payment, scenario) for payment in order.payments),
        *(order.raised is not None and payment.towards_raise == order.raised.at for payment in order.payments),
    )


def _payment_state(payment: Payment, scenario: Scenario) -> State:
    closes = (op for op in payment.operations if op.type is OperationType.CLOSE)
    others = (op for op in payment.operations[1:] if _can_still_matter(op, scenario))
    return (
        payment.method,
        payment.amount,
        payment.status,
        payment.authorized,
        payment.captured,
        payment.cancelled,
        payment.refunded,
        payment.received,
        payment.reopened,
        payment.taken_back,
        payment.settlement,
        payment.surplus,
        sum(op.requested_by is Actor.PSP for op in payment.operations) if scenario.unasked else 0,
        _operation_state(payment.authorization),
        any(op.status is OperationStatus.FAILED for op in closes),
        tuple(sorted(_operation_state(op) for op in others)),
    )


def _can_still_matter(operation: Operation, scenario: Scenario) -> bool:
    """It is in flight, or the PSP may still report that it did not fail."""
    contradicted = operation.type in scenario.contradicts and operation.type is not OperationType.CLOSE
    fails_late = scenario.fails_late and operation.type in CAN_FAIL_LATER
    late = fails_late and operation.status in (OperationStatus.SUCCEEDED, OperationStatus.REVERSED)
    open_yet = operation.status.at_psp or operation.status is OperationStatus.OBSERVED
    return open_yet or late or (operation.status is OperationStatus.FAILED and contradicted)


def _operation_state(operation: Operation) -> tuple[str, ...]:
    """For a request in flight, its last known status makes no difference, except an authorization's PENDING."""
    pending = operation.status is OperationStatus.PENDING and operation.type is OperationType.AUTHORIZE
    moving = operation.status.at_psp and not pending
    return (
        operation.type,
        str(operation.amount),
        OperationStatus.REQUESTED if moving else operation.status,
        str(operation.final),
        str(operation.requested_by is Actor.SYSTEM),
        str(operation.requested_by is Actor.PSP),
        operation.ends_as or "",
        *(contradiction.status for contradiction in operation.contradictions),
    )


@contextmanager
def _recorded_steps(steps: set[TakenStep]) -> Iterator[None]:
    """Every step of the lifecycle that is taken in the meantime."""

    def recorded(source: PaymentStatus, cause: Cause, target: PaymentStatus, capture: Capture) -> PaymentStatus:
        taken = step(source, cause, target, capture)
        steps.add((source, cause, target, capture))
        return taken

    with patch.object(outcomes, "step", recorded):
        yield
