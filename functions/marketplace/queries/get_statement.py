"""GET /vendors/{vendor_id}/statement?currency=EUR&since=...: a vendor's account as CSV, oldest first."""

from collections.abc import Callable
from datetime import date, datetime

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.marketplace.models import Statement
from tillgate.domain.ledger.statement import statement
from tillgate.domain.shared.refusals import NotFound, Refusal
from tillgate.domain.shared.time_zones import day_begins, day_ends

MOST_BYTES = 4_000_000  # Lambda can answer 6 MB


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    vendor_id = request.path["vendor_id"]
    if request.system.merchants.vendor(merchant.merchant_id, vendor_id) is None:
        raise NotFound("this vendor does not exist")
    query = request.read_query(Statement)
    entries = request.system.ledger.entries(merchant.merchant_id, vendor_id, query.currency)
    zone = merchant.time_zone
    since, until = _instant(query.since, day_begins, zone), _instant(query.until, day_ends, zone)
    text = statement(entries, query.currency, since, until, zone)
    if len(text.encode()) > MOST_BYTES:
        raise Refusal("the statement is too long for one answer; read it in parts, with since and until", "/until")
    name = f'attachment; filename="statement-{vendor_id}-{query.currency}.csv"'.replace("/", "")
    return Response(200, text, {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": name})


def _instant(given: date | None, of_day: Callable[[date, str], datetime], zone: str) -> datetime | None:
    return given if given is None or isinstance(given, datetime) else of_day(given, zone)
