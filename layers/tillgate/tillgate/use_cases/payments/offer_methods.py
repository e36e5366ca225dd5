"""Which payment methods apply to an order, and why the others do not (IS-5, TH-12).

A method applies if the account offers it, the order does not exclude it, its connector supports it, and the order has
room for such a tender.
"""

from dataclasses import dataclass

from tillgate.connectors.api import Capabilities
from tillgate.domain.merchants.account import Merchant, MethodRule
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.starting import has_room_for, why_not
from tillgate.domain.payments.lifecycle import Capture
from tillgate.wiring import System


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the account's methods. `why_not` is None if it applies."""

    method: str
    connector: str
    why_not: str | None = None
    saves: bool = False  # the instrument can be saved (RG-5)
    banks: tuple[tuple[str, str], ...] = ()  # token and name of the banks to choose from, if the PSP lists them

    @property
    def applies(self) -> bool:
        return self.why_not is None


def offer_methods(system: System, merchant: Merchant, order: Order) -> list[Offer]:
    """The account's methods, in the account's order."""
    return [
        _offer(system, order, method, connector, merchant.method_rules.get(method))
        for method, connector in merchant.methods.items()
    ]


def _offer(system: System, order: Order, method: str, name: str, rule: MethodRule | None) -> Offer:
    try:
        can = system.capabilities(name)
    except KeyError:
        return Offer(method, name, "its connector is not configured here")
    banks = tuple(can.banks.items()) if method == "bank_redirect" else ()
    saves = method in can.store_instruments
    return Offer(method, name, restricted(rule, order) or _why_not(order, method, name, can), saves, banks)


def restricted(rule: MethodRule | None, order: Order) -> str | None:
    """Why the account's own rule excludes the method for the open amount of this order (IS-16)."""
    return rule.why_not(order.open or order.amount, order.currency) if rule else None


def _why_not(order: Order, method: str, name: str, can: Capabilities) -> str | None:
    if found := why_not(order, method):
        return found
    if method not in can.methods:
        return f"{name} does not support it"
    if order.capture is Capture.AUTO and not can.auto_capture:
        return f"{name} cannot capture immediately"
    return None if has_room_for(order, method) else "the order already has an open tender"
