"""GET /orders/{order_key}: an order with its payments and, where it holds, `considered_safe` (CM-7, EV-2)."""

from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.api.instrument_views import with_last4
from tillgate.api.views import order_view
from tillgate.use_cases.loading_sums import load_with_sums


@endpoint
def handler(request: Request) -> Response:
    merchant = request.merchant("orders:read")
    order = load_with_sums(request.system, request.path["order_key"], merchant.merchant_id)
    view = order_view(order, request.system.links["api_url"])
    with_last4(request.system, order, view["payments"])
    return Response(200, view, xml_root="order")
