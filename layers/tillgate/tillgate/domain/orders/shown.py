"""What a page told the shopper, so that its buttons do what they say and nothing else (CM-3)."""

from dataclasses import dataclass, replace
from typing import Self

from tillgate.domain.orders.order import Order
from tillgate.domain.orders.tenders import left_for_open
from tillgate.domain.shared.refusals import OperationNotAllowed


class PageOutdated(OperationNotAllowed):
    """The order is not the one that the page showed; nothing was done."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The view that a form was made for. `amount` is what the open tender pays, in minor units.

    `number` is the ordinal of a payment started from the page. `version` None: not compared.
    """

    number: int
    version: int | None
    amount: int
    currency: str

    @classmethod
    def of(cls, order: Order) -> Self:
        return cls(len(order.payments) + 1, order.version, left_for_open(order), order.currency)

    def check(self, order: Order) -> None:
        """Raises `PageOutdated`, or `OperationNotAllowed` if another payment was started since: a double click, say."""
        now = Shown.of(order)
        if self.number < now.number:
            raise OperationNotAllowed("another payment was started in the meantime")
        if self != (now if self.version is not None else replace(now, version=None)):
            raise PageOutdated("the order has changed since the page was opened")

    def after_own_change(self) -> "Shown":
        """The version is not compared any more: closing an earlier payment makes a new one. The amount still is."""
        return replace(self, version=None)
