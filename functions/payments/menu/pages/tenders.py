"""What an order is of, what covers it, and the saved instruments to choose from, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tillgate.domain.orders.lines import quantity_text
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.removing import removable
from tillgate.domain.orders.tenders import shares
from tillgate.domain.shared.localized_amounts import readable
from tillgate.domain.shoppers.saved_instruments import SavedInstrument, StoredInstrument

MOST_LINES = 50
BRANDS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "maestro": "Maestro",
    "jcb": "JCB",
    "cup": "UnionPay",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A name and an amount, ready for display."""

    name: str
    amount: str | None
    quantity: str = ""  # with its unit; empty for one of something
    kind: str = "product"


def lines(order: Order, locale: str) -> list[Line]:
    """The first ones of what is bought."""
    return [_line(item, order.currency, locale) for item in order.terms.items[:MOST_LINES]]


def _line(item: Mapping[str, Any], currency: str, locale: str) -> Line:
    amount = item.get("amount")
    written = None if amount is None else readable(amount, currency, locale)
    return Line(str(item["name"]), written, quantity_text(item, locale), item.get("kind", "product"))


@dataclass(frozen=True, slots=True)
class Tender:
    """What covers a part of the order. `takes_back`: names it to whoever may take it back; None: nobody on the menu."""

    name: str
    amount: str
    takes_back: str | None = None


def covering(order: Order, locale: str, t: Mapping[str, str]) -> list[Tender]:
    """What already covers a part of the order, such as gift cards, and what was named to do so."""
    back = {payment.payment_id for payment in removable(order)}
    paying = [
        Tender(
            BRANDS.get(each.brand or "", t[f"method_{each.method}"]),
            readable(each.covers, order.currency, locale),
            each.payment_id if each.payment_id in back else None,
        )
        for each in order.payments
        if each.covers
    ]
    named = [
        Tender(t[f"method_{tender.method}"], readable(share, order.currency, locale), str(order.named.index(tender)))
        for tender, share in shares(order)
    ]
    return paying + named


@dataclass(frozen=True, slots=True)
class Card:
    """A saved instrument to choose. `spoken` is for screen readers, as they do not read the dots."""

    value: str
    method: str
    name: str
    spoken: str
    expires: str | None
    brand: str | None = None


def card(instrument: SavedInstrument, t: Mapping[str, str]) -> Card:
    """A saved instrument as the shopper knows it."""
    known = instrument.at_psp or StoredInstrument("")
    brand = BRANDS.get(known.brand or "", t[f"method_{instrument.method}"])
    year, _, month = (known.expires or "").partition("-")
    return Card(
        value=f"{instrument.method}:{instrument.token}",
        method=instrument.method,
        name=f"{brand} •••• {known.last4}" if known.last4 else brand,
        spoken=t["ending_in"].format(brand=brand, last4=" ".join(known.last4)) if known.last4 else brand,
        expires=f"{month}/{year[2:]}" if month else None,
        brand=known.brand if known.brand in BRANDS else None,
    )
