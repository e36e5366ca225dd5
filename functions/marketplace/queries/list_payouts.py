"""GET /payouts: payouts to persons, newest first (RG-6)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import cursor_of, position_of
from tillgate.api.http.fields import Page
from tillgate.api.http.request import Request, Response
from tillgate.api.payouts.views import payout_view


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(Page)
    found, position = request.system.payouts.to_persons(merchant.merchant_id, query.limit, position_of(query.cursor))
    items = [payout_view(payout) for payout in found]
    return Response(200, {"items": items, "next_cursor": cursor_of(position)}, xml_root="payouts")
