"""The view of an invoice: its order in terms of an invoice (RG-7)."""

from typing import Any

from tillgate.api.http.instants import instant
from tillgate.api.orders.views import order_view
from tillgate.domain.invoices.invoice import invoice_of, invoice_operations, invoice_status
from tillgate.domain.invoices.recipient import Recipient
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.identifiers import invoice_id_of

_OF_THE_ORDER = (
    *("order_key", "order_reference", "amount", "currency", "amounts", "capture", "withdrawable", "version"),
    *("created_at", "updated_at", "considered_safe", "metadata", "description", "items", "locale", "methods"),
    *("return_urls", "notification_url"),
)


def invoice_view(order: Order, recipient: Recipient | None, api_url: str) -> dict[str, Any]:
    """`recipient` is None once it has been erased."""
    invoice = invoice_of(order)
    of_the_order = order_view(order, api_url)
    return {
        "invoice_id": invoice_id_of(order.order_key),
        "status": invoice_status(order),
        "payment_url": of_the_order["menu_url"],
        "due_at": instant(order.expires_at),
        "sent_at": instant(invoice.sent_at) if invoice.sent_at else None,
        "times_sent": invoice.sent,
        "seen_at": instant(invoice.seen_at) if invoice.seen_at else None,
        "customer": {"name": recipient.name, "email": recipient.email} if recipient else None,
        **{name: of_the_order[name] for name in _OF_THE_ORDER if name in of_the_order},
        "allowed_operations": invoice_operations(order),
    }
