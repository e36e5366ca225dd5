"""GET /orders/{order_key}/refunds: the refunds of an order's payments and of its vendors' (TH-8, RG-8, US-4)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import cursor_of, position_of
from tillgate.api.http.fields import Page
from tillgate.api.http.request import Request, Response
from tillgate.api.orders.refunds_view import refund_view
from tillgate.use_cases.orders.list_refunds import list_refunds
from tillgate.use_cases.shared.load_order import load


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(Page)
    order = load(request.system, request.path["order_key"], merchant.merchant_id)
    found, position = list_refunds(request.system, order, limit=query.limit, before=position_of(query.cursor))
    items = [refund_view(each.order, each.payment, each.operation, each.settled_at) for each in found]
    return Response(200, {"items": items, "next_cursor": cursor_of(position)}, xml_root="refunds")
