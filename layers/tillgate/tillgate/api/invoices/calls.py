"""What the calls on one invoice share: its order, its view and the idempotency key (RG-7)."""

from collections.abc import Callable
from typing import Any

from tillgate.api.http.authentication import caller
from tillgate.api.http.fields import Nothing
from tillgate.api.http.idempotency import idempotent_for
from tillgate.api.http.request import Request, Response
from tillgate.api.invoices.views import invoice_view
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.identifiers import order_key_of_invoice
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.use_cases.shared.load_order import load


def on_invoice(request: Request, perform: Callable[[str, str, IdempotencyGuard], Order]) -> Response:
    """Calls `perform(merchant_id, order_key, guard)` once and answers the invoice."""
    merchant = caller(request, "orders:write")
    body = request.read(Nothing)
    order_key = order_key_of_invoice(request.path["invoice_id"])
    return idempotent_for(
        request,
        merchant.merchant_id,
        body,
        lambda guard: (perform(merchant.merchant_id, order_key, guard), None),
        lambda order, _: shown(request, order),
        reload=lambda key: load(request.system, key),
        answered=request.system.orders.as_answered,
        xml_root="invoice",
        personal=True,
    )


def shown(request: Request, order: Order) -> dict[str, Any]:
    recipient = request.system.recipients.load(order.order_key)
    return invoice_view(order, recipient, request.system.api_url)
