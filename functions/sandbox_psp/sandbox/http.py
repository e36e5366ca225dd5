"""The ASGI application, and Mangum around it for API Gateway."""

from __future__ import annotations

from mangum import Mangum
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from . import api, pages
from .calls import json_refusal
from .errors import PspError


async def _refused(request: Request, error: Exception) -> Response:
    """No such route, or not with this method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = {404: "not_found", 405: "method_not_allowed"}.get(status, "internal_error")
    return json_refusal(PspError(status, code, "There is no such call."))


application = Starlette(routes=[*api.ROUTES, *pages.ROUTES], exception_handlers={HTTPException: _refused})
application.router.redirect_slashes = False  # such a redirect would omit the stage

handler = Mangum(application, lifespan="off")
