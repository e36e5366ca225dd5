"""The ASGI application: routes, security headers, and Mangum around it for API Gateway.

No cookie and no session: the order's unguessable key in the path is the only authority, so no other site can make a
browser act with it; requests that declare a cross-site origin are refused anyway.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mangum import Mangum
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tillgate.domain.shared.refusals import NotFound
from tillgate.runtime.telemetry import logger
from tillgate.store.shared.failures import Contended, is_throttling
from tillgate.use_cases.shared.changes import ConcurrentChange, load
from tillgate.wiring import system

from . import actions, languages, static
from .actions import Goto
from .sheet import Sheet
from .templates import render

MOST_BYTES = 10_000
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",  # the path is the key to the order
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
PAGES = {"open": "menu.html", "waiting": "wait.html"}

Endpoint = Callable[[Request], Awaitable[Response]]


async def show_menu(request: Request) -> Response:
    """GET /pay/{order_key}."""
    sheet = actions.opened(system(), _key(request), _wishes(request), request.query_params.get("notice"))
    if sheet.state == "waiting":
        return _go(Goto(f"{system().api_url}/pay/{sheet.order.order_key}/wait"))
    return _page(request, PAGES.get(sheet.state, "end.html"), sheet)


async def take_choice(request: Request) -> Response:
    """POST /pay/{order_key}."""
    form = dict(parse_qsl((await _body(request)).decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=50))
    goto = actions.pay(system(), _key(request), form)
    if goto.parameters is not None:
        sheet = actions.looked_at(system(), load(system(), _key(request)), _wishes(request))
        return _page(request, "hand_over.html", sheet, goto=goto)
    return _go(goto)


async def show_wait(request: Request) -> Response:
    """GET /pay/{order_key}/wait."""
    found = actions.wait(system(), _key(request), _wishes(request))
    return _go(found) if isinstance(found, Goto) else _page(request, "wait.html", found, up="../")


async def tell_status(request: Request) -> Response:
    """GET /pay/{order_key}/status: whether there is still something to wait for. It tells nothing else (IS-17)."""
    found = actions.wait(system(), _key(request), "")
    return JSONResponse({"waiting": isinstance(found, Sheet)}, headers=HEADERS)


async def take_cancel(request: Request) -> Response:
    """POST /pay/{order_key}/cancel."""
    return _go(actions.cancel(system(), _key(request)))


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
            system().called(request.scope["aws.event"]["requestContext"])
            if request.method == "POST" and request.headers.get("sec-fetch-site") == "cross-site":
                response = _problem(request, 403)
            else:
                response = await endpoint(request)
        except NotFound:
            response = _problem(request, 404)
        except (ConcurrentChange, Contended):
            response = _problem(request, 503)
        except Exception as error:
            logger.exception("unexpected")
            response = _problem(request, 503 if is_throttling(error) else 500)
        logger.info("answered", extra={"route": endpoint.__name__, "status": response.status_code})
        return response

    return call


def _key(request: Request) -> str:
    return str(request.path_params["order_key"])


def _wishes(request: Request) -> str:
    return str(request.headers.get("accept-language", ""))


async def _body(request: Request) -> bytes:
    body = await request.body()
    return body if len(body) <= MOST_BYTES else b""


def _go(goto: Goto) -> Response:
    return RedirectResponse(goto.url, status_code=303, headers=HEADERS)


def _page(request: Request, template: str, sheet: Sheet, *, up: str = "", status: int = 200, **more: Any) -> Response:
    html = render(template, sheet=sheet, t=sheet.t, up=up, assets=static.VERSION, **more)
    return HTMLResponse(html, status_code=status, headers=HEADERS | _policy(sheet.merchant.logo_url))


def _problem(request: Request, status: int) -> Response:
    language = languages.choose(None, _wishes(request))
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


def _policy(logo_url: str | None) -> dict[str, str]:
    """No inline scripts or styles, and nothing from other origins except the merchant's logo.

    Browsers apply form-action to the redirects after a form too, and these lead through the PSP to banks that are not
    known in advance: so any https origin is allowed (and http in the local system).
    """
    parts = urlsplit(logo_url or "")
    images = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    forms = " http:" if system().allows_local_urls else ""
    policy = (
        f"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'{images}; "
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
