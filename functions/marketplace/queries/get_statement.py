"""GET /vendors/{vendor_id}/statement?currency=EUR&since=...: a vendor's account as CSV, oldest first."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.marketplace.models import Statement
from tillgate.domain.ledger.statement import statement
from tillgate.domain.shared.refusals import NotFound


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    vendor_id = request.path["vendor_id"]
    if request.system.merchants.vendor(merchant.merchant_id, vendor_id) is None:
        raise NotFound("this vendor does not exist")
    query = request.read_query(Statement)
    entries = request.system.ledger.entries(merchant.merchant_id, vendor_id, query.currency)
    text = statement(entries, query.currency, query.since)
    name = f'attachment; filename="statement-{vendor_id}-{query.currency}.csv"'.replace("/", "")
    return Response(200, text, {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": name})
