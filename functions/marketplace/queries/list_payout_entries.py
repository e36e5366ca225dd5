"""GET /payouts/{payout_id}/entries: the ledger entries that a vendor's payout pays, newest first."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import cursor_of, position_of
from tillgate.api.http.fields import Page
from tillgate.api.http.request import Request, Response
from tillgate.api.payouts.views import entry_view
from tillgate.use_cases.payouts.load_payout import load_payout


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(Page)
    payout = load_payout(request.system, request.path["payout_id"], merchant.merchant_id)
    found, position = request.system.ledger.of_payout(payout.payout_id, query.limit, position_of(query.cursor))
    items = [entry_view(entry) for entry in found]
    return Response(200, {"items": items, "next_cursor": cursor_of(position)}, xml_root="entries")
