"""POST /orders/{order_key}/refund: refunds across the order's payments, the last captured first (EV-12)."""

from tillgate.api.http.request import Request, Response
from tillgate.api.orders.calls import on_order
from tillgate.api.payments.models import RefundOrder
from tillgate.use_cases.orders.refund_order import RefundRequest, refund_order


def answer(request: Request) -> Response:
    return on_order(
        request,
        RefundOrder,
        lambda merchant_id, order_key, body, guard: refund_order(
            request.system, merchant_id, order_key, _asked(body), guard=guard
        ),
    )


def _asked(body: RefundOrder) -> RefundRequest:
    tenders = None if body.payments is None else [(each.payment_id, each.amount) for each in body.payments]
    return RefundRequest(body.amount, body.reason, body.reason_code, tenders)
