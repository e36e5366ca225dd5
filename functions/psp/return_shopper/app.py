"""GET, POST /psp/{connector}/return/{payment_id}: the shopper returns from a PSP and is redirected (CM-5, TH-2)."""

from html import escape
from typing import Any

from tillgate.api.http.endpoint import open_endpoint
from tillgate.api.http.request import Request, Response
from tillgate.connectors.v1 import Sent
from tillgate.domain.payments.payment import Redirect
from tillgate.domain.shoppers.saved_instruments import is_token
from tillgate.use_cases.psp.return_shopper import return_shopper
from tillgate.use_cases.shoppers.saved_instruments import return_from_storing
from tillgate.wiring import system

HTML = {"Content-Type": "text/html; charset=utf-8"}
SAFE = {
    "Content-Security-Policy": "default-src 'none'; form-action https:; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # the address may have what leads on to the menu
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Thank you</title>
<p>You may close this page and go back to the shop.</p></html>"""
FORM = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Your bank</title>
<form method="post" action="{url}">{fields}<p>Your bank needs one more step.</p>
<button>Continue</button></form></html>"""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """A browser comes here: whatever it is answered has the headers of a page."""
    answer = _answered(event, context)
    safe = dict(SAFE)
    if system().allows_local_urls:  # so may the PSP's further page be
        safe["Content-Security-Policy"] = safe["Content-Security-Policy"].replace("https:", "https: http:")
    return answer | {"headers": answer["headers"] | safe}


@open_endpoint
def _answered(request: Request) -> Response:
    goes = _goes(request)
    if goes is None:
        return Response(200, PAGE, HTML)
    if goes.http_method == "POST":
        return Response(200, _form(goes), HTML)
    return Response(303, None, {"Location": goes.url})


def _goes(request: Request) -> Redirect | None:
    connector, returned = request.path["connector"], request.path["payment_id"]
    back = Sent(query=request.query, headers=request.headers, body=request.content())
    if is_token(returned):  # of an instrument that is saved without a payment
        merchant_id = request.query.get("merchant_id", "")
        url = return_from_storing(request.system, connector, merchant_id, returned, back)
        return Redirect(url) if url else None
    return return_shopper(request.system, connector, returned, back)[1]


def _form(goes: Redirect) -> str:
    """For a page of the PSP that wants a POST: works without scripts."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in goes.parameters.items()
    )
    return FORM.format(url=escape(goes.url), fields=fields)
