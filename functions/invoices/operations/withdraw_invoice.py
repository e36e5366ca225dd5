"""POST /invoices/{invoice_id}/withdraw: disables the payment link; 409 once a payment has begun (RG-7)."""

from tillgate.api.http.request import Request, Response
from tillgate.api.invoices.calls import on_invoice
from tillgate.use_cases.invoices.withdraw_invoice import withdraw_invoice


def answer(request: Request) -> Response:
    return on_invoice(
        request,
        lambda merchant_id, order_key, guard: withdraw_invoice(request.system, merchant_id, order_key, guard=guard),
    )
