"""GET /openapi.json and GET /docs: the API's documentation (GO-3). `python -m tools.docs` generates both files."""

from functools import cache
from pathlib import Path

from tillgate.api.http.endpoint import endpoint
from tillgate.api.http.request import Request, Response

FOLDER = Path(__file__).parent
PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "public, max-age=300",
}
DOCUMENT_HEADERS = {"Content-Type": "application/json", "Cache-Control": "public, max-age=300"}


@endpoint
def handler(request: Request) -> Response:
    api_url = request.system.api_url
    if request.event.get("resource") == "/docs":
        return Response(200, _read("docs.html").replace("{{api_url}}", api_url), PAGE_HEADERS)
    return Response(200, _read("openapi.json").replace('"url": "/v1"', f'"url": "{api_url}"', 1), DOCUMENT_HEADERS)


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text()
