"""GET /orders/{order_key}/refunds: the refunds of an order's payments as objects (TH-8, RG-8)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.orders.refunds_view import refunds_view
from tillgate.use_cases.shared.load_order import load


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    order = load(request.system, request.path["order_key"], merchant.merchant_id)
    items = refunds_view(order, request.system.orders.history(order.order_key))
    return Response(200, {"items": items, "next_cursor": None}, xml_root="refunds")
