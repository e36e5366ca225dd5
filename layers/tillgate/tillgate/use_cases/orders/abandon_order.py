"""The shopper cancels on the menu: the order ends, and its holds are released at once (CM-3, TH-2)."""

from tillgate.domain.orders import ending
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.shown import Shown
from tillgate.domain.payments.operations import Actor
from tillgate.use_cases.shared.changes import change, execute_requests
from tillgate.wiring import System


def abandon_order(system: System, order_key: str, shown: Shown) -> Order:
    """Only the merchant can end an order that was fully covered once: the shopper declining a raise changes nothing.

    Raises `PageOutdated`, or `OperationNotAllowed` if a payment was started since the page was opened.
    """

    def decide(order: Order) -> list[Event]:
        if order.ended or order.ending:
            return []
        shown.check(order)
        if order.covered_once:
            return []
        return ending.cancel_order(order, actor=Actor.SHOPPER, now=system.now())

    return execute_requests(system, change(system, order_key, decide, actor=Actor.SHOPPER, cause="menu"))
