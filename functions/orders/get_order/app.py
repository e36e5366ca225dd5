"""GET /orders/{order_key}: an order with its payments and, where it holds, `considered_safe` (CM-7, EV-2)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.endpoint import endpoint
from tillgate.api.http.request import Request, Response
from tillgate.api.orders.views import order_view
from tillgate.api.shoppers.instrument_views import with_last4
from tillgate.use_cases.marketplace.load_with_vendor_sums import load_with_vendor_sums


@endpoint
def handler(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    order = load_with_vendor_sums(request.system, request.path["order_key"], merchant.merchant_id)
    view = order_view(order, request.system.api_url)
    with_last4(request.system, order, view["payments"])
    return Response(200, view, xml_root="order")
