"""What the menu shows of an order, in the shopper's language: only plain values for the templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tillgate.connectors.host.card_fields import CardFields
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.deadlines import window_ends_at, window_is_open
from tillgate.domain.orders.lines import quantity_text
from tillgate.domain.orders.order import ORDER_WINDOW, Order, OrderStatus
from tillgate.domain.orders.shown import Shown
from tillgate.domain.orders.tenders import left_for_open, more_open_tenders, shares
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.currencies import DECIMALS
from tillgate.domain.shared.locales import language_of
from tillgate.domain.shared.localized_amounts import readable, style_of
from tillgate.domain.shared.localized_dates import written_instant
from tillgate.domain.shared.time_zones import local
from tillgate.domain.shared.typed_amounts import minor_units
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
    quantity: str = ""  # with its unit; empty for one of something
    kind: str = "product"


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
    locale: str
    now: datetime
    offers: tuple[Offer, ...] = ()
    notice: str | None = None
    saved: tuple[SavedInstrument, ...] = ()
    can_save: bool = False  # there is a shopper to save an instrument for
    amount_before: int | None = None  # what an outdated page said, for the notice `amount`
    own_fields: CardFields | None = None  # the PSP's, for one of the offers
    typed: str = ""  # how much to pay now, as the shopper typed it; the rest is for another tender

    @property
    def language(self) -> str:
        return language_of(self.locale)

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
    def shown(self) -> Shown:
        """What every form of this page carries."""
        return Shown.of(self.order)

    @property
    def open_amount(self) -> str:
        """The open tender's amount: named gift cards pay after it."""
        return self.money(left_for_open(self.order))

    @property
    def divisible(self) -> bool:
        """The order has room for a tender beside the next one, so that may pay a part."""
        return more_open_tenders(self.order) > 1 and left_for_open(self.order) > 1

    @property
    def part(self) -> int | None:
        """The part that the shopper has chosen to pay now, in minor units."""
        decimals = DECIMALS.get(self.order.currency, 2)
        part = minor_units(self.typed, decimals, style_of(self.locale).point) if self.divisible else None
        return part if part and part < left_for_open(self.order) else None

    @property
    def pay_amount(self) -> str:
        """What the button says."""
        return self.open_amount if self.part is None else self.money(self.part)

    @property
    def rest_amount(self) -> str:
        return self.money(left_for_open(self.order) - (self.part or 0))

    @property
    def whole_amount(self) -> str:
        return self.money(self.order.due)

    def money(self, amount: int) -> str:
        return readable(amount, self.order.currency, self.locale)

    @property
    def items(self) -> list[Line]:
        return [self._item(item) for item in self.order.terms.items[:MOST_ITEMS]]

    def _item(self, item: Mapping[str, Any]) -> Line:
        amount = item.get("amount")
        quantity = quantity_text(item, self.locale)
        return Line(
            str(item["name"]), None if amount is None else self.money(amount), quantity, item.get("kind", "product")
        )

    @property
    def paid(self) -> list[Line]:
        """What already covers a part of the order, such as gift cards, and what was named to do so."""
        covering = [(payment.method, payment.covers) for payment in self.order.payments if payment.covers]
        covering += [(tender.method, share) for tender, share in shares(self.order)]
        return [Line(self.t[f"method_{method}"], self.money(amount)) for method, amount in covering]

    @property
    def tenders(self) -> list[Offer]:
        """Open tenders to choose from; none once only a transfer that was made in time is still awaited."""
        return [offer for offer in self.offers if offer.applies and offer.method != "gift_card" and not self._is_late]

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
        return any(offer.applies and offer.method == "gift_card" for offer in self.offers) and not self._is_late

    @property
    def _is_late(self) -> bool:
        return window_is_open(self.order) and self.order.expires_at <= self.now

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
        if self.typed and self.divisible and self.part is None:
            return self.t["notice_part"].format(amount=self.open_amount)
        if self.notice != "amount":
            return self.t.get(f"notice_{self.notice}") if self.notice else None
        if self.amount_before in (None, self.shown.amount):
            return self.t["notice_changed"]
        return self.t["notice_amount"].format(before=self.money(self.amount_before or 0), now=self.open_amount)

    @property
    def waiting(self) -> Payment | None:
        """A payment that the shopper began elsewhere and may continue."""
        last = self._last
        plain = last is not None and last.redirect is not None and last.redirect.http_method == "GET"
        return last if last is not None and last.awaits_shopper and not last.pending and plain else None

    @property
    def transfer(self) -> Payment | None:
        """A bank transfer that the shopper has to make; a card may have been tried since."""
        awaited = (each for each in reversed(self.order.payments) if each.awaits_shopper and each.instructions)
        return next(awaited, None)

    @property
    def transfer_until(self) -> str:
        until = self.transfer.waits_until if self.transfer else None
        if until is None:
            return ""
        return written_instant(local(until, self.merchant.time_zone), self.locale, TEXTS[self.language].instant)

    @property
    def _last(self) -> Payment | None:
        return self.order.payments[-1] if self.order.payments else None

    @property
    def minutes_left(self) -> int | None:
        """Whole minutes until the order's window closes, at least 1 while it is open; None if that is hours away."""
        if not window_is_open(self.order) or self._is_late or self.order.expires_at - self.now > ORDER_WINDOW:
            return None
        return max(1, int((self.order.expires_at - self.now).total_seconds() // 60))

    @property
    def state(self) -> str:
        """`open`, `waiting`, `paid`, `free`, `expired` or `ended`: which page is shown."""
        order = self.order
        lapsed = window_is_open(order) and window_ends_at(order) <= self.now
        if order.ended is OrderStatus.EXPIRED or lapsed:
            return "expired"
        if order.is_over or order.ending or order.status is OrderStatus.REFUNDED:
            return "ended"
        if order.in_flight:
            return "waiting"
        if order.is_free:
            return "free"
        return "open" if order.open else "paid"

    @property
    def back(self) -> str | None:
        """The URL back to the shop."""
        return to_shop(self.order, "success" if self.state in ("paid", "free") else "aborted")
