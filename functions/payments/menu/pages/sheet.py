"""What the menu shows of an order, in the shopper's language: only plain values for the templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.deadlines import window_is_open
from tillgate.domain.orders.order import ORDER_WINDOW, Order, OrderStatus
from tillgate.domain.orders.tenders import left_for_open, shares
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.localized_amounts import readable
from tillgate.domain.shoppers.saved_instruments import SavedInstrument, StoredInstrument
from tillgate.outbound.invoices.texts import TEXTS
from tillgate.use_cases.payments.offer_methods import Offer
from tillgate.use_cases.psp.shopper_destinations import to_shop

from .languages import LANGUAGES, texts
from .theme import colour_name

FAILED = (PaymentStatus.FAILED, PaymentStatus.EXPIRED, PaymentStatus.PROCESSING_EXPIRED)
MOST_ITEMS = 50
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
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Card:
    """A saved instrument to choose. `spoken` is for screen readers, as they do not read the dots."""

    value: str
    method: str
    name: str
    spoken: str
    expires: str | None


@dataclass(frozen=True)
class Sheet:
    """One order, as the menu sees it at `now`."""

    order: Order
    merchant: Merchant
    language: str
    now: datetime
    offers: tuple[Offer, ...] = ()
    notice: str | None = None
    saved: tuple[SavedInstrument, ...] = ()
    can_save: bool = False  # there is a shopper to save an instrument for

    @property
    def t(self) -> Mapping[str, str]:
        return texts(self.language)

    @property
    def direction(self) -> str:
        return LANGUAGES[self.language].direction

    @property
    def theme(self) -> str | None:
        return colour_name(self.merchant.colour)

    @property
    def number(self) -> int:
        """The ordinal, within the order, of a payment started from this page."""
        return len(self.order.payments) + 1

    @property
    def open_amount(self) -> str:
        """The open tender's amount: named gift cards pay after it."""
        return self.money(left_for_open(self.order))

    @property
    def whole_amount(self) -> str:
        return self.money(self.order.due)

    def money(self, amount: int) -> str:
        return readable(amount, self.order.currency, self.language)

    @property
    def items(self) -> list[Line]:
        return [self._item(item) for item in self.order.terms.items[:MOST_ITEMS]]

    def _item(self, item: Mapping[str, Any]) -> Line:
        amount = item.get("amount")
        return Line(str(item["name"]), None if amount is None else self.money(amount), int(item.get("quantity", 1)))

    @property
    def paid(self) -> list[Line]:
        """What already covers a part of the order, such as gift cards, and what was named to do so."""
        covering = [(payment.method, payment.covers) for payment in self.order.payments if payment.covers]
        covering += [(tender.method, share) for tender, share in shares(self.order)]
        return [Line(self.t[f"method_{method}"], self.money(amount)) for method, amount in covering]

    @property
    def tenders(self) -> list[Offer]:
        """Open tenders to choose from."""
        return [offer for offer in self.offers if offer.applies and offer.method != "gift_card"]

    @property
    def cards(self) -> list[Card]:
        """The shopper's saved instruments, as the shopper knows them."""
        return [self._card(instrument) for instrument in self.saved if instrument.at_psp]

    def _card(self, instrument: SavedInstrument) -> Card:
        known = instrument.at_psp or StoredInstrument("")
        brand = BRANDS.get(known.brand or "", self.t[f"method_{instrument.method}"])
        year, _, month = (known.expires or "").partition("-")
        return Card(
            value=f"{instrument.method}:{instrument.token}",
            method=instrument.method,
            name=f"{brand} •••• {known.last4}" if known.last4 else brand,
            spoken=self.t["ending_in"].format(brand=brand, last4=" ".join(known.last4)) if known.last4 else brand,
            expires=f"{month}/{year[2:]}" if month else None,
        )

    @property
    def takes_gift_cards(self) -> bool:
        return any(offer.applies and offer.method == "gift_card" for offer in self.offers)

    @property
    def failure(self) -> str | None:
        """Why the last payment failed, in plain words."""
        last = self._last
        if last is None or last.status not in FAILED or self.notice:
            return None
        if last.status is PaymentStatus.EXPIRED:
            return self.t["reason_TIME"]
        return self.t.get(f"reason_{last.reason_code}", self.t["reason_OTHER"])

    @property
    def notice_text(self) -> str | None:
        return self.t.get(f"notice_{self.notice}") if self.notice else None

    @property
    def waiting(self) -> Payment | None:
        """A payment that the shopper began elsewhere and may continue."""
        last = self._last
        plain = last is not None and last.redirect is not None and last.redirect.http_method == "GET"
        return last if last is not None and last.awaits_shopper and not last.pending and plain else None

    @property
    def transfer(self) -> Payment | None:
        """A bank transfer that the shopper has to make."""
        last = self._last
        return last if last is not None and last.awaits_shopper and last.instructions else None

    @property
    def transfer_until(self) -> str:
        until = self.transfer.waits_until if self.transfer else None
        return until.strftime(TEXTS[self.language].instant) if until else ""

    @property
    def _last(self) -> Payment | None:
        return self.order.payments[-1] if self.order.payments else None

    @property
    def minutes_left(self) -> int | None:
        """Whole minutes until the order's window closes, at least 1 while it is open; None if that is hours away."""
        if not window_is_open(self.order) or self.order.expires_at - self.now > ORDER_WINDOW:
            return None
        return max(1, int((self.order.expires_at - self.now).total_seconds() // 60))

    @property
    def state(self) -> str:
        """`open`, `waiting`, `paid`, `expired` or `ended`: which page is shown."""
        order = self.order
        lapsed = window_is_open(order) and order.expires_at <= self.now
        if order.ended is OrderStatus.EXPIRED or lapsed:
            return "expired"
        if order.is_over or order.ending:
            return "ended"
        if order.in_flight:
            return "waiting"
        return "open" if order.open else "paid"

    @property
    def back(self) -> str | None:
        """The URL back to the shop."""
        return to_shop(self.order, "success" if self.state == "paid" else "aborted")
