"""Finds the operation that a PSP speaks of without naming it (IS-12): its connector names payment and capability."""

from tillgate.connectors.api import Routed
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Operation, OperationType
from tillgate.domain.psp.facts import Fact
from tillgate.use_cases.psp.ask_psp import ask_psp
from tillgate.wiring import System


def facts_of(system: System, order: Order, said: list[Routed], *, cause: str) -> tuple[list[Fact], bool]:
    """The facts, and whether something was said of what is not known (yet).

    Which of several equal operations is meant nobody here can tell: then the PSP is asked, who leads (IS-14).
    """
    facts: list[Fact] = []
    early = False
    for routed in said:
        found = _candidates(order, routed)
        if len(found) == 1:
            facts.append(_fact(routed, found[0]))
        elif found:
            ask_psp(system, order, routed.payment_id, cause=cause)
        else:
            early = True
    return facts, early


def _candidates(order: Order, routed: Routed) -> list[Operation]:
    payment = order.payment(routed.payment_id)
    operations = payment.operations if payment else ()
    same_kind = [operation for operation in operations if operation.type is routed.capability]
    if routed.amount is None or routed.capability is OperationType.AUTHORIZE:
        return same_kind
    return [operation for operation in same_kind if operation.amount == routed.amount]


def _fact(routed: Routed, operation: Operation) -> Fact:
    return Fact(
        routed.payment_id,
        operation.operation_id,
        routed.status,
        amount=routed.amount,
        reason_code=routed.reason_code,
    )
