"""POST /invoices/{invoice_id}/send: the e-mail goes out again, once a minute at most (RG-7)."""

from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.api.invoices import on_invoice
from tillgate.api.problems import Problem
from tillgate.domain.errors import TooSoon
from tillgate.domain.order import Order
from tillgate.use_cases.guard import Guard
from tillgate.use_cases.send_invoice import send_invoice


@endpoint
def handler(request: Request) -> Response:
    def send(merchant_id: str, order_key: str, guard: Guard) -> Order:
        try:
            return send_invoice(request.system, merchant_id, order_key, guard=guard)
        except TooSoon as soon:
            raise Problem(429, soon.code, soon.detail, headers={"Retry-After": str(soon.seconds)}) from None

    return on_invoice(request, send)
