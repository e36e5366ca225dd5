"""The merchant answers a dispute: with evidence, or by accepting it (GO-6).

An answer is recorded before it is sent, as with every request to a PSP. Its key is derived from its content, so a
repetition after a lost response has no second effect. Only the PSP decides the outcome of a dispute. The evidence is
not stored here, as it contains a shopper's purchase and address.
"""

import hashlib
from collections.abc import Callable

from tillgate.connectors.host.psp import Psp
from tillgate.connectors.v1 import NotAccepted
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.disputes import DisputeAnswer, DisputeStatus, Evidence
from tillgate.domain.payments.events import DisputeAnswered
from tillgate.domain.payments.operations import Actor
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shared.refusals import CapabilityNotSupported, OperationNotAllowed, PspUnavailable
from tillgate.use_cases.payments.list_disputes import Disputed, dispute_of, find_dispute, load_of_dispute
from tillgate.use_cases.psp.ask_psp import ask_psp
from tillgate.use_cases.shared.changes import change, execute_requests, learn_facts
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System

MOST_ANSWERS = 20  # per dispute: banks consider one or two
_TRY_AGAIN = "the PSP did not answer, so it is not known whether it has this; send the same again"


def send_evidence(
    system: System, merchant_id: str, dispute_id: str, evidence: Evidence, *, guard: IdempotencyGuard
) -> Order:
    """Allowed while the dispute is open. Raises `NotFound`, `OperationNotAllowed`, `PspUnavailable`."""
    return _answer(system, merchant_id, dispute_id, DisputeAnswer.EVIDENCE, evidence, guard)


def accept_dispute(system: System, merchant_id: str, dispute_id: str, *, guard: IdempotencyGuard) -> Order:
    """Concedes the dispute. Safe to repeat. Raises `NotFound`, `OperationNotAllowed`, `PspUnavailable`."""
    return _answer(system, merchant_id, dispute_id, DisputeAnswer.ACCEPT, None, guard)


def answer_for_merchant(
    system: System, dispute_id: str, evidence: Evidence | None, *, cause: str, check: Callable[[Order], None]
) -> Order:
    """An operator contests it with evidence, or concedes it. `check` raises if the order is not as the operator saw it.

    Raises `NotFound`, `OperationNotAllowed`, `PspUnavailable`.
    """
    order = load_of_dispute(system, dispute_id)
    guard: IdempotencyGuard = IdempotencyGuard(None, system.keys, lambda _made, _subject: (200, None))
    answer = DisputeAnswer.ACCEPT if evidence is None else DisputeAnswer.EVIDENCE
    who = Actor.OPERATOR, cause
    return _answer(system, order.merchant_id, dispute_id, answer, evidence, guard, who, check)


def _answer(
    system: System,
    merchant_id: str,
    dispute_id: str,
    answer: DisputeAnswer,
    evidence: Evidence | None,
    guard: IdempotencyGuard,
    who: tuple[Actor, str] = (Actor.MERCHANT, "api"),
    check: Callable[[Order], None] = lambda _: None,
) -> Order:
    found = find_dispute(system, merchant_id, dispute_id)
    guard.check()
    psp = _psp(system, found)
    key = _key(dispute_id, answer, evidence)

    def decide(order: Order) -> list[Event]:
        guard.expect(order)
        check(order)
        return _answered(dispute_of(order, dispute_id), answer, key, system)

    order = change(system, found.order.order_key, decide, actor=who[0], cause=who[1]).order
    if not _is_accepted(order, dispute_id):
        order = _tell(system, psp, dispute_of(order, dispute_id), key, evidence)
    guard.finish(order, dispute_id)
    return order


def _psp(system: System, found: Disputed) -> Psp:
    psp = system.psp(found.payment.connector, found.order.merchant_id, found.payment.mode)
    if not psp.manifest.disputes:
        raise CapabilityNotSupported(f"{psp.name} takes no answers; answer at the PSP itself")
    return psp


def _answered(found: Disputed, answer: DisputeAnswer, key: str, system: System) -> list[Event]:
    dispute = found.dispute
    if answer is DisputeAnswer.ACCEPT and dispute.status is DisputeStatus.ACCEPTED:
        return []
    if not dispute.status.is_open:
        raise OperationNotAllowed(f"the dispute is {dispute.status}: it takes no answer any more")
    if key in dispute.answers:  # sent before, without a response
        return []
    if len(dispute.answers) >= MOST_ANSWERS:
        raise OperationNotAllowed(f"a dispute takes at most {MOST_ANSWERS} answers")
    answered = DisputeAnswered(
        payment_id=found.payment.payment_id,
        dispute_id=dispute.dispute_id,
        answer=answer,
        key=key,
        at=system.now(),
    )
    return [answered]


def _is_accepted(order: Order, dispute_id: str) -> bool:
    return dispute_of(order, dispute_id).dispute.status is DisputeStatus.ACCEPTED


def _tell(system: System, psp: Psp, found: Disputed, key: str, evidence: Evidence | None) -> Order:
    order, payment = found.order, found.payment
    try:
        facts = _send(psp, found, key, evidence)
    except NotAccepted:  # closed before the answer arrived: at least learn that
        order = ask_psp(system, order, payment.payment_id, cause="dispute closed")
        told = dispute_of(order, found.dispute.dispute_id).dispute
        if told.status is DisputeStatus.ACCEPTED and evidence is None:
            return order
        raise OperationNotAllowed("the PSP takes no answer to this dispute any more") from None
    if facts is None:
        raise PspUnavailable(_TRY_AGAIN)
    return execute_requests(system, learn_facts(system, order, facts, cause="answer"))


def _send(psp: Psp, found: Disputed, key: str, evidence: Evidence | None) -> list[Fact] | None:
    if evidence is None:
        return psp.accept_dispute(found.order, found.payment, found.dispute, key)
    return psp.send_evidence(found.order, found.payment, found.dispute, key, evidence)


def _key(dispute_id: str, answer: DisputeAnswer, evidence: Evidence | None) -> str:
    digest = hashlib.sha256()
    for part in _parts(evidence):
        digest.update(len(part).to_bytes(8) + part)
    return f"{dispute_id}_{answer}_{digest.hexdigest()[:16]}"


def _parts(evidence: Evidence | None) -> list[bytes]:
    if evidence is None:
        return []
    files = (part for file in evidence.files for part in (file.name.encode(), file.content_type.encode(), file.content))
    return [evidence.text.encode(), *files]
