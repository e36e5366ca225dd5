"""What a PSP needs beside the order: to authorize, as far as it is recorded, so that the request can be sent again, the
same; and for every other call.
"""

from collections.abc import Mapping

from tillgate.connectors.host.cases import Means
from tillgate.connectors.v1 import Manifest
from tillgate.domain.orders.order import Order, Share
from tillgate.domain.payments.payment import Payment
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shared.identifiers import parent_of
from tillgate.domain.shared.modes import Mode
from tillgate.use_cases.shared.waiting_codes import opened_code
from tillgate.wiring import System

_ADDRESS = ("line1", "line2", "city", "postal_code", "region", "country")


def recorded(system: System, order: Order, payment: Payment) -> Means | None:
    """For a vendor payment (TH-4) or a named tender (IS-8); None if more is needed than is recorded."""
    if order.share:
        return _of_share(system, order, order.share)
    if payment.token:  # of a limited tender whose turn has come; the shopper is not present (IS-6)
        code = opened_code(system, order.merchant_id, payment.token)
        return Means(instrument={"token": code}, account=account_of(system, order))
    return None


def for_call(system: System, order: Order, payment: Payment) -> Means:
    """For what is not an authorization. Reads nothing, unless the PSP moves vendors' parts between accounts, or has
    notes about shoppers."""
    manifest = system.manifest(payment.connector)
    if order.share and manifest.marketplace not in ("none", "carve"):
        return _of_share(system, order, order.share)
    uses = payment.instrument or payment.saves_as
    shopper_key = order.terms.shopper_key if uses else None
    return Means(shopper_memory=notes_of(system, manifest, order.merchant_id, shopper_key, payment.mode))


def _of_share(system: System, part: Order, share: Share) -> Means:
    account = _account(system, part, share.vendor_id)
    if system.manifest(part.payments[0].connector).marketplace == "carve":
        return Means(account=account)
    whole = system.orders.load(parent_of(part.order_key))
    payment = whole.payment(share.technical_payment_id) if whole else None
    return Means(account=account, parent=(whole, payment) if whole and payment else None)


def notes_of(
    system: System, manifest: Manifest, merchant_id: str, shopper_key: str | None, mode: Mode | None
) -> Mapping[str, str]:
    """The connector's notes about a shopper: one read, if it keeps any. Test and live know different shoppers."""
    if shopper_key is None or not manifest.remembers_shoppers:
        return {}
    return system.shoppers.notes(merchant_id, shopper_key, _account_at(manifest.name, mode))


def keep_notes(
    system: System,
    connector: str,
    merchant_id: str,
    shopper_key: str | None,
    mode: Mode | None,
    known: Mapping[str, str],
    facts: list[Fact],
) -> None:
    """Keeps what is new; it is erased with the shopper."""
    told = {name: value for fact in facts for name, value in fact.remember_shopper.items()}
    if shopper_key and not told.items() <= known.items():
        system.shoppers.keep_notes(merchant_id, shopper_key, _account_at(connector, mode), {**known, **told})


def _account_at(connector: str, mode: Mode | None) -> str:
    return f"{connector}_{mode}" if mode else connector


def account_of(system: System, order: Order) -> str | None:
    """The PSP's account of the vendor whose order this is, if it is a vendor's."""
    return _account(system, order, order.terms.vendor_id) if order.terms.vendor_id else None


def shopper_of(system: System, order: Order) -> dict[str, str]:
    """The shopper's data and address, if the order names an address: one read."""
    key, address_key = order.terms.shopper_key, order.terms.address_key
    if key is None or address_key is None:
        return {}
    shopper = system.shoppers.load(order.merchant_id, key)
    address = shopper.address(address_key) if shopper else None
    known = [(shopper, ("email", "name", "phone", "locale")), (address, _ADDRESS)]
    return {name: text for of, names in known for name in names if of and (text := getattr(of, name))}


def _account(system: System, order: Order, vendor_id: str) -> str | None:
    vendor = system.merchants.vendor(order.merchant_id, vendor_id)
    return vendor.account_at(system.now()) if vendor else None
