"""The route of a merchant's bookkeeping."""

from tillgate.api.merchants.exports import GetExport

from .route import Route, read

ROUTES: tuple[Route, ...] = (
    read(
        "get_export",
        "/exports/{day}",
        "Bookkeeping",
        "Read a day's bookkeeping",
        "Every movement of money of a day of your time zone, oldest first: payments, captures, refunds, disputes, "
        "settlements with fees, payouts. CSV with a header line, or JSON lines if you ask for `format=jsonl` or prefer "
        "them in `Accept`. `Link` leads to the next page, if there is one. `Export-Status: closed`: the day is over "
        "and will never change; `open`: this is what is known so far.",
        "text/csv, application/jsonl",
        query=GetExport,
    ),
)
