"""Which payment methods apply to an order, and why the others do not (IS-5, TH-12).

A method applies if the account offers it, the order does not exclude it, its connector is set up and supports it, and
the order has room for such a tender.
"""

from dataclasses import dataclass
from typing import Any

from tillgate.connectors.v1 import Can
from tillgate.domain.merchants.account import Merchant, MethodRule
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.room import why_not
from tillgate.domain.orders.tenders import has_room_for
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.shared.modes import Mode
from tillgate.use_cases.payments.route_payment import routed
from tillgate.use_cases.shared.connectors import mode_for, why_not_taken, why_not_usable
from tillgate.wiring import System

_WHEN = {Capture.AUTO: "immediately", Capture.MANUAL: "later"}


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the account's methods. `why_not` is None if it applies."""

    method: str
    connector: str
    why_not: str | None = None
    saves: bool = False  # the instrument can be saved (RG-5)
    mode: Mode | None = None  # of the merchant's own account with the PSP that would be paid
    banks: tuple[tuple[str, str], ...] = ()  # token and name of the banks to choose from, if the PSP lists them

    can: Can | None = None

    def pays_with_saved(self, order: Order) -> bool:
        """Whether the menu may offer the shopper's saved instruments, and save another: the order opts in, and they are
        paid with the PSP's authentication unless the merchant has authenticated the shopper (ADR 51)."""
        sure = order.terms.shopper_authenticated or (self.can is not None and self.can.authenticates)
        return self.applies and self.saves and order.terms.saved_instruments and sure

    @property
    def abilities(self) -> dict[str, Any] | None:
        """What the connector does with the method, as its manifest says; None if it does not have it."""
        can = self.can
        if can is None:
            return None
        return {
            "inputs": sorted(can.inputs),
            "capture": sorted(can.capture) if METHODS[self.method].holds else [],
            "captures": can.captures,
            "cancels": can.cancels,
            "refunds": can.refunds,
            "redirect": can.redirect,
            "saves": can.stores,
            "recurring": can.recurring,
            "choices": [{"token": token, "name": name} for token, name in can.choices.items()],
        }

    @property
    def applies(self) -> bool:
        return self.why_not is None


def offer_methods(system: System, merchant: Merchant, order: Order) -> list[Offer]:
    """The account's methods, in the account's order."""
    offered = merchant.methods.items()
    return [
        _offer(system, merchant, order, method, _name(system, merchant, order, method, name))
        for method, name in offered
    ]


def _name(system: System, merchant: Merchant, order: Order, method: str, name: str) -> str:
    """The connector that a payment of all that is open would go to."""
    rule = merchant.method_rules.get(method)
    return routed(system, rule, order, method)[0] if rule and rule.routes else name


def _offer(system: System, merchant: Merchant, order: Order, method: str, name: str) -> Offer:
    found = why_not_usable(system, merchant.merchant_id, name, order, method)
    try:
        can = system.manifest(name).methods.get(method)
    except KeyError:
        can = None
    if can is None:
        return Offer(method, name, found)
    rule = restricted(merchant.method_rules.get(method), order)
    taken = why_not_taken(system.manifest(name), order, method, order.open or order.amount)
    why_not = found or rule or _why_not(order, method, name, can) or taken
    mode = mode_for(system, merchant.merchant_id, name, order)
    return Offer(method, name, why_not, can.stores, mode, tuple(can.choices.items()), can)


def restricted(rule: MethodRule | None, order: Order) -> str | None:
    """Why the account's own rule excludes the method for the open amount of this order (IS-16)."""
    return rule.why_not(order.open or order.amount, order.currency) if rule else None


def _why_not(order: Order, method: str, name: str, can: Can) -> str | None:
    if found := why_not(order, method):
        return found
    if METHODS[method].holds and order.capture not in can.capture:
        return f"{name} cannot capture {_WHEN[order.capture]}"
    return None if has_room_for(order, method) else "the order already has an open tender"
