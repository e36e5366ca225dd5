"""GET /orders/{order_key}/payments/{payment_id} and GET /payments/{payment_id}: one payment (EV-2, RG-13)."""

from tillgate.api.http.endpoint import Request, Response, endpoint
from tillgate.api.payments.calls import place_of_payment
from tillgate.api.payments.views import payment_view
from tillgate.api.shoppers.instrument_views import with_last4
from tillgate.domain.orders.commands import find
from tillgate.use_cases.marketplace.load_with_vendor_sums import load_with_sums


@endpoint
def handler(request: Request) -> Response:
    merchant = request.merchant("orders:read")
    key, payment_id = place_of_payment(request)
    order = load_with_sums(request.system, key, merchant.merchant_id)
    view = payment_view(order, find(order, payment_id))
    with_last4(request.system, order, [view])
    return Response(200, view, xml_root="payment")
