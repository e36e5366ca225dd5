"""GET /disputes/{dispute_id} (GO-6)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.views import dispute_view
from tillgate.use_cases.payments.list_disputes import find_dispute


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    found = find_dispute(request.system, merchant.merchant_id, request.path["dispute_id"])
    return Response(200, dispute_view(found.order, found.payment, found.dispute), xml_root="dispute")
