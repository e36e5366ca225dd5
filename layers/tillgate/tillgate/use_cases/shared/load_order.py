"""Reads an order for its owner. Kept apart from `changes`, so that read-only use cases import no PSP code."""

from tillgate.domain.orders.order import Order
from tillgate.domain.shared.refusals import NotFound
from tillgate.wiring import System

TRIES = 8  # every race has a winner, so this many losses in a row mean a stampede


class ConcurrentChange(Exception):
    """Others are changing the order too fast. This call's change was not saved and can be retried."""


def load(system: System, order_key: str, merchant_id: str | None = None) -> Order:
    """Raises `NotFound`, also for another merchant's order."""
    order = system.orders.load(order_key)
    if order is None or (merchant_id is not None and order.merchant_id != merchant_id):
        raise NotFound("this order does not exist")
    return order
