"""What describes the API to callers (GO-3): GET /openapi.json and GET /docs, which `python -m tools.docs` generates,
and GET /.well-known/jwks.json, the public keys that verify access tokens (RFC 7517).
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from tillgate.api.http.content import to_json
from tillgate.api.http.endpoint import open_endpoint
from tillgate.api.http.request import Request, Response
from tillgate.api.http.versions import is_known
from tillgate.domain.merchants.token_keys import TokenKey

FOLDER = Path(__file__).parent
PAGE_HEADERS = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "public, max-age=300"}
# The page's scripts come from here; a component's styles are inline.
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src {reached}; img-src data:; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
SCRIPTS = {"renderer": "renderer.js", "page": "page.js"}  # RapiDoc as published (ADR 158), and ours
LOCAL_SCRIPTS = SCRIPTS | {"try": "try.js"}
SCRIPT_HEADERS = {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "public, max-age=86400"}
DOCUMENT_HEADERS = {"Content-Type": "application/json", "Cache-Control": "public, max-age=300"}
KEYS_HEADERS = {"Content-Type": "application/jwk-set+json", "Cache-Control": "public, max-age=60"}


@open_endpoint
def handler(request: Request) -> Response:
    api_url, tries = request.system.api_url, request.system.allows_local_urls
    scripts = LOCAL_SCRIPTS if tries else SCRIPTS
    if request.event.get("resource") == "/.well-known/jwks.json":
        return Response(200, _key_set(request), KEYS_HEADERS)
    if request.event.get("resource") == "/docs" and (script := scripts.get(request.query.get("asset", ""))):
        return _unless_known(request, _read(script), SCRIPT_HEADERS)
    if request.event.get("resource") == "/docs":
        return _unless_known(request, page(api_url, tries=tries), page_headers(api_url, tries=tries))
    return _unless_known(request, _document(api_url), DOCUMENT_HEADERS)


def _unless_known(request: Request, text: str, headers: Mapping[str, str]) -> Response:
    """304 if the caller has this text (RFC 9110, 13.1.2). API Gateway compresses it."""
    tag = f'"{sha256(text.encode()).hexdigest()[:16]}"'
    tagged = {**headers, "ETag": tag}
    return Response(304, None, tagged) if is_known(request.headers, tag) else Response(200, text, tagged)


@cache
def page(api_url: str, *, tries: bool) -> str:
    """The reference. A local system's has a form that gets a token, and sends calls with it (ADR 167)."""
    form = _read("try.html") if tries else ""
    return _read("docs.html").replace("{{try_out}}", form).replace("{{api_url}}", api_url)


def page_headers(api_url: str, *, tries: bool) -> dict[str, str]:
    """But in a local system, the page's scripts reach the document and nothing else."""
    reached = "'self'" if tries else f"{api_url}/openapi.json"
    return PAGE_HEADERS | {"Content-Security-Policy": POLICY.format(reached=reached)}


@cache
def _document(api_url: str) -> str:
    return (
        _read("openapi.json")
        .replace('Url": "/v1/', f'Url": "{api_url}/', 1)
        .replace('url": "/v1"', f'url": "{api_url}"', 1)
    )


def _read(name: str) -> str:
    return (FOLDER / name).read_text()


def _key_set(request: Request) -> str:
    """Every key that verifies, one that is only announced among them."""
    keys = request.system.token_keys.public()
    shown = keys.verifying(request.system.now()).values() if keys else ()
    return to_json({"keys": [_view(key) for key in shown]})


def _view(key: TokenKey) -> dict[str, Any]:
    return {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": key.kid, "x": key.x, "y": key.y}
