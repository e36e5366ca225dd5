"""The shopper's browser comes back from a PSP (CM-5, TH-2). It proves nothing, so the PSP is asked."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tillgate.domain.commands import order_key_of
from tillgate.domain.errors import NotFound
from tillgate.domain.lifecycle import PaymentStatus
from tillgate.domain.order import Order, Payment
from tillgate.wiring import System

from .ask_psp import ask_psp
from .changes import load

_ABORTED = (
    PaymentStatus.FAILED,
    PaymentStatus.WITHDRAWN,
    PaymentStatus.EXPIRED,
    PaymentStatus.CANCELLED,
    PaymentStatus.CREATED,
    PaymentStatus.SEEN,
)


def return_shopper(system: System, connector: str, payment_id: str) -> tuple[Order, str | None]:
    """The order after the PSP was asked, and where to send the shopper (None if the merchant named no place)."""
    order = load(system, order_key_of(payment_id))
    payment = order.payment(payment_id)
    if payment is None or payment.connector != connector:
        raise NotFound("there is no such payment")
    if payment.awaits_shopper or payment.pending:
        order = ask_psp(system, order, payment_id, cause="return")
    return order, destination(order, order.payment(payment_id) or payment)


def destination(order: Order, payment: Payment) -> str | None:
    """Success, aborted (refusal, cancel) or error, with the order's key and reference in the query."""
    urls = order.terms.return_urls
    url = payment.return_url or urls.get(_result(payment)) or urls.get("success")
    if url is None:
        return None
    parts = urlsplit(url)
    own = [("order_key", order.order_key), ("order_reference", order.order_reference)]
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *own])
    return urlunsplit(parts._replace(query=query))


def _result(payment: Payment) -> str:
    """What is still undecided goes to success too: the merchant checks the status there (TH-2)."""
    if payment.reason_code == "PSP_ERROR" or payment.status is PaymentStatus.PROCESSING_EXPIRED:
        return "error"
    return "aborted" if payment.status in _ABORTED else "success"
