"""The shopper's actions on the menu: open, pay, wait, cancel. Each returns what to show, or where to go."""

from collections.abc import Mapping
from dataclasses import dataclass

from tillgate.connectors.host.card_fields import CardFields, card_fields
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.budget import OrderTooLarge
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.menu_link import menu_url, opens_menu
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.shown import PageOutdated, Shown
from tillgate.domain.orders.starting import open_page
from tillgate.domain.orders.tenders import more_open_tenders
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.card_numbers import card_number_in
from tillgate.domain.shared.refusals import (
    CapabilityNotSupported,
    MethodNotApplicable,
    NotFound,
    OperationNotAllowed,
    Refusal,
    TooSoon,
)
from tillgate.domain.shoppers.saved_instruments import InstrumentStatus, SavedInstrument, is_token, one_of_each
from tillgate.store.shared.failures import Contended
from tillgate.use_cases.orders.abandon_order import abandon_order
from tillgate.use_cases.payments.name_tender import is_named_first, name_tender
from tillgate.use_cases.payments.offer_methods import Offer, offer_methods
from tillgate.use_cases.payments.payment_instruments import InstrumentRequest
from tillgate.use_cases.payments.remove_tender import remove_tender
from tillgate.use_cases.payments.start_payment import Start, start_payment
from tillgate.use_cases.psp.ask_psp import ask_for_stranger
from tillgate.use_cases.psp.shopper_destinations import destination, is_paid, to_shop
from tillgate.use_cases.shared.changes import ConcurrentChange, change, load
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System

from .forms import choice, chosen_part, digits, shown_on
from .languages import Wishes
from .sheet import FAILED, Sheet

MOST_SAVED = 10  # different instruments, the newest ones, shown on the menu
MOST_READ = 50  # one card may have been saved many times
NOTICES = ("changed", "amount", "unavailable", "busy", "pause", "code_missing", "gift_card", "card_number")


@dataclass(frozen=True, slots=True)
class Goto:
    """Where the browser goes next. A redirect that the PSP needs as a POST has `parameters`."""

    url: str
    parameters: Mapping[str, str] | None = None


def admitted(order: Order, key: str) -> Order:
    """The order, for a browser that brought its menu key. Raises `NotFound`: without it the page does not exist."""
    if not opens_menu(order, key):
        raise NotFound("this page does not exist")
    return order


def opened(
    system: System,
    order_key: str,
    key: str,
    wishes: Wishes,
    notice: str | None,
    amount_before: str | None = None,
    part: str | None = None,
    *,
    shows: str | None = None,
) -> Sheet:
    """The menu was opened: payments that awaited the shopper are SEEN (EV-3). `amount_before`: for `notice` amount.

    `part`: how much to pay now, as typed, where several open tenders may pay the order. `shows`: `transfer` or
    `methods`, while a transfer is awaited.
    """

    def decide(order: Order) -> list[Event]:
        return open_page(admitted(order, key), system.now())

    order = change(system, order_key, decide, actor=Actor.SHOPPER, cause="menu").order
    merchant = merchant_of(system, order)
    offers = tuple(offer_methods(system, merchant, order))
    locale = wishes.locale(order.terms.locale)
    told = notice if notice in NOTICES else None
    before = digits(amount_before or "") if told == "amount" else None
    saved, can_save = saved_of(system, order, offers)
    own = _card_fields(system, merchant, offers)
    typed = (part or "")[:30]
    return Sheet(order, merchant, locale, system.now(), offers, told, saved, can_save, before, own, typed, shows=shows)


def _card_fields(system: System, merchant: Merchant, offers: tuple[Offer, ...]) -> CardFields | None:
    offered = ((each.method, system.manifest(each.connector)) for each in offers if each.applies)
    return card_fields(system, merchant.merchant_id, offered)


