"""For operators: confirms that a refund was transferred by bank (IS-18). Whatever waited for it continues.

The receiving account is optional. Its check digits are verified, and only its country and its last four characters
stay in the history: the bank's statement has the rest, and what is kept for ever identifies nobody (GO-7).
"""

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor, OperationStatus
from tillgate.domain.psp.creditor_reference import is_iban, plain
from tillgate.domain.psp.facts import Fact, learn
from tillgate.domain.shared.identifiers import aggregate_key_of
from tillgate.domain.shared.refusals import NotFound, OperationNotAllowed, Refusal
from tillgate.use_cases.operators.resolve import check_who_and_why, expect, find_operation
from tillgate.use_cases.shared.changes import change, execute_requests
from tillgate.wiring import System


def mark_transferred(
    system: System, operation_id: str, *, by: str, reason: str, iban: str | None = None, version: int | None = None
) -> Order:
    """The order after it. Raises a `Refusal` unless this operation waits for a manual transfer."""
    check_who_and_why(by, reason)
    if iban and not is_iban(iban):
        raise Refusal("these are not the check digits of an IBAN", "/iban")
    payment_id = operation_id.rpartition("_")[0]

    def decide(order: Order) -> list[Event]:
        expect(order, version)
        _, operation = find_operation(order, operation_id)
        if not operation.waits_for_person:
            raise OperationNotAllowed(f"{operation_id} is {operation.status} and waits for no transfer")
        return learn(order, [Fact(payment_id, operation_id, OperationStatus.SUCCEEDED)], system.now())

    cause = f"{by}: {reason}" + (f" (transferred to {_masked(iban)})" if iban else "")
    return execute_requests(system, change(system, _order_key(payment_id), decide, actor=Actor.OPERATOR, cause=cause))


def _order_key(payment_id: str) -> str:
    try:
        return aggregate_key_of(payment_id)
    except NotFound:
        raise NotFound("there is no such operation") from None


def _masked(iban: str) -> str:
    return f"{plain(iban)[:2]}..{plain(iban)[-4:]}"
