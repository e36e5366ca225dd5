"""GET /shoppers/{shopper_key}/tokens: a shopper's saved instruments, newest first (RG-5)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import cursor_of, position_of
from tillgate.api.http.fields import Page
from tillgate.api.http.request import Request, Response
from tillgate.api.shoppers.instrument_views import instrument_view
from tillgate.store.shared.due_index import instant
from tillgate.use_cases.shoppers.list_instruments import list_instruments


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(Page)
    before = position_of(query.cursor)
    page = list_instruments(
        request.system,
        merchant.merchant_id,
        request.path["shopper_key"],
        limit=query.limit,
        before=before.partition("#")[2] if before else None,
    )
    last = page.instruments[-1] if page.has_more else None
    position = f"{instant(last.created_at)}#{last.token}" if last else None
    items = [instrument_view(instrument) for instrument in page.instruments]
    return Response(200, {"items": items, "next_cursor": cursor_of(position)}, xml_root="tokens")
