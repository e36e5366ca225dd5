"""GET /payouts/{payout_id}: one payout, to a person or to a vendor (RG-6)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.payouts.views import payout_view
from tillgate.use_cases.payouts.load_payout import load_payout


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    payout = load_payout(request.system, request.path["payout_id"], merchant.merchant_id)
    return Response(200, payout_view(payout), xml_root="payout")
