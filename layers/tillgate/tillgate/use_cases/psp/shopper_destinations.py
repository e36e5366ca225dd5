"""Where the shopper's browser goes when a payment is decided (CM-3, TH-2).

A refused payment that the shopper started on the menu leads back to the menu, for another attempt. All others lead to
the shop: success, aborted (refusal, cancel) or error. Only the merchant's own URLs and the menu are ever returned, so
nobody can be redirected elsewhere.
"""

from tillgate.domain.orders.menu_link import menu_url
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.links import extended

_ABORTED = (
    PaymentStatus.FAILED,
    PaymentStatus.WITHDRAWN,
    PaymentStatus.EXPIRED,
    PaymentStatus.CANCELLED,
    PaymentStatus.CREATED,
    PaymentStatus.SEEN,
)
_BY_SHOPPER = ("CANCELLED_BY_PAYER", "CANCELLED_BY_PAYER_AT_BANK")


def destination(order: Order, payment: Payment, api_url: str | None) -> str | None:
    """The next page after this payment; None if the merchant set no URL and the menu has nothing to offer.

    `api_url` None: for a browser that must not be told the menu's link.
    """
    if payment.authorization.requested_by is Actor.SHOPPER:
        return _after_menu(order, payment, api_url)
    return to_shop(order, _result(order, payment), payment.return_url)


def to_shop(order: Order, result: str, return_url: str | None = None) -> str | None:
    """The merchant's URL for `success`, `aborted` or `error`, with the order's key and reference in the query."""
    urls = order.terms.return_urls
    url = return_url or urls.get(result) or urls.get("success")
    if url is None:
        return None
    return extended(url, order_key=order.order_key, order_reference=order.order_reference)


def _after_menu(order: Order, payment: Payment, api_url: str | None) -> str | None:
    result = _result(order, payment)
    shop = to_shop(order, result)
    if api_url is None:
        return shop
    if order.in_flight:
        return menu_url(api_url, order, "/wait")
    by_shopper = result == "aborted" and payment.reason_code in _BY_SHOPPER
    leaves = result == "error" or by_shopper or (result == "success" and is_paid(order))
    return (shop if leaves else None) or menu_url(api_url, order)


def is_paid(order: Order) -> bool:
    """All that is due is covered, and was not given back."""
    return not (order.open or order.ended or order.ending) and order.status is not OrderStatus.REFUNDED


def _result(order: Order, payment: Payment) -> str:
    """Where the order is goes before what became of the payment: another tab may have paid it, or have ended it.

    An undecided payment goes to success too: the merchant checks the status there (TH-2).
    """
    if is_paid(order):
        return "success"
    if payment.reason_code == "PSP_ERROR" or payment.status is PaymentStatus.PROCESSING_EXPIRED:
        return "error"
    over = order.ended or order.ending
    return "aborted" if over or payment.status in _ABORTED else "success"
