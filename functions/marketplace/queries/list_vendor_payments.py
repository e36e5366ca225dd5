"""GET /orders/{order_key}/vendor-payments: an order's vendor payments, newest first (TH-4)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import position_of
from tillgate.api.http.fields import Page
from tillgate.api.http.pages import page
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.views import payment_view
from tillgate.domain.orders.order import Order
from tillgate.use_cases.shared.changes import load
from tillgate.use_cases.shared.paging import paged


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(Page)
    order = load(request.system, request.path["order_key"], merchant.merchant_id)
    parts = request.system.vendor_payments

    def read(limit: int, before: str | None) -> tuple[list[Order], str | None]:
        return parts.page(order.order_key, limit, before)

    found = paged(read, parts.position, lambda _: True, limit=query.limit, before=position_of(query.cursor))
    body = page(found, lambda part: payment_view(part, part.payments[0]))
    return Response(200, body, xml_root="vendor_payments")
