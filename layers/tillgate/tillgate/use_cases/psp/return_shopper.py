"""The shopper's browser comes back from a PSP (CM-5, TH-2). It proves nothing, so the PSP is asked."""

from tillgate.domain.orders.order import Order
from tillgate.domain.shared.identifiers import order_key_of
from tillgate.domain.shared.refusals import NotFound
from tillgate.use_cases.psp.ask_psp import ask_psp
from tillgate.use_cases.psp.shopper_destinations import destination
from tillgate.use_cases.shared.load_order import load
from tillgate.wiring import System


def return_shopper(system: System, connector: str, payment_id: str) -> tuple[Order, str | None]:
    """The order after the PSP was asked, and where to send the shopper (None if the merchant set no URL)."""
    order = load(system, order_key_of(payment_id))
    payment = order.payment(payment_id)
    if payment is None or payment.connector != connector:
        raise NotFound("this payment does not exist")
    if payment.awaits_shopper or payment.pending:
        order = ask_psp(system, order, payment_id, cause="return")
    return order, destination(order, order.payment(payment_id) or payment, system.api_url)