def saved_of(system: System, order: Order, offers: tuple[Offer, ...]) -> tuple[tuple[SavedInstrument, ...], bool]:
    """The shopper's saved instruments that apply to this order, and whether there is a shopper to save one for (RG-5).

    One read, and none if the order names no shopper, or does not opt in.
    """
    ways = {(offer.method, offer.connector, offer.mode) for offer in offers if offer.pays_with_saved(order)}
    if order.terms.shopper_key is None or not ways or not order.open:
        return (), False
    page = system.instruments.page(order.merchant_id, order.terms.shopper_key, MOST_READ)
    ready = (each for each in page.instruments if each.status is InstrumentStatus.ACTIVE)
    fitting = one_of_each(each for each in ready if (each.method, each.connector, each.mode) in ways)
    return tuple(fitting[:MOST_SAVED]), page.has_shopper


def looked_at(system: System, order: Order, wishes: Wishes) -> Sheet:
    locale = wishes.locale(order.terms.locale)
    return Sheet(order, merchant_of(system, order), locale, system.now())


def merchant_of(system: System, order: Order) -> Merchant:
    merchant = system.merchants.merchant(order.merchant_id)
    if merchant is None or merchant.suspended:
        raise NotFound("nobody accepts payments for this order")
    return merchant


@dataclass(frozen=True, slots=True)
class Refused:
    """A gift card's number that was not taken. It is answered at once and in no URL, as it is as good as money."""

    notice: str | None  # None: the order's last payment says why
    code: str


def pay(system: System, order_key: str, key: str, form: Mapping[str, str], place: str | None = None) -> Goto | Refused:
    """Starts the payment that the form requests, or takes a gift card back. If that is impossible, the menu is shown
    again with the reason.

    `place`: the shopper's IP address. Raises `TooSoon`.
    """
    order = admitted(load(system, order_key), key)
    merchant, shown = merchant_of(system, order), shown_on(form)
    if tender := form.get("remove"):
        return _remove(system, order, tender, shown)
    if chosen_part(form) and more_open_tenders(order) < 2:  # nothing could pay the rest
        return _anew(system, order_key, shown)
    try:
        return _begin(system, merchant, order, form, shown, place)
    except (MethodNotApplicable, CapabilityNotSupported, OrderTooLarge):
        return _to_menu(system, order, notice="unavailable")
    except (ConcurrentChange, Contended):
        return _to_menu(system, order, notice="busy")
    except PageOutdated:
        return _anew(system, order_key, shown)
    except TooSoon:
        raise
    except Refusal:
        return _as_things_stand(system, order_key, shown)


def _remove(system: System, order: Order, tender: str, shown: Shown) -> Goto:
    try:
        return _to_menu(system, remove_tender(system, order.order_key, tender, shown))
    except (ConcurrentChange, Contended):
        return _to_menu(system, order, notice="busy")
    except Refusal:
        return _anew(system, order.order_key, shown)


def _begin(
    system: System, merchant: Merchant, order: Order, form: Mapping[str, str], shown: Shown, place: str | None
) -> Goto | Refused:
    method, token = choice(form)
    if method == "gift_card" and not token:
        return Refused("code_missing", "")
    if token and card_number_in(token, of_gift_card=method == "gift_card"):
        return Refused("card_number", "") if method == "gift_card" else _to_menu(system, order, notice="card_number")
    saved, saves = is_token(token or ""), form.get("save") == method
    if (saved or saves) and not _uses_saved(system, merchant, order, method):
        return _to_menu(system, order, notice="unavailable")
    if token and is_named_first(system, merchant, method):
        return _name(system, merchant, order.order_key, method, token, shown, place)
    start = Start(
        method=method,
        amount=chosen_part(form),
        asked=InstrumentRequest({"token": token} if token else {}, save=saves and not saved),
        actor=Actor.SHOPPER,
        shown=shown,
        place=place,
    )
    order, payment_id = start_payment(system, merchant, order.order_key, start, _unguarded(system))
    payment = order.payment(payment_id)
    if method == "gift_card" and payment and payment.status in FAILED and not (order.is_over or order.ending):
        return Refused(None, token or "")
    return _next(system, order, payment_id)


