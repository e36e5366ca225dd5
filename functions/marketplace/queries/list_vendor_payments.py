"""GET /orders/{order_key}/vendor-payments: an order's vendor payments, newest first (TH-4)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import cursor_of, position_of
from tillgate.api.http.fields import Page
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.views import payment_view
from tillgate.use_cases.shared.changes import load


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(Page)
    order = load(request.system, request.path["order_key"], merchant.merchant_id)
    parts, position = request.system.vendor_payments.page(order.order_key, query.limit, position_of(query.cursor))
    items = [payment_view(part, part.payments[0]) for part in parts]
    return Response(200, {"items": items, "next_cursor": cursor_of(position)}, xml_root="vendor_payments")
