"""The shopper takes a gift card back on the menu, before the order is covered (CM-3)."""

from tillgate.domain.orders import removing
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.shown import Shown
from tillgate.domain.payments.operations import Actor
from tillgate.use_cases.shared.changes import change, execute_requests
from tillgate.wiring import System


def remove_tender(system: System, order_key: str, tender: str, shown: Shown) -> Order:
    """`tender`: a payment's id, or the place of a named tender, from 0, as the page that was `shown` had it.

    Raises `PageOutdated`, and `OperationNotAllowed` for what cannot be taken back.
    """

    def decide(order: Order) -> list[Event]:
        shown.check(order)
        if tender.isascii() and tender.isdecimal() and len(tender) < 4:
            return removing.remove_named(order, int(tender), now=system.now())
        return removing.remove_payment(order, tender, now=system.now())

    return execute_requests(system, change(system, order_key, decide, actor=Actor.SHOPPER, cause="menu"))
