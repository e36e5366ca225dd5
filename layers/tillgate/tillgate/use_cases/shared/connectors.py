"""Finds the connector of a payment method, and whether the merchant can use it."""

from tillgate.connectors.v1 import Manifest
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.modes import Mode
from tillgate.domain.shared.refusals import CapabilityNotSupported, MethodNotApplicable
from tillgate.wiring import System

NOT_HERE = "its connector is not configured here"


def connector_for(system: System, merchant: Merchant, method: str) -> str:
    """The name of the connector that the account uses for the method.

    Whether the merchant has set it up depends on the order: see `why_not_usable`. Raises `MethodNotApplicable` if there
    is none, `CapabilityNotSupported` if it does not support the method.
    """
    name = merchant.methods.get(method)
    if name is None:
        raise MethodNotApplicable(f"this account does not offer {method}", "/method")
    try:
        supports = method in system.manifest(name).methods
    except KeyError:
        raise MethodNotApplicable(NOT_HERE, "/method") from None
    if not supports:
        raise CapabilityNotSupported(f"{name} does not support {method}", "/method")
    return name


def why_not_usable(
    system: System, merchant_id: str, name: str, order: Order | None = None, method: str | None = None
) -> str | None:
    """Why the merchant cannot be paid through this connector, or not this order by this method; None if it can (IS-5).

    An order that was begun in test or live needs the credentials of that mode.
    """
    try:
        manifest = system.manifest(name)
    except KeyError:
        return NOT_HERE
    mode = mode_for(system, merchant_id, name, order)
    if not system.is_set_up(name, merchant_id, mode=mode):
        return f"{manifest.title} is not set up: its {f'{mode} ' if mode else ''}credentials are missing"
    if method is None:
        return None
    can = manifest.methods.get(method)
    if can is None or not system.is_set_up(name, merchant_id, can.needs, mode):
        return f"{name} does not support it"
    return None


def why_not_taken(manifest: Manifest, order: Order, method: str, amount: int) -> str | None:
    """Why the PSP does not take this amount of the order, as its manifest says; None if it does. What is offered,
    routed and started is asked the same."""
    can = manifest.methods[method]
    if order.kind == "technical" and manifest.marketplace == "none":
        return f"{manifest.title} cannot split a payment between vendors"
    if order.kind == "technical" and manifest.marketplace == "transfer_after_capture" and order.capture != "auto":
        return f"{manifest.title} pays vendors out of what was captured at once; use capture auto"
    if can.amounts is None:
        return None
    if order.currency not in can.amounts:
        return f"{manifest.title} does not take {order.currency} by {method}"
    least, most = can.amounts[order.currency]
    if not least <= amount <= most:
        return f"{manifest.title} takes from {least} to {most} {order.currency} by {method}, in minor units"
    return None


def mode_for(system: System, merchant_id: str, name: str, order: Order | None = None) -> Mode | None:
    """The mode of a new payment. An order is either test or live, even if the merchant switches in between."""
    mode = system.mode_in_use(name, merchant_id)
    return (order.mode if order else None) or mode if mode else None
