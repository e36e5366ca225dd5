"""The ASGI application: routes, security headers, and Mangum around it for API Gateway.

No session: the order's menu key in the query is the only authority, so no other site can make a browser act with it;
requests that declare a foreign origin are refused anyway. What is too long or too much is refused unread. The one
cookie keeps the language that a shopper has chosen; who chooses none gets none.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from mangum import Mangum
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tillgate.connectors.host.card_fields import CardFields
from tillgate.domain.orders.menu_link import menu_url
from tillgate.domain.shared.links import in_ascii
from tillgate.domain.shared.locales import language_of
from tillgate.domain.shared.refusals import NotFound, TooSoon
from tillgate.runtime.telemetry import logger
from tillgate.store.shared.failures import Contended, is_throttling
from tillgate.use_cases.shared.callers import count_stranger
from tillgate.use_cases.shared.changes import ConcurrentChange, load
from tillgate.use_cases.shared.metering import TooManyCalls
from tillgate.wiring import system

from . import actions, languages, static
from .actions import Goto, Refused
from .languages import Wishes
from .sheet import Sheet
from .templates import render

MOST_BYTES = 10_000
MOST_FIELDS = 50
ORDER_KEY = re.compile(r"[!-\"$-~]{1,100}")  # `#` separates a key from what is inside the aggregate
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",  # the address has the key to the menu
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
PAGES = {"open": "menu.html", "transfer": "transfer.html", "waiting": "wait.html"}
LANGUAGE = "lang"  # of the query, and the name of the one cookie

Endpoint = Callable[[Request], Awaitable[Response]]


async def show_menu(request: Request) -> Response:
    """GET /pay/{order_key}."""
    query = request.query_params
    told = (query.get("notice"), query.get("before"), query.get("part"))
    sheet = actions.opened(system(), *_link(request), _wishes(request), *told, shows=query.get("show"))
    return _shown(request, sheet)


def _shown(request: Request, sheet: Sheet, status: int = 200) -> Response:
    if sheet.state == "waiting":
        return _go(request, Goto(menu_url(system().api_url, sheet.order, "/wait")))
    return _page(request, PAGES.get(sheet.state, "end.html"), sheet, status=status)


async def take_choice(request: Request) -> Response:
    """POST /pay/{order_key}."""
    form = await _form(request)
    try:
        goto = actions.pay(system(), *_link(request), form, _place(request))
    except TooSoon as soon:
        code = form.get("instrument[token]", "") if form.get("method") == "gift_card" else ""
        page = _again(request, Refused("pause", code), 429)
        page.headers["Retry-After"] = str(soon.seconds)
        return page
    if isinstance(goto, Refused):
        return _again(request, goto, 422)
    if goto.parameters is not None:
        sheet = actions.looked_at(system(), load(system(), _link(request)[0]), _wishes(request))
        return _page(request, "hand_over.html", sheet, goto=goto)
    return _go(request, goto)


def _again(request: Request, refused: Refused, status: int) -> Response:
    """The menu as the answer to a form, with a gift card's number where it was typed.

    A reload of it sends a form that is outdated, and does nothing.
    """
    sheet = actions.opened(system(), *_link(request), _wishes(request), refused.notice)
    return _shown(request, replace(sheet, code=refused.code[:200]), status)


async def show_wait(request: Request) -> Response:
    """GET /pay/{order_key}/wait."""
    found = actions.wait(system(), *_link(request), _wishes(request))
    return _go(request, found) if isinstance(found, Goto) else _page(request, "wait.html", found, up="../", here="wait")


async def tell_status(request: Request) -> Response:
    """GET /pay/{order_key}/status: whether there is still something to wait for. It tells nothing else (IS-17)."""
    found = actions.wait(system(), *_link(request), Wishes(""))
    return JSONResponse({"waiting": isinstance(found, Sheet)}, headers=HEADERS)


async def take_cancel(request: Request) -> Response:
    """POST /pay/{order_key}/cancel."""
    return _go(request, actions.cancel(system(), *_link(request), await _form(request)))


async def serve_file(request: Request) -> Response:
    """GET /pay/static/{file}: style sheet, script and icon, and a merchant's colour as `theme-rrggbb.css`."""
    found = static.find(str(request.path_params["file"]))
    if found is None:
        return _problem(request, 404)
    content, media_type = found
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=media_type, headers=headers)


def guarded(endpoint: Endpoint) -> Endpoint:
    """Turns every error into a page, and logs each call in one line. Form contents are never logged."""

    async def call(request: Request) -> Response:
        logger.clear_state()
        logger.append_keys(order_key=request.path_params.get("order_key"))
        try:
            context = request.scope["aws.event"]["requestContext"]
            system().called(context)
            count_stranger(system(), context)
            if request.method == "POST" and _is_foreign(request):
                response = _problem(request, 403)
            else:
                response = await endpoint(request)
        except NotFound:
            response = _problem(request, 404)
        except TooManyCalls as refusal:
            response = _problem(request, 429)
            response.headers["Retry-After"] = str(refusal.seconds)
        except (ConcurrentChange, Contended):
            response = _problem(request, 503)
        except Exception as error:
            logger.exception("unexpected")
            response = _problem(request, 503 if is_throttling(error) else 500)
        logger.info("answered", extra={"route": endpoint.__name__, "status": response.status_code})
        return response

    return call


