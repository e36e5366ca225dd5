"""POST /invoices/{invoice_id}/send: sends the e-mail again, at most once a minute (RG-7)."""

from tillgate.api.http.problems import Problem
from tillgate.api.http.request import Request, Response
from tillgate.api.invoices.calls import on_invoice
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.refusals import TooSoon
from tillgate.use_cases.invoices.send_invoice import send_invoice
from tillgate.use_cases.shared.idempotency import IdempotencyGuard


def answer(request: Request) -> Response:
    def send(merchant_id: str, order_key: str, guard: IdempotencyGuard) -> Order:
        try:
            return send_invoice(request.system, merchant_id, order_key, guard=guard)
        except TooSoon as soon:
            raise Problem(429, soon.code, soon.detail, headers={"Retry-After": str(soon.seconds)}) from None

    return on_invoice(request, send)
