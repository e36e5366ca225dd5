"""Gives back the vendor payments of an ending order: a few at once, many by the state machine (TH-5, IS-9).

What a bank reversed of a technical payment is taken back from its vendors the same way, page by page, whether the
order ends or not. This needs no PSP call. If the process is killed, the sweep continues.
"""

from contextlib import suppress

from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.marketplace.splits import Part, SplitStatus, unwinding, unwinding_id
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor
from tillgate.store.marketplace.splits import SplitExists
from tillgate.use_cases.marketplace.vendor_sums import take_over_sums
from tillgate.use_cases.shared.changes import change, execute_requests
from tillgate.use_cases.shared.load_order import load
from tillgate.wiring import System

A_FEW = 20
PAGE = 100


def unwind_vendors(system: System, order: Order, *, seconds: float) -> Order:
    """The order after what could be given back in that time; the rest follows by itself. Safe to repeat."""
    running = system.splits.load(order.order_key, unwinding_id(order))
    if running and running.status is SplitStatus.RUNNING:
        return order
    parts, position = system.vendor_payments.page(order.order_key, A_FEW, None)
    if position is not None and running is None and order.ending:
        return _by_state_machine(system, order)
    deadline = system.clock() + seconds
    while True:
        for part in parts:
            if _owes(system, order, part) and system.clock() < deadline:  # done vendors cost no time
                _give_back(system, order, part)
        if position is None or system.clock() >= deadline:
            break
        parts, position = system.vendor_payments.page(order.order_key, PAGE, position)
    return take_over_sums(system, order.order_key, cause="unwinding", falls_due=True)


def _owes(system: System, order: Order, part: Order) -> bool:
    return vendor_payments.owes(order, part) and bool(vendor_payments.give_back(order, part, system.now()))


def _give_back(system: System, order: Order, part: Order) -> None:
    def decide(found: Order) -> list[Event]:
        return vendor_payments.give_back(order, found, system.now())

    cause = "order ended" if order.ending or order.ended else "taken back by the bank"
    execute_requests(system, change(system, part.order_key, decide, actor=Actor.SYSTEM, cause=cause))


def _by_state_machine(system: System, order: Order) -> Order:
    parts: list[Part] = []
    position: str | None = None
    while True:
        page, position = system.vendor_payments.page(order.order_key, PAGE, position)
        made = [(one, one.share) for one in page if one.share]
        parts += [Part(share.vendor_id, one.amount, one.order_reference, share.fee) for one, share in made]
        if position is None:
            break
    with suppress(SplitExists):
        system.splits.create(order, unwinding(order, parts, system.now()), parts, None)
    return load(system, order.order_key)
