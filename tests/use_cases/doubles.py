"""A store that loses races as told, over the real one."""

from typing import Any

from tests.functions.world import World
from tillgate.domain.orders.order import Order
from tillgate.store.orders.orders import Orders
from tillgate.store.shared.transactions import LostRace


class Racing:
    """`loses` saves are lost before one is won; `meanwhile` is what the winner does each time."""

    def __init__(self, world: World, loses: int = 0) -> None:
        self._orders: Orders = world.system.orders
        self.loses = loses
        self.loads = 0
        self.saves = 0
        self.meanwhile: Any = lambda: None
        world.system.__dict__["orders"] = self

    def load(self, order_key: str) -> Order | None:
        self.loads += 1
        return self._orders.load(order_key)

    def save(self, *given: Any, **named: Any) -> Order:
        self.saves += 1
        if self.loses:
            self.loses -= 1
            loads = self.loads
            self.meanwhile()
            self.loads = loads
            raise LostRace
        return self._orders.save(*given, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._orders, name)
