"""POST /invoices/{invoice_id}/send: sends the e-mail again, at most once a minute (RG-7)."""

from tillgate.api.http.request import Request, Response
from tillgate.api.invoices.calls import on_invoice
from tillgate.use_cases.invoices.send_invoice import send_invoice


def answer(request: Request) -> Response:
    return on_invoice(
        request,
        lambda merchant_id, order_key, guard: send_invoice(request.system, merchant_id, order_key, guard=guard),
    )
