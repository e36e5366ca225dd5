"""Reconciles a PSP's settlement report with our payments (GO-4, IS-10).

If they differ, the PSP is asked first: that applies news that never reached us and resolves most differences.
"""

from collections import Counter

from tillgate.domain.payments.events import SettlementReported
from tillgate.domain.payments.operations import Actor
from tillgate.domain.psp.settlement import Settled, settle
from tillgate.domain.shared.identifiers import aggregate_key_of
from tillgate.domain.shared.refusals import NotFound
from tillgate.runtime.telemetry import count, logger
from tillgate.use_cases.psp.ask_psp import ask_psp
from tillgate.use_cases.shared.changes import change, execute_requests, load
from tillgate.wiring import System


def reconcile(system: System, connector: str, body: bytes, report: str) -> Counter[str]:
    """Counts the lines that were new, known, different or about a payment that is not ours. Safe to repeat."""
    found: Counter[str] = Counter()
    for line in system.connector(connector).read_settlements(body):
        outcome = _reconcile(system, connector, line, report)
        found[outcome] += 1
        if outcome in ("different", "not ours"):
            count("SettlementDifference")
            logger.error(
                "a settlement differs", extra={"payment_id": line.payment_id, "how": outcome, "report": report}
            )
    return found


def _reconcile(system: System, connector: str, line: Settled, report: str) -> str:
    try:
        order = load(system, aggregate_key_of(line.payment_id))
        payment = order.payment(line.payment_id)
        if payment is None or payment.connector != connector:
            return "not ours"
    except NotFound:
        return "not ours"
    if (payment.captured, payment.refunded) != (line.captured, line.refunded):
        ask_psp(system, order, line.payment_id, cause="settlement report")
    saved = change(
        system,
        order.order_key,
        lambda order: settle(order, line, report, system.now()),
        actor=Actor.PSP,
        cause=f"settlement report {report}",
    )
    after = execute_requests(system, saved).payment(line.payment_id)
    if after and after.difference:
        return "different"
    return "new" if any(isinstance(event, SettlementReported) for event in saved.events) else "known"
