"""GET /payments: a merchant's payments, newest first (EV-1)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import position_of
from tillgate.api.http.pages import page
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.models import ListPayments
from tillgate.api.payments.views import payment_view
from tillgate.use_cases.payments.list_payments import Filter, list_payments


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(ListPayments)
    found = list_payments(
        request.system,
        merchant.merchant_id,
        Filter(query.status, query.method),
        limit=query.limit,
        before=position_of(query.cursor),
    )
    return Response(200, page(found, lambda each: payment_view(each.order, each.payment)), xml_root="payments")
