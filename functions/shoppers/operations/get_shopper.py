"""GET /shoppers/{shopper_key}: a shopper with its addresses (CM-9)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.shoppers.views import shopper_view
from tillgate.use_cases.shoppers.shoppers import load_shopper


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    shopper = load_shopper(request.system, merchant.merchant_id, request.path["shopper_key"])
    return Response(200, shopper_view(shopper), xml_root="shopper")
