"""GET /invoices/{invoice_id}: an invoice and the current state of its order (RG-7)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.invoices.calls import shown
from tillgate.domain.shared.identifiers import order_key_of_invoice
from tillgate.use_cases.shared.load_order import load


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    order = load(request.system, order_key_of_invoice(request.path["invoice_id"]), merchant.merchant_id)
    return Response(200, shown(request, order), xml_root="invoice")
