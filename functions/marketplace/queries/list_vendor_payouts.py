"""GET /vendors/{vendor_id}/payouts: a vendor's payouts, newest first."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import cursor_of, position_of
from tillgate.api.http.fields import Page
from tillgate.api.http.request import Request, Response
from tillgate.api.payouts.views import payout_view
from tillgate.domain.shared.refusals import NotFound


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(Page)
    vendor_id = request.path["vendor_id"]
    if request.system.merchants.vendor(merchant.merchant_id, vendor_id) is None:
        raise NotFound("this vendor does not exist")
    found, position = request.system.payouts.page(
        merchant.merchant_id, vendor_id, query.limit, position_of(query.cursor)
    )
    items = [payout_view(payout) for payout in found]
    return Response(200, {"items": items, "next_cursor": cursor_of(position)}, xml_root="payouts")
