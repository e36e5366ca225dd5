"""GET /orders/{order_key}: an order with its payments and, where it holds, `considered_safe` (CM-7, EV-2).

And one payment of it, by the order or by its id alone.
"""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.http.routes import Routes, routed
from tillgate.api.orders.views import order_view
from tillgate.api.shoppers.instrument_views import with_last4
from tillgate.runtime.aws import make_at_init
from tillgate.use_cases.marketplace.load_with_vendor_sums import load_with_vendor_sums

make_at_init("dynamodb", "secretsmanager")


def get_order(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    order = load_with_vendor_sums(request.system, request.path["order_key"], merchant.merchant_id)
    view = order_view(order, request.system.api_url)
    with_last4(request.system, order, view["payments"])
    return Response(200, view, xml_root="order")


ROUTES: Routes = {
    ("GET", "/orders/{order_key}"): get_order,
    ("GET", "/orders/{order_key}/payments/{payment_id}"): "get_payment",
    ("GET", "/payments/{payment_id}"): "get_payment",
}

handler = routed(__package__, ROUTES)
