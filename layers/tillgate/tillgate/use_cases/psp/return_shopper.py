"""The shopper's browser comes back from a PSP (CM-5, TH-2).

What it brings is handed to the connector, which knows whether it means anything: a parameter may be needed to go on, or
be signed by the PSP. By itself a return proves nothing, so the connector asks the PSP. Nor does a payment's id open the
menu: only a return with the `back` that the payment's own return URL had leads there (ADR 137).
"""

from dataclasses import replace

from tillgate.connectors.v1 import Sent
from tillgate.domain.orders.menu_link import leads_back
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payments.payment import Payment, Redirect
from tillgate.domain.shared.identifiers import order_key_of
from tillgate.domain.shared.refusals import NotFound
from tillgate.use_cases.psp.ask_psp import STRANGERS_WAIT, ask_for_stranger, ask_psp, may_ask
from tillgate.use_cases.psp.shopper_destinations import destination
from tillgate.use_cases.shared.changes import execute_requests, learn_facts
from tillgate.use_cases.shared.load_order import load
from tillgate.wiring import System


def return_shopper(system: System, connector: str, payment_id: str, back: Sent) -> tuple[Order, Redirect | None]:
    """The order after it, and where the shopper goes next: a further page of the PSP, the menu, or the shop (None if
    the merchant set no URL)."""
    order = load(system, order_key_of(payment_id))
    payment = order.payment(payment_id)
    if payment is None or payment.connector != connector:
        raise NotFound("this payment does not exist")
    shown = back.query.get("back", "")
    back = replace(back, query={name: value for name, value in back.query.items() if name != "back"})
    before = payment.redirect
    if _is_open(payment):
        order = _proceeded(system, order, payment, back) or _a_moment_later(system, order, payment, back)
    payment = order.payment(payment_id) or payment
    if payment.awaits_shopper and payment.redirect and payment.redirect != before:
        return order, payment.redirect
    url = destination(order, payment, system.api_url if leads_back(order, payment, shown) else None)
    return order, Redirect(url) if url else None


def _a_moment_later(system: System, order: Order, payment: Payment, back: Sent) -> Order:
    """The PSP has just been asked, perhaps before it knew: wait, and ask again if it is still open."""
    system.pause(STRANGERS_WAIT)
    order = load(system, order.order_key)
    now = order.payment(payment.payment_id)
    if now is None or not _is_open(now):
        return order
    return _proceeded(system, order, now, back) or order


def _proceeded(system: System, order: Order, payment: Payment, back: Sent) -> Order | None:
    """The order after the PSP was asked; None if somebody has had it asked a moment ago."""
    can = system.manifest(payment.connector).methods.get(payment.method)
    if can is None or can.redirect == "none" or not payment.awaits_shopper:
        return ask_for_stranger(system, order, payment.payment_id, cause="return")
    if not may_ask(system, payment.payment_id):
        return None
    facts = system.psp(payment.connector, order.merchant_id, payment.mode).proceed(order, payment, back)
    order = execute_requests(system, learn_facts(system, order, facts, cause="return"))
    if any(fact.status is not OperationStatus.UNKNOWN for fact in facts):
        return order
    return ask_psp(system, order, payment.payment_id, cause="return")


def _is_open(payment: Payment) -> bool:
    return payment.awaits_shopper or payment.pending
