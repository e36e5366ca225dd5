"""GET /orders/{order_key}/methods: which payment methods apply, and why another does not (IS-5)."""

from datetime import datetime

from tillgate.api.account_views import offer_view
from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.domain.commands import may_start
from tillgate.domain.errors import OperationNotAllowed
from tillgate.domain.methods import METHODS
from tillgate.domain.order import Order
from tillgate.use_cases.loading import load
from tillgate.use_cases.offer_methods import offer_methods


@endpoint
def handler(request: Request) -> Response:
    merchant = request.merchant("orders:read")
    order = load(request.system, request.path["order_key"], merchant.merchant_id)
    closed = _why_none(order, request.system.now())
    offers = {offer.method: offer for offer in offer_methods(request.system, merchant, order)}
    items = [offer_view(method, offer.connector, closed or offer.why_not) for method, offer in offers.items()]
    others = [method for method in METHODS if method not in offers]
    items += [offer_view(method, None, "this account does not offer it") for method in others]
    return Response(200, {"items": items, "next_cursor": None}, xml_root="methods")


def _why_none(order: Order, now: datetime) -> str | None:
    """Why nothing can be started at all."""
    try:
        may_start(order, now)
    except OperationNotAllowed as refusal:
        return refusal.detail
    return None
