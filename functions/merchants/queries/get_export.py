"""GET /exports/{day}: a day's bookkeeping as CSV or JSON lines, oldest first (US-7)."""

from urllib.parse import urlencode

from tillgate.api.http.authentication import caller
from tillgate.api.http.content import prefers_json
from tillgate.api.http.cursors import cursor_of, position_of
from tillgate.api.http.request import Request, Response
from tillgate.api.merchants.exports import GetExport, lines_of
from tillgate.domain.ledger.export import asked_day, csv_header, csv_line, json_line

CSV, JSON_LINES = "text/csv; charset=utf-8; header=present", "application/jsonl; charset=utf-8"


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(GetExport)
    now = request.system.now()
    day = asked_day(request.path["day"], merchant.time_zone, now)
    kind = query.format or ("jsonl" if prefers_json(request.headers.get("accept", "")) else "csv")
    write = json_line if kind == "jsonl" else csv_line
    found = request.system.books.movements(
        merchant.merchant_id,
        day.since,
        day.until,
        after=position_of(query.cursor),
        at_once=query.limit + 1,
        test=query.mode == "test",
    )
    lines, last = lines_of(found, lambda movement: write(movement, day.zone), query.limit)
    text = "".join(lines if kind == "jsonl" else [csv_header(), *lines])
    headers = {
        "Content-Type": JSON_LINES if kind == "jsonl" else CSV,
        "Content-Disposition": f'attachment; filename="{day.day}.{kind}"',
        "Export-Status": "closed" if day.is_over(now) else "open",
    }
    if cursor := cursor_of(last):
        asked = {"format": kind, "mode": query.mode, "limit": str(query.limit), "cursor": cursor}
        url = f"{request.system.api_url}/exports/{day.day}?{urlencode(asked)}"
        headers |= {"Next-Cursor": cursor, "Link": f'<{url}>; rel="next"'}
    return Response(200, text, headers)
