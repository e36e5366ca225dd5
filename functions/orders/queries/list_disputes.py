"""GET /disputes: a merchant's disputes, those opened last first (GO-6)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import position_of
from tillgate.api.http.pages import page
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.models import ListDisputes
from tillgate.api.payments.views import dispute_view
from tillgate.use_cases.payments.list_disputes import list_disputes


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(ListDisputes)
    found = list_disputes(
        request.system,
        merchant.merchant_id,
        query.status,
        limit=query.limit,
        before=position_of(query.cursor),
    )
    body = page(found, lambda each: dispute_view(each.order, each.payment, each.dispute))
    return Response(200, body, xml_root="disputes")
