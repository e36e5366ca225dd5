"""GET, POST /psp/{connector}/return/{payment_id}: the shopper returns from a PSP and is redirected (CM-5, TH-2)."""

from tillgate.api.http.endpoint import endpoint
from tillgate.api.http.request import Request, Response
from tillgate.use_cases.psp.return_shopper import return_shopper

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Thank you</title>
<p>You may close this page and go back to the shop.</p></html>"""


@endpoint
def handler(request: Request) -> Response:
    _, url = return_shopper(request.system, request.path["connector"], request.path["payment_id"])
    if url is None:
        return Response(200, PAGE, {"Content-Type": "text/html; charset=utf-8"})
    return Response(303, None, {"Location": url})
