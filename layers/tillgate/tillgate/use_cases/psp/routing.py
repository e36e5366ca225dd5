"""Finds the operation that a PSP's fact is about if it names no request of ours (IS-12).

Identity is the PSP's own reference, never an amount: a known reference is that operation, a new one is an operation of
the PSP's own. If the fact has no reference, or may be about a request of ours whose answer was lost together with the
reference, the PSP is asked; its word leads (IS-14).
"""

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import OperationType
from tillgate.domain.psp.facts import Fact, operation_of
from tillgate.use_cases.psp.ask_psp import asked
from tillgate.wiring import System


def resolved(system: System, order: Order, facts: list[Fact], *, cause: str) -> tuple[list[Fact], bool]:
    """The facts whose operation is beyond doubt, and whether the PSP has answered about the others."""
    doubtful = [fact for fact in facts if _is_doubtful(order, fact)]
    told = True
    for payment_id in sorted({fact.payment_id for fact in doubtful}):
        after = asked(system, order, payment_id, cause=cause)
        of_it = (fact for fact in doubtful if fact.payment_id == payment_id and fact.psp_reference)
        told = told and after is not None and all(operation_of(after, fact) for fact in of_it)
    return [fact for fact in facts if fact not in doubtful], told


def _is_doubtful(order: Order, fact: Fact) -> bool:
    payment = order.payment(fact.payment_id)
    if payment is None or fact.dispute or fact.operation_id or fact.kind is OperationType.AUTHORIZE:
        return False
    if operation_of(order, fact):
        return False
    open_ones = (op for op in payment.operations if op.type is fact.kind and op.status.at_psp)
    return not fact.psp_reference or any(op.psp_reference is None for op in open_ones)
