"""GET /orders/{order_key}/payments/{payment_id} and GET /payments/{payment_id}: one payment (EV-2, RG-13)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.place import place_of_payment
from tillgate.api.payments.views import payment_view
from tillgate.api.shoppers.instrument_views import with_last4
from tillgate.domain.orders.lookup import find_payment
from tillgate.use_cases.marketplace.load_with_vendor_sums import load_with_vendor_sums


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    key, payment_id = place_of_payment(request)
    order = load_with_vendor_sums(request.system, key, merchant.merchant_id)
    view = payment_view(order, find_payment(order, payment_id))
    with_last4(request.system, order, [view])
    return Response(200, view, xml_root="payment")
