"""Does what is due on an order: windows (EV-6, TH-3), authorizations' seven days (TH-9), overdue outcomes (GO-4).

The payment window's state machine calls it at the end of a window, the sweep for everything in the due index. It is
safe to repeat: the domain knows what is due.
"""

from tillgate.domain.orders.deadlines import checks_due, fall_due, vendors_owe
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payouts.payout import is_payout
from tillgate.runtime.telemetry import count
from tillgate.store.shared.due_index import Waiting, shards_to_read
from tillgate.store.shared.keys import SPLIT, VENDOR_SUMS, aggregate_key
from tillgate.use_cases.marketplace.run_split import resume_split
from tillgate.use_cases.marketplace.unwind_vendors import unwind_vendors
from tillgate.use_cases.marketplace.vendor_sums import take_over_sums
from tillgate.use_cases.payouts.pay_out import ask_for_payout
from tillgate.use_cases.psp.ask_psp import ask_psp
from tillgate.use_cases.shared.changes import change, execute_requests
from tillgate.use_cases.shared.postpone import postpone_on_failure
from tillgate.wiring import System

UNWINDING = 20.0  # seconds per sweep for the vendors of one order


def meet_deadlines(system: System, order_key: str, cause: str) -> Order:
    """The order after everything that was due now. A PSP's answer may enable further due work."""
    order = _fall_due(system, order_key, cause)
    asked = dict.fromkeys(payment.payment_id for payment, _ in checks_due(order, system.now()))
    for payment_id in asked:
        order = ask_psp(system, order, payment_id, cause="repair", postpone=True)
        count("OutcomeAskedFor", cause=cause)
    if asked:
        order = _fall_due(system, order_key, cause)
    return _have_vendors_give_back(system, order) if order.kind == "technical" else order


def _have_vendors_give_back(system: System, order: Order) -> Order:
    """A process killed after the last vendor gave back leaves the order due: its sums are reported once more."""
    if order.ending or vendors_owe(order):
        return unwind_vendors(system, order, seconds=UNWINDING)
    gone = any(payment.is_gone for payment in order.payments)
    return take_over_sums(system, order.order_key, cause="unwinding", falls_due=True) if gone else order


def _fall_due(system: System, order_key: str, cause: str) -> Order:
    saved = change(system, order_key, lambda order: fall_due(order, system.now()), actor=Actor.SYSTEM, cause=cause)
    return execute_requests(system, saved)


def overdue(system: System, limit: int) -> list[Waiting]:
    """What is due now, longest waiting first; at most `limit` per shard."""
    found = [each for shard in shards_to_read() for each in system.due.find(shard, system.now(), limit)]
    return sorted(found, key=lambda each: each.due_at)


def keep(system: System, waiting: Waiting) -> bool:
    """Does what is overdue. Whether that succeeded. A repetition does nothing twice.

    An item that fails is postponed, so that it never blocks the others (GO-4).
    """
    return postpone_on_failure(system, waiting, lambda each: _keep(system, each))


def _keep(system: System, waiting: Waiting) -> None:
    if waiting.sk.startswith(VENDOR_SUMS):
        take_over_sums(system, waiting.pk, cause="sweep")
    elif waiting.sk.startswith(SPLIT):
        resume_split(system, waiting.pk, waiting.sk.removeprefix(SPLIT))
    elif is_payout(waiting.pk):
        ask_for_payout(system, waiting.pk)
    else:
        meet_deadlines(system, aggregate_key(waiting.pk, waiting.sk), "sweep")
