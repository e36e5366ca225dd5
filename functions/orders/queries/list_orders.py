"""GET /orders: a merchant's orders, newest first (EV-1)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import position_of
from tillgate.api.http.pages import page
from tillgate.api.http.request import Request, Response
from tillgate.api.orders.models import ListOrders
from tillgate.api.orders.views import order_view
from tillgate.use_cases.orders.list_orders import Filter, list_orders


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(ListOrders)
    wanted = Filter(query.order_reference, query.status, query.created_from, query.created_to)
    found = list_orders(
        request.system, merchant.merchant_id, wanted, limit=query.limit, before=position_of(query.cursor)
    )
    api_url = request.system.api_url
    return Response(200, page(found, lambda order: order_view(order, api_url)), xml_root="orders")
