"""POST /orders/{order_key}/refund: refunds across the order's payments, the last captured first (EV-12)."""

from tillgate.api.http.request import Request, Response
from tillgate.api.orders.calls import on_order
from tillgate.api.payments.models import Refund
from tillgate.use_cases.orders.refund_order import refund_order


def answer(request: Request) -> Response:
    return on_order(
        request,
        Refund,
        lambda merchant_id, order_key, body, guard: refund_order(
            request.system, merchant_id, order_key, amount=body.amount, reason=body.reason, guard=guard
        ),
    )
