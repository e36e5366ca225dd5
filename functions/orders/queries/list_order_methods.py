"""GET /orders/{order_key}/methods: which payment methods apply, and why the others do not (IS-5)."""

from datetime import datetime

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.method_views import offer_view
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.starting import may_start
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.shared.refusals import OperationNotAllowed
from tillgate.use_cases.payments.offer_methods import offer_methods
from tillgate.use_cases.shared.load_order import load


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    order = load(request.system, request.path["order_key"], merchant.merchant_id)
    closed = _why_none(order, request.system.now())
    offers = {offer.method: offer for offer in offer_methods(request.system, merchant, order)}
    items = [
        offer_view(method, each.connector, closed or each.why_not, each.abilities) for method, each in offers.items()
    ]
    others = [method for method in METHODS if method not in offers]
    items += [offer_view(method, None, "this account does not offer it") for method in others]
    return Response(200, {"items": items, "next_cursor": None}, xml_root="methods")


def _why_none(order: Order, now: datetime) -> str | None:
    """Why no payment can be started at all."""
    try:
        may_start(order, now)
    except OperationNotAllowed as refusal:
        return refusal.detail
    return None
