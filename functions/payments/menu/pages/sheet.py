"""What the menu shows of an order, in the shopper's language: only plain values for the templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tillgate.connectors.host.card_fields import CardFields
from tillgate.domain.merchants.account import LINKS, Merchant
from tillgate.domain.orders.deadlines import window_ends_at, window_is_open
from tillgate.domain.orders.order import ORDER_WINDOW, Order, OrderStatus
from tillgate.domain.orders.shown import Shown
from tillgate.domain.orders.tenders import beside, left_for_open, more_open_tenders
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.currencies import DECIMALS
from tillgate.domain.shared.locales import language_of
from tillgate.domain.shared.localized_amounts import readable, style_of
from tillgate.domain.shared.localized_dates import written_instant
from tillgate.domain.shared.time_zones import local
from tillgate.domain.shared.typed_amounts import minor_units
from tillgate.domain.shoppers.saved_instruments import SavedInstrument
from tillgate.outbound.invoices.texts import TEXTS
from tillgate.use_cases.payments.offer_methods import Offer
from tillgate.use_cases.psp.shopper_destinations import to_shop

from .languages import LANGUAGES, texts
from .tenders import BRANDS, Card, Line, Tender, card, covering, lines
from .theme import colour_name
from .transfer import Transfer, transfer_of

FAILED = (PaymentStatus.FAILED, PaymentStatus.EXPIRED, PaymentStatus.PROCESSING_EXPIRED)
AT_CODE = ("code_missing", "gift_card", "card_number")  # notices that belong to the field for a gift card's number
BANKS = ("bank_redirect", "direct_debit")


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
    code: str = ""  # a gift card's number that was refused, as the shopper typed it
    shows: str | None = None  # what the shopper asked for while a transfer is awaited: `transfer` or `methods`

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

    @property
    def verbs(self) -> list[str]:
        """What the button may do, by the method that is chosen: `pay`, `transfer` or `order`."""
        methods = [card.method for card in self.cards] + [offer.method for offer in self.tenders]
        return list(dict.fromkeys(self.verb(method) for method in methods))

    def verb(self, method: str) -> str:
        if METHODS[method].pays_later:
            return "order"
        return "transfer" if method == "bank_transfer" else "pay"

    def does(self, verb: str) -> str:
        return self.t[f"do_{verb}"].replace("{amount}", self.pay_amount)

    def money(self, amount: int) -> str:
        return readable(amount, self.order.currency, self.locale)

    @property
    def items(self) -> list[Line]:
        return lines(self.order, self.locale)

    @property
    def paid(self) -> list[Tender]:
        return covering(self.order, self.locale, self.t)

    @property
    def refunded(self) -> str | None:
        """What was given back since the order was covered; None if nothing was."""
        back = sum(payment.refunded - payment.reopened for payment in self.order.payments if not payment.surplus)
        return self.money(back) if back > 0 else None

    @property
    def later(self) -> Payment | None:
        """The promise to pay after delivery that covers the order, or a part of it, and is not paid yet."""
        promised = (each for each in self.order.payments if each.traits.pays_later and each.held and not each.surplus)
        return next(promised, None)

    @property
    def tenders(self) -> list[Offer]:
        """Open tenders to choose from; none once only a transfer that was made in time is still awaited."""
        return [offer for offer in self.offers if offer.applies and offer.method != "gift_card" and not self._is_late]

    @property
    def cards(self) -> list[Card]:
        """The shopper's saved instruments, as the shopper knows them."""
        return [card(instrument, self.t) for instrument in self.saved if instrument.at_psp]

    def brands(self, offer: Offer) -> list[str]:
        """The brands to show of what a connector says that it takes."""
        return [name for name in BRANDS if offer.can and name in offer.can.brands]

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
    def trouble(self) -> str | None:
        """What has to be told at the top of the page."""
        return None if self.code_trouble else self.failure or self._notice_text

    @property
    def code_trouble(self) -> str | None:
        """What has to be told beside the field for a gift card's number."""
        if not self.takes_gift_cards:
            return None
        if self.notice in AT_CODE or (self.code and self.notice):
            return self._notice_text
        last = self._last
        if last is None or last.method != "gift_card" or not self.failure:
            return None
        return self.failure if last.reason_code == "INSUFFICIENT_AMOUNT" else self.t["notice_gift_card"]

    @property
    def part_trouble(self) -> str | None:
        """What has to be told beside the field for a part of the amount."""
        wrong = self.typed and self.divisible and self.part is None
        return self.t["notice_part"].format(amount=self.open_amount) if wrong else None

    @property
    def _notice_text(self) -> str | None:
        if self.notice != "amount":
            return self.t.get(f"notice_{self.notice}") if self.notice else None
        if self.amount_before in (None, self.shown.amount):
            return self.t["notice_changed"]
        return self.t["notice_amount"].format(before=self.money(self.amount_before or 0), now=self.open_amount)

    @property
    def title(self) -> str:
        """What a tab or a screen reader calls the page: what is wrong first, then what can be done."""
        wrong = self.trouble or self.code_trouble or self.part_trouble
        does = self.does(self.verbs[0]) if self.verbs else f"{self.t['to_pay']} {self.open_amount}"
        state = self.t["title_failed" if self.failure else "title_check"] if wrong else ""
        return f"{state}: {does}" if state else does

    @property
    def waiting(self) -> Payment | None:
        """A payment that the shopper began elsewhere and may continue."""
        last = self._last
        plain = last is not None and last.redirect is not None and last.redirect.http_method == "GET"
        return last if last is not None and last.awaits_shopper and not last.pending and plain else None

    @property
    def transfer(self) -> Transfer | None:
        return transfer_of(self.order, self.locale)

    @property
    def transfer_until(self) -> str:
        until = self.transfer.until if self.transfer else None
        return self._written(until) if until else ""

    def _written(self, at: datetime) -> str:
        return written_instant(local(at, self.merchant.time_zone), self.locale, TEXTS[self.language].instant)

    @property
    def _last(self) -> Payment | None:
        return self.order.payments[-1] if self.order.payments else None

    @property
    def open_until(self) -> str | None:
        """When the order's window closes; None if that is hours away, or over."""
        if not window_is_open(self.order) or self._is_late or self.order.expires_at - self.now > ORDER_WINDOW:
            return None
        return self._written(self.order.expires_at)

    @property
    def state(self) -> str:
        """Which page is shown.

        open, transfer, waiting      something is left to do, or to wait for
        paid, ordered, refunded, free, expired, cancelled, ended
        """
        order = self.order
        lapsed = window_is_open(order) and window_ends_at(order) <= self.now
        if order.ended is OrderStatus.EXPIRED or lapsed:
            return "expired"
        if order.status is OrderStatus.REFUNDED:
            return "refunded"
        if order.is_over or order.ending:
            return "cancelled" if order.ended is OrderStatus.CANCELLED else "ended"
        if order.in_flight:
            return "waiting"
        if order.is_free:
            return "free"
        if order.open:
            return "transfer" if self._only_transfers else "open"
        return "ordered" if self.later else "paid"

    @property
    def _only_transfers(self) -> bool:
        """A transfer is awaited that pays all the rest, and there is nothing to tell; or the shopper asked for it."""
        if self.transfer is None or self.shows == "methods":
            return False
        told = self.notice or self.failure or beside(self.order)
        return self.shows == "transfer" or not told

    @property
    def asks_bank(self) -> bool:
        """A bank is what the shopper waits for."""
        waits = next((each for each in reversed(self.order.payments) if each.pending), None)
        return waits is not None and waits.method in BANKS

    @property
    def back(self) -> str | None:
        """The URL back to the shop, which leaves the order as it is."""
        aborted = self.state in ("expired", "cancelled", "ended", "open")
        return to_shop(self.order, "aborted" if aborted else "success")

    @property
    def links(self) -> list[tuple[str, str]]:
        """The shop's pages that the menu leads to: their names and URLs."""
        given = self.merchant.links
        return [(self.t[f"link_{name}"], given[name]) for name in LINKS if name in given]

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Codes and names of the languages to choose from."""
        return [(code, language.name) for code, language in LANGUAGES.items()]
