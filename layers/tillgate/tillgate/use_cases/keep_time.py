"""Does what time demands of an order: windows (EV-6, TH-3), authorizations' seven days (TH-9), overdue outcomes (GO-4).

The payment window's state machine calls it at a window's end, the sweep for everything in the due index. Saying it
again is harmless: the domain knows what is due.
"""

from tillgate.domain.duties import checks_due, fall_due
from tillgate.domain.order import Actor, Order
from tillgate.store.keys import is_split
from tillgate.telemetry import count, logger
from tillgate.wiring import System

from .ask_psp import ask_psp
from .changes import carry_out, change
from .run_split import resume_split
from .unwind_vendors import unwind_vendors

UNWINDING = 20.0  # seconds of one sweep for the vendors of one order


def keep_time(system: System, order_key: str, cause: str) -> Order:
    """The order after everything that was due now. What a PSP tells may make room for what time demands."""
    order = _fall_due(system, order_key, cause)
    asked = dict.fromkeys(payment.payment_id for payment, _ in checks_due(order, system.now()))
    for payment_id in asked:
        order = ask_psp(system, order, payment_id, cause="repair", put_off=True)
        count("OutcomeAskedFor", cause=cause)
    if asked:
        order = _fall_due(system, order_key, cause)
    if order.ending and any(payment.vendors_stand for payment in order.payments):
        order = unwind_vendors(system, order, seconds=UNWINDING)
    return order


def _fall_due(system: System, order_key: str, cause: str) -> Order:
    saved = change(system, order_key, lambda order: fall_due(order, system.now()), actor=Actor.SYSTEM, cause=cause)
    return carry_out(system, saved)


def _keep(system: System, aggregate_key: str) -> None:
    order_key, _, rest = aggregate_key.partition("#")
    if is_split(aggregate_key):
        resume_split(system, order_key, rest)
    else:
        keep_time(system, aggregate_key, "sweep")


def sweep(system: System, shards: int, limit: int) -> int:
    """Does what is overdue in every shard of the due index; answers how many orders that were."""
    done = 0
    for shard in range(shards):
        for order_key in system.orders.due(shard, system.now(), limit):
            try:
                _keep(system, order_key)
                done += 1
            except Exception:
                # One order that cannot be helped must not hold up the others; it stays in the index.
                logger.exception("sweep failed for an order", extra={"order_key": order_key})
                count("SweepFailed")
    return done