def _name(
    system: System, merchant: Merchant, order_key: str, method: str, token: str, shown: Shown, place: str | None
) -> Goto | Refused:
    """A gift card that is authorized after the open tender, or at once if none is needed any more (IS-8)."""
    before = load(system, order_key)
    try:
        order = name_tender(system, merchant, order_key, method=method, token=token, shown=shown, place=place)
    except MethodNotApplicable:
        return Refused("gift_card", token)
    if len(order.payments) > len(before.payments):
        return _next(system, order, order.payments[-1].payment_id)
    return _to_menu(system, order)


def _uses_saved(system: System, merchant: Merchant, order: Order, method: str) -> bool:
    offers = offer_methods(system, merchant, order) if order.terms.saved_instruments else []
    return any(offer.method == method and offer.pays_with_saved(order) for offer in offers)


def _to_menu(system: System, order: Order, page: str = "", **query: object) -> Goto:
    return Goto(menu_url(system.api_url, order, page, **query))


def _next(system: System, order: Order, payment_id: str) -> Goto:
    payment = order.payment(payment_id)
    if payment and payment.awaits_shopper and payment.redirect:
        redirect = payment.redirect
        return Goto(redirect.url, dict(redirect.parameters) if redirect.http_method == "POST" else None)
    return _after(system, order, payment)


def _after(system: System, order: Order, payment: Payment | None) -> Goto:
    return Goto((destination(order, payment, system.api_url) if payment else None) or menu_url(system.api_url, order))


def _as_things_stand(system: System, order_key: str, shown: Shown) -> Goto:
    """Something was started in the meantime, by a double click or in another tab: continue with that."""
    order = load(system, order_key)
    last = order.payments[-1] if order.payments else None
    if order.in_flight:
        return _to_menu(system, order, "/wait")
    if last and last.awaits_shopper and not order.is_over:
        return _next(system, order, last.payment_id)
    return _anew(system, order_key, shown)


def _anew(system: System, order_key: str, shown: Shown) -> Goto:
    """The page was outdated and nothing was done: the menu says what changed, and its buttons what they do now."""
    order = load(system, order_key)
    now = Shown.of(order)
    if order.in_flight:
        return _to_menu(system, order, "/wait")
    if order.is_over or not order.open:
        return _to_menu(system, order)
    if shown.currency == now.currency and shown.amount != now.amount and shown.amount >= 0:
        return _to_menu(system, order, notice="amount", before=shown.amount)
    return _to_menu(system, order, notice="changed")


def wait(system: System, order_key: str, key: str, wishes: Wishes) -> Sheet | Goto:
    """Asks the PSP; once it has decided, the shopper continues to the payment's destination."""
    order = admitted(load(system, order_key), key)
    payment = _undecided(order)
    if payment:
        order = ask_for_stranger(system, order, payment.payment_id, cause="shopper waits") or order
    if _undecided(order):
        return looked_at(system, order, wishes)
    return _after(system, order, order.payments[-1] if order.payments else None)


def _undecided(order: Order) -> Payment | None:
    if not order.in_flight or order.is_over:
        return None
    return next((payment for payment in reversed(order.payments) if payment.pending), None)


def cancel(system: System, order_key: str, key: str, form: Mapping[str, str]) -> Goto:
    """Ends the order; the shopper returns to the shop. If it was paid in the meantime, nothing ends."""
    admitted(load(system, order_key), key)
    shown = shown_on(form)
    try:
        order = abandon_order(system, order_key, shown)
    except OperationNotAllowed:
        order = load(system, order_key)
        return Goto((to_shop(order, "success") if is_paid(order) else None) or _anew(system, order_key, shown).url)
    return Goto(to_shop(order, "aborted") or menu_url(system.api_url, order))


def _unguarded(system: System) -> IdempotencyGuard:
    """The form's own number guards against a second click; no idempotency key is needed."""
    return IdempotencyGuard(None, system.keys, lambda _order, _subject: (200, ""))
