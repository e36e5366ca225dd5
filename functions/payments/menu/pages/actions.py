"""The shopper's actions on the menu: open, pay, wait, cancel. Each returns what to show, or where to go."""

from collections.abc import Mapping
from dataclasses import dataclass

from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.budget import OrderTooLarge
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.starting import open_page
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.refusals import CapabilityNotSupported, MethodNotApplicable, NotFound, Refusal
from tillgate.domain.shoppers.saved_instruments import InstrumentStatus, SavedInstrument, is_token
from tillgate.store.shared.failures import Contended
from tillgate.use_cases.orders.abandon_order import abandon_order
from tillgate.use_cases.payments.name_tender import is_named_first, name_tender
from tillgate.use_cases.payments.offer_methods import Offer, offer_methods
from tillgate.use_cases.payments.payment_instruments import InstrumentRequest
from tillgate.use_cases.payments.start_payment import start_payment
from tillgate.use_cases.psp.ask_psp import ask_psp
from tillgate.use_cases.psp.shopper_destinations import destination, menu_url, to_shop
from tillgate.use_cases.shared.changes import ConcurrentChange, change, load
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System

from .languages import choose
from .sheet import Sheet

MOST_SAVED = 10  # the newest instruments, shown on the menu
NOTICES = ("changed", "unavailable", "busy", "code_missing", "gift_card")


@dataclass(frozen=True, slots=True)
class Goto:
    """Where the browser goes next. A redirect that the PSP needs as a POST has `parameters`."""

    url: str
    parameters: Mapping[str, str] | None = None


def opened(system: System, order_key: str, accept_language: str, notice: str | None) -> Sheet:
    """The menu was opened: payments that awaited the shopper are SEEN (EV-3)."""
    order = change(
        system, order_key, lambda order: open_page(order, system.now()), actor=Actor.SHOPPER, cause="menu"
    ).order
    merchant = merchant_of(system, order)
    offers = tuple(offer_methods(system, merchant, order))
    language = choose(order.terms.locale, accept_language)
    told = notice if notice in NOTICES else None
    return Sheet(order, merchant, language, system.now(), offers, told, *saved_of(system, order, offers))


def saved_of(system: System, order: Order, offers: tuple[Offer, ...]) -> tuple[tuple[SavedInstrument, ...], bool]:
    """The shopper's saved instruments that apply to this order, and whether there is a shopper to save one for (RG-5).

    One read, and none if the order names no shopper.
    """
    ways = {(offer.method, offer.connector) for offer in offers if offer.applies and offer.saves}
    if order.terms.shopper_key is None or not ways or not order.open:
        return (), False
    page = system.instruments.page(order.merchant_id, order.terms.shopper_key, MOST_SAVED)
    ready = (each for each in page.instruments if each.status is InstrumentStatus.ACTIVE)
    return tuple(each for each in ready if (each.method, each.connector) in ways), page.has_shopper


def looked_at(system: System, order: Order, accept_language: str) -> Sheet:
    language = choose(order.terms.locale, accept_language)
    return Sheet(order, merchant_of(system, order), language, system.now())


def merchant_of(system: System, order: Order) -> Merchant:
    merchant = system.merchants.merchant(order.merchant_id)
    if merchant is None or merchant.suspended:
        raise NotFound("nobody accepts payments for this order")
    return merchant


def pay(system: System, order_key: str, form: Mapping[str, str]) -> Goto:
    """Starts the payment that the form requests. If that is impossible, the menu is shown again with the reason."""
    order = load(system, order_key)
    merchant = merchant_of(system, order)
    menu = menu_url(system.api_url, order)
    method, token = _choice(form)
    if method == "gift_card" and not token:
        return Goto(f"{menu}?notice=code_missing")
    try:
        if token and is_named_first(system, merchant, method):
            return _name(system, merchant, order_key, method, token, _number(form))
        order, payment_id = start_payment(
            system,
            merchant,
            order_key,
            method=method,
            amount=None,
            asked=InstrumentRequest(token, save=form.get("save") == method and not is_token(token or "")),
            return_url=None,
            guard=_unguarded(system),
            actor=Actor.SHOPPER,
            number=_number(form),
        )
    except (MethodNotApplicable, CapabilityNotSupported, OrderTooLarge):
        return Goto(f"{menu}?notice=unavailable")
    except (ConcurrentChange, Contended):
        return Goto(f"{menu}?notice=busy")
    except Refusal:
        return _as_things_stand(system, order_key)
    return _next(system, order, payment_id)


def _name(system: System, merchant: Merchant, order_key: str, method: str, token: str, number: int | None) -> Goto:
    """A gift card that is authorized after the open tender, or at once if none is needed any more (IS-8)."""
    before = load(system, order_key)
    try:
        order = name_tender(system, merchant, order_key, method=method, token=token, number=number)
    except MethodNotApplicable:
        return Goto(f"{menu_url(system.api_url, before)}?notice=gift_card")
    if len(order.payments) > len(before.payments):
        return _next(system, order, order.payments[-1].payment_id)
    return Goto(menu_url(system.api_url, order))


def _next(system: System, order: Order, payment_id: str) -> Goto:
    payment = order.payment(payment_id)
    if payment and payment.awaits_shopper and payment.redirect:
        redirect = payment.redirect
        return Goto(redirect.url, dict(redirect.parameters) if redirect.http_method == "POST" else None)
    menu = menu_url(system.api_url, order)
    return Goto((destination(order, payment, system.api_url) if payment else None) or menu)


def _as_things_stand(system: System, order_key: str) -> Goto:
    """Something was started in the meantime, by a double click or in another tab: continue with that."""
    order = load(system, order_key)
    menu = menu_url(system.api_url, order)
    last = order.payments[-1] if order.payments else None
    if order.in_flight:
        return Goto(f"{menu}/wait")
    if last and last.awaits_shopper and not order.is_over:
        return _next(system, order, last.payment_id)
    return Goto(f"{menu}?notice=changed" if order.open and not order.is_over else menu)


def wait(system: System, order_key: str, accept_language: str) -> Sheet | Goto:
    """Asks the PSP; once it has decided, the shopper continues to the payment's destination."""
    order = load(system, order_key)
    payment = _undecided(order)
    if payment:
        order = ask_psp(system, order, payment.payment_id, cause="shopper waits")
    if _undecided(order):
        return looked_at(system, order, accept_language)
    menu = menu_url(system.api_url, order)
    last = order.payments[-1] if order.payments else None
    return Goto((destination(order, last, system.api_url) if last else None) or menu)


def _undecided(order: Order) -> Payment | None:
    if not order.in_flight or order.is_over:
        return None
    return next((payment for payment in reversed(order.payments) if payment.pending), None)


def cancel(system: System, order_key: str) -> Goto:
    """Ends the order; the shopper returns to the shop."""
    order = abandon_order(system, order_key)
    return Goto(to_shop(order, "aborted") or menu_url(system.api_url, order))


def _choice(form: Mapping[str, str]) -> tuple[str, str | None]:
    """Method and instrument: a saved one (`card:token`), a gift card's number, or a chosen bank."""
    method, _, saved = form.get("method", "").partition(":")
    field = "bank" if method == "bank_redirect" else "instrument[token]"
    return method, saved or form.get(field, "").strip()[:200] or None


def _number(form: Mapping[str, str]) -> int | None:
    number = form.get("number", "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 4 else None


def _unguarded(system: System) -> IdempotencyGuard:
    """The form's own number guards against a second click; no idempotency key is needed."""
    return IdempotencyGuard(None, system.keys, lambda _order, _subject: (200, ""))
