"""Copies the sums over an order's vendors into the order (TH-10).

Every change of a vendor payment adds to the sums in its own transaction. The table's stream announces that an order's
sums have changed. The order takes over their current values, so it does not matter how often or how late that happens.
If the stream fails, the sweep finds sums that were not taken over.
"""

from typing import Any

from tillgate.domain.marketplace.vendor_payments import summed, summed_again
from tillgate.domain.orders.deadlines import vendors_owe
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor
from tillgate.store.orders.vendor_sums import read_sums
from tillgate.use_cases.shared.changes import change, execute_requests
from tillgate.wiring import System


def take_over_sums(system: System, order_key: str, *, cause: str, falls_due: bool = False) -> Order:
    """Saves the sums if they are new, and continues an ending that has waited for them.

    They leave index `due` last: if anything fails before that, the sweep tries again. `falls_due`: the order becomes
    due, as its vendors owe something; it is also saved when that is over.
    """
    items: list[dict[str, Any]] = []

    def decide(order: Order) -> list[Event]:
        nonlocal items  # read after the order, so that older sums never overwrite newer ones
        items = system.vendor_payments.sum_items(order_key)
        news = summed(order, read_sums(items, order_key), system.now())
        return news or (summed_again(order, system.now()) if falls_due and not vendors_owe(order) else [])

    saved = change(system, order_key, decide, actor=Actor.SYSTEM, cause=cause)
    order = execute_requests(system, saved)
    system.vendor_payments.taken_over(items)
    return order
