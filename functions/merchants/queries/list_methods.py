"""GET /account/methods: all payment methods, and whether and how the account offers them (IS-16)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.merchants.views import method_view
from tillgate.domain.payments.methods import METHODS


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read", fresh=True)
    offered = list(merchant.methods)
    in_order = offered + [method for method in METHODS if method not in offered]
    items = [method_view(merchant, method) for method in in_order]
    return Response(200, {"items": items, "next_cursor": None}, xml_root="methods")
