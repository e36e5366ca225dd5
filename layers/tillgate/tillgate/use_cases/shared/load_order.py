"""Reads an order for whom it belongs to. Apart from `changes`, so that what only reads imports nothing of a PSP."""

from tillgate.domain.orders.order import Order
from tillgate.domain.shared.refusals import NotFound
from tillgate.wiring import System

TRIES = 8  # somebody wins every race, so this many losses in a row mean a stampede


class ConcurrentChange(Exception):
    """The order is being changed too fast by others; what this call was about to save is not saved. Try again."""


def load(system: System, order_key: str, merchant_id: str | None = None) -> Order:
    """Raises `NotFound`, also for an order of another merchant."""
    order = system.orders.load(order_key)
    if order is None or (merchant_id is not None and order.merchant_id != merchant_id):
        raise NotFound("this order does not exist")
    return order