def _link(request: Request) -> tuple[str, str]:
    """The order's key and the menu key. Raises `NotFound` for what cannot be one: DynamoDB refuses a long key."""
    order_key = str(request.path_params["order_key"])
    if not ORDER_KEY.fullmatch(order_key):
        raise NotFound("this page does not exist")
    return order_key, request.query_params.get("key", "")


def _is_foreign(request: Request) -> bool:
    """Another site's form. Browsers that do not say `Sec-Fetch-Site` say `Origin`; ours is "null", as no page of ours
    tells where it came from."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "null")
    if site is not None:
        return site == "cross-site"
    return origin not in ("null", "{0.scheme}://{0.netloc}".format(urlsplit(system().api_url)))


def _wishes(request: Request) -> Wishes:
    """A choice of now, else an earlier one."""
    chosen = request.query_params.get(LANGUAGE) or request.cookies.get(LANGUAGE)
    return Wishes(str(request.headers.get("accept-language", "")), chosen)


def _place(request: Request) -> str | None:
    """The browser's IP address, as API Gateway saw it."""
    return (request.scope["aws.event"]["requestContext"].get("identity") or {}).get("sourceIp")


async def _form(request: Request) -> dict[str, str]:
    """The fields of a posted form; none if it is too large."""
    body = await request.body()
    if len(body) > MOST_BYTES or body.count(b"&") >= MOST_FIELDS:
        return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _go(request: Request, goto: Goto) -> Response:
    """Not Starlette's redirect, which writes a merchant's or a PSP's URL anew.

    Raises `NotFound` if the link was renewed while this call ran: it must not tell the new one.
    """
    to_menu = goto.url.startswith(f"{system().api_url}/pay/")
    if to_menu and parse_qs(urlsplit(goto.url).query).get("key") != [_link(request)[1]]:
        raise NotFound("this link has ended")
    return Response(status_code=303, headers=HEADERS | {"Location": in_ascii(goto.url)})


def _page(request: Request, template: str, sheet: Sheet, *, up: str = "", status: int = 200, **more: Any) -> Response:
    values = {"here": sheet.order.order_key, "up": up} | more
    html = render(template, sheet=sheet, t=sheet.t, assets=static.VERSION, **values)
    policy = _policy(sheet.merchant.logo_url, sheet.own_fields)
    page = HTMLResponse(html, status_code=status, headers=HEADERS | policy)
    chosen = request.query_params.get(LANGUAGE)
    if chosen in languages.LANGUAGES:  # for the pages under this path, until the browser is closed
        page.set_cookie(LANGUAGE, chosen, path=None, secure=not system().allows_local_urls, httponly=True)
    return page


def _problem(request: Request, status: int) -> Response:
    language = language_of(_wishes(request).locale(None))
    up = "../" if request.url.path.rstrip("/").count("/") > 2 else ""
    html = render(
        "problem.html",
        language=language,
        direction=languages.LANGUAGES[language].direction,
        t=languages.texts(language),
        status=status,
        up=up,
        assets=static.VERSION,
    )
    return HTMLResponse(html, status_code=status, headers=HEADERS | _policy(None))


def _policy(logo_url: str | None, own: CardFields | None = None) -> dict[str, str]:
    """No inline scripts or styles, and nothing from other origins but the merchant's logo and the PSP's card fields.

    Browsers apply form-action to the redirects after a form too, and these lead through the PSP to banks that are not
    known in advance: so any https origin is allowed (and http in the local system).
    """
    parts = urlsplit(logo_url or "")
    images = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    forms = " http:" if system().allows_local_urls else ""
    scripts, frames, calls = (own.sources(each) if own else "" for each in ("script_src", "frame_src", "connect_src"))
    policy = (
        f"default-src 'none'; style-src 'self'; script-src 'self'{scripts}; connect-src 'self'{calls}; "
        f"frame-src{frames or " 'none'"}; img-src 'self'{images}; "
        f"form-action 'self' https:{forms}; base-uri 'none'; frame-ancestors 'none'"
    )
    return {"Content-Security-Policy": policy}


application = Starlette(
    routes=[
        Route("/pay/static/{file}", guarded(serve_file), methods=["GET"]),
        Route("/pay/{order_key}", guarded(show_menu), methods=["GET"]),
        Route("/pay/{order_key}", guarded(take_choice), methods=["POST"]),
        Route("/pay/{order_key}/wait", guarded(show_wait), methods=["GET"]),
        Route("/pay/{order_key}/status", guarded(tell_status), methods=["GET"]),
        Route("/pay/{order_key}/cancel", guarded(take_cancel), methods=["POST"]),
    ]
)
application.router.redirect_slashes = False  # such a redirect would omit the stage

# Everything served here is text: other content would leave API Gateway base64-encoded.
_answer = Mangum(application, lifespan="off", text_mime_types=["text/", "application/json", "image/svg+xml"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """With a custom domain, the event's path includes the base path, so routes are matched by the API's resource."""
    return _answer(event | {"path": event["resource"].format_map(event["pathParameters"] or {})}, context)
