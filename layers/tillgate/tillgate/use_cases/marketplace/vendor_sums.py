"""The sums over an order's vendors are taken over into the order (TH-10).

Every change of a vendor payment adds to the sums in its own transaction. The table's stream says when an order's sums
have changed; the order takes them over as they are then, so it does not matter how often or how late that is. Where the
stream says nothing, the sweep finds sums that nobody has taken over.
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
    """Saves the sums where they are new, and goes on with an ending that has waited for them.

    They leave index `due` last: whatever fails before that, the sweep comes here again. `falls_due`: the order does, as
    its vendors owe something; it is saved too where that is over.
    """
    items: list[dict[str, Any]] = []

    def decide(order: Order) -> list[Event]:
        nonlocal items  # read after the order, so that no older sums are ever saved over newer ones
        items = system.vendor_payments.sum_items(order_key)
        news = summed(order, read_sums(items, order_key), system.now())
        return news or (summed_again(order, system.now()) if falls_due and not vendors_owe(order) else [])

    saved = change(system, order_key, decide, actor=Actor.SYSTEM, cause=cause)
    order = execute_requests(system, saved)
    system.vendor_payments.taken_over(items)
    return order
