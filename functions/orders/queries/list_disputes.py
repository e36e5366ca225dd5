"""GET /disputes: a merchant's disputes, those opened last first (GO-6)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import cursor_of, position_of
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.models import ListDisputes
from tillgate.api.payments.views import dispute_view
from tillgate.use_cases.payments.list_disputes import list_disputes


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(ListDisputes)
    found, position = list_disputes(
        request.system,
        merchant.merchant_id,
        query.status,
        limit=query.limit,
        before=position_of(query.cursor),
    )
    items = [dispute_view(each.order, each.payment, each.dispute) for each in found]
    return Response(200, {"items": items, "next_cursor": cursor_of(position)}, xml_root="disputes")
