"""GET /payouts/{payout_id}/entries: the entries of the ledger that a vendor's payout is the sum of, newest first."""

from tillgate.api import models
from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.api.pages import cursor_of, position_of
from tillgate.api.payout_views import entry_view
from tillgate.use_cases.loading_payouts import load_payout


@endpoint
def handler(request: Request) -> Response:
    merchant = request.merchant("orders:read")
    query = request.read_query(models.Page)
    payout = load_payout(request.system, request.path["payout_id"], merchant.merchant_id)
    found, position = request.system.ledger.of_payout(payout.payout_id, query.limit, position_of(query.cursor))
    items = [entry_view(entry) for entry in found]
    return Response(200, {"items": items, "next_cursor": cursor_of(position)}, xml_root="entries")
