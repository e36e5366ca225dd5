"""Which connectors a payment may go through, the first one first (IS-16, GO-5).

A token belongs to one PSP: what is paid with a saved instrument goes where it was saved, and what is paid with a PSP's
token is not tried elsewhere.
"""

from dataclasses import replace

from tillgate.connectors.v1 import Manifest
from tillgate.domain.merchants.account import Merchant, MethodRule
from tillgate.domain.merchants.routes import Paying, in_order
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.shoppers.saved_instruments import SavedInstrument, is_token
from tillgate.use_cases.shared.connectors import connector_for, why_not_taken, why_not_usable
from tillgate.use_cases.shared.load_order import load
from tillgate.use_cases.shared.means import shopper_of
from tillgate.wiring import System


def ways_to_pay(
    system: System, merchant: Merchant, order_key: str, method: str, amount: int | None, token: str | None
) -> list[Manifest]:
    """At least one. More than one only if the account wants failover and the instrument allows it.

    Reads nothing for an account without routes. Raises `MethodNotApplicable`, `CapabilityNotSupported`, `NotFound`.
    """
    rule = merchant.method_rules.get(method)
    if rule is None or not rule.routes or method not in merchant.methods:
        return [system.manifest(connector_for(system, merchant, method))]
    order = load(system, order_key, merchant.merchant_id)
    saved = system.instruments.find(order.merchant_id, token) if token and is_token(token) else None
    names = [saved.connector] if saved else routed(system, rule, order, method, amount, saved)
    found = names if rule.failover and not token else names[:1]
    return [system.manifest(connector_for(system, _by(merchant, method, name), method)) for name in found]


def routed(
    system: System,
    rule: MethodRule,
    order: Order,
    method: str,
    amount: int | None = None,
    saved: SavedInstrument | None = None,
) -> list[str]:
    """The connectors to try for an order, those that can be used. Without any: the rule's own, which tells why not."""
    brand = saved.at_psp.brand if saved and saved.at_psp else None
    asks_country = any(route.when.countries for route in rule.routes)
    country = shopper_of(system, order).get("country") if asks_country else None
    paying = Paying(order.currency, amount or order.open or order.amount, brand, country)
    names = in_order(rule.routes, paying, order.order_key)
    usable = [name for name in names if _can_take(system, order, method, name, paying.amount)]
    return usable or names[:1] or [rule.connector]


def _can_take(system: System, order: Order, method: str, name: str, amount: int) -> bool:
    if why_not_usable(system, order.merchant_id, name, order, method):
        return False
    manifest = system.manifest(name)
    if why_not_taken(manifest, order, method, amount):
        return False
    return not METHODS[method].holds or order.capture in manifest.methods[method].capture


def _by(merchant: Merchant, method: str, connector: str) -> Merchant:
    return replace(merchant, methods=merchant.methods | {method: connector})
