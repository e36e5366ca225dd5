"""GET /payments: a merchant's payments, newest first (EV-1)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import cursor_of, position_of
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.models import ListPayments
from tillgate.api.payments.views import payment_view
from tillgate.use_cases.payments.list_payments import Filter, list_payments


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(ListPayments)
    found, position = list_payments(
        request.system,
        merchant.merchant_id,
        Filter(query.status, query.method),
        limit=query.limit,
        before=position_of(query.cursor),
    )
    items = [payment_view(order, payment) for order, payment in found]
    return Response(200, {"items": items, "next_cursor": cursor_of(position)}, xml_root="payments")
