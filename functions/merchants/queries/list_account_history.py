"""GET /account/history: who changed what of the caller's account, newest first (RG-9)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import position_of
from tillgate.api.http.fields import Page
from tillgate.api.http.pages import page
from tillgate.api.http.request import Request, Response
from tillgate.api.merchants.history import history_view
from tillgate.domain.merchants.history import concerns_merchant
from tillgate.store.merchants.history import position_of as position_of_entry
from tillgate.use_cases.shared.paging import paged


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(Page)
    history = request.system.account_history
    found = paged(
        lambda limit, before: history.page(merchant.merchant_id, limit, before),
        position_of_entry,
        concerns_merchant,
        limit=query.limit,
        before=position_of(query.cursor),
    )
    return Response(200, page(found, history_view), xml_root="history")
