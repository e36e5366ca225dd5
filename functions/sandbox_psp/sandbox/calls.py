"""What all calls have in common: the signature, the error format, and one structured log line."""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable

from aws_lambda_powertools import Logger
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from . import signing
from .clients import credentials
from .errors import PspError

Endpoint = Callable[[Request], Awaitable[Response]]
Refusal = Callable[[PspError], Response]

logger = Logger(service="sandbox_psp")


def json_refusal(error: PspError) -> Response:
    """The error in the API's format."""
    return JSONResponse({"error": {"code": error.code, "message": error.message}}, status_code=error.status)


def guarded(endpoint: Endpoint, refusal: Refusal) -> Endpoint:
    """Turns every error into a response, and logs the call in one line. Bodies are never logged."""

    @functools.wraps(endpoint)
    async def call(request: Request) -> Response:
        began = time.monotonic()
        code: str | None = None
        try:
            response = await endpoint(request)
        except PspError as error:
            code, response = error.code, refusal(error)
        except Exception:
            logger.exception("unexpected error", call=endpoint.__name__)
            code, response = "internal_error", refusal(PspError(500, "internal_error", "The sandbox failed."))
        logger.info(
            "call",
            call=endpoint.__name__,
            method=request.method,
            reference=request.path_params.get("reference") or getattr(request.state, "reference", None),
            status=response.status_code,
            code=code,
            milliseconds=round((time.monotonic() - began) * 1000),
        )
        return response

    return call


def signed(endpoint: Endpoint) -> Endpoint:
    """A call of the API: it is not processed before its signature is verified."""

    @functools.wraps(endpoint)
    async def call(request: Request) -> Response:
        body, path = await request.body(), str(request.scope["path"])
        signing.verify(credentials(), request.headers, request.method, path, body, time.time())
        return await endpoint(request)

    return guarded(call, json_refusal)
