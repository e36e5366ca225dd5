"""Where the shopper's browser goes when a payment is decided (CM-3, TH-2).

A refused payment that the shopper started on the menu leads back to the menu, for another attempt. All others lead to
the shop: success, aborted (refusal, cancel) or error. Only the merchant's own URLs and the menu are ever returned, so
nobody can be redirected elsewhere.
"""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payments.payment import Payment

_ABORTED = (
    PaymentStatus.FAILED,
    PaymentStatus.WITHDRAWN,
    PaymentStatus.EXPIRED,
    PaymentStatus.CANCELLED,
    PaymentStatus.CREATED,
    PaymentStatus.SEEN,
)
_BY_SHOPPER = ("CANCELLED_BY_PAYER", "CANCELLED_BY_PAYER_AT_BANK")


def menu_url(api_url: str, order: Order) -> str:
    return f"{api_url}/pay/{order.order_key}"


def destination(order: Order, payment: Payment, api_url: str) -> str | None:
    """The next page after this payment; None if the merchant set no URL and the menu has nothing to offer."""
    if payment.authorization.requested_by is Actor.SHOPPER:
        return _after_menu(order, payment, api_url)
    return to_shop(order, _result(payment), payment.return_url)


def to_shop(order: Order, result: str, return_url: str | None = None) -> str | None:
    """The merchant's URL for `success`, `aborted` or `error`, with the order's key and reference in the query."""
    urls = order.terms.return_urls
    url = return_url or urls.get(result) or urls.get("success")
    if url is None:
        return None
    parts = urlsplit(url)
    own = [("order_key", order.order_key), ("order_reference", order.order_reference)]
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *own])
    return urlunsplit(parts._replace(query=query))


def _after_menu(order: Order, payment: Payment, api_url: str) -> str:
    menu = menu_url(api_url, order)
    result = _result(payment)
    if order.in_flight:
        return f"{menu}/wait"
    if result == "error" or (result == "aborted" and payment.reason_code in _BY_SHOPPER):
        return to_shop(order, result) or menu
    if result == "success" and order.open == 0 and not order.is_over:
        return to_shop(order, result) or menu
    return menu


def _result(payment: Payment) -> str:
    """An undecided payment goes to success too: the merchant checks the status there (TH-2)."""
    if payment.reason_code == "PSP_ERROR" or payment.status is PaymentStatus.PROCESSING_EXPIRED:
        return "error"
    return "aborted" if payment.status in _ABORTED else "success"
