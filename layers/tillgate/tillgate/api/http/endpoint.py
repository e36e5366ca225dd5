"""What every API function shares: `@endpoint` turns a function of a `Request` into a Lambda handler.

Refusals become problem details. Any other exception becomes a 500 that reveals nothing but the request's id. Each call
logs one structured line.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tillgate.api.http import content, versions
from tillgate.api.http.problems import STATUS_BY_CODE, Problem, concurrent, overloaded
from tillgate.api.http.request import Request, Response
from tillgate.domain.shared.refusals import Refusal, TooSoon
from tillgate.runtime.telemetry import logger
from tillgate.store.shared.failures import Contended, is_throttling
from tillgate.use_cases.shared.callers import count_stranger
from tillgate.use_cases.shared.load_order import ConcurrentChange
from tillgate.wiring import system

_PART = re.compile(r"[!-\"$-~]{1,255}")  # keys and ids; `#` separates a key from what is inside the aggregate
# How each of our keys begins, and what finds it for whoever has another name instead.
_BY_REFERENCE = "an order_reference is not a key, GET /orders?order_reference= finds its order"
_KEYS = {
    "order_key": ("ord_", _BY_REFERENCE),
    "invoice_id": ("inv_", _BY_REFERENCE),
    "payment_id": ("pay_", "GET /payments lists them"),
    "dispute_id": ("pay_", "GET /disputes lists them"),
    "payout_id": ("out_", "GET /payouts lists them"),
    "shopper_key": ("shp_", "a shopper_reference is not a key, POST /shoppers answers it"),
    "split_id": ("spl_", "the answer to the split tells it"),
    "token": ("ins_", "GET /shoppers/{shopper_key}/tokens lists them"),
}


Handler = Callable[[dict[str, Any], object], dict[str, Any]]


def endpoint(function: Callable[[Request], Response]) -> Handler:
    """A Lambda handler that never raises."""

    def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
        request = Request(event, system())
        logger.clear_state()
        logger.append_keys(request_id=request.id, **_keys(event.get("pathParameters") or {}))
        response = _answer(function, request)
        logger.info("answered", extra={"route": event.get("resource"), "status": response.status})
        return _encode(request, response)

    return handler


def _answer(function: Callable[[Request], Response], request: Request) -> Response:
    try:
        request.system.called(request.event["requestContext"])
        _check_path(request.event)
        return function(request)
    except Problem as problem:
        return _refused(problem, request)
    except Refusal as refusal:
        errors = [{"pointer": refusal.pointer, "detail": refusal.detail}] if refusal.pointer else None
        status = STATUS_BY_CODE.get(refusal.code, 422)
        return _refused(Problem(status, refusal.code, refusal.detail, errors, _waits(refusal)), request)
    except (ConcurrentChange, Contended):
        return _refused(concurrent(), request)
    except Exception as error:
        if is_throttling(error):
            logger.warning("throttled", extra={"error": str(error)})
            return _refused(overloaded(), request)
        logger.exception("unexpected")
        return _refused(
            Problem(500, "internal_error", "internal error; try again, or contact your operator with the request_id"),
            request,
        )


def _waits(refusal: Refusal) -> dict[str, str]:
    return {"Retry-After": str(refusal.seconds)} if isinstance(refusal, TooSoon) else {}


def open_endpoint(function: Callable[[Request], Response]) -> Handler:
    """A Lambda handler for callers without a token, who are counted by their address."""

    def counted(request: Request) -> Response:
        count_stranger(request.system, request.event["requestContext"])
        return function(request)

    return endpoint(counted)


def _check_path(event: Mapping[str, Any]) -> None:
    """404 for what cannot be one of our keys: DynamoDB refuses keys that are too long, which would be a 500."""
    if not all(_PART.fullmatch(part) for part in (event.get("pathParameters") or {}).values()):
        raise Problem(404, "not_found", "this path does not exist")


def _refused(problem: Problem, request: Request) -> Response:
    logger.append_keys(code=problem.code)
    headers = {"Content-Type": "application/problem+json", **problem.headers}
    body = problem.body(request.id, request.system.api_url)
    by_merchant = not request.route[1].startswith(("/psp/", "/pay/"))
    if problem.status == 404 and by_merchant and (hint := _hint({**request.query, **request.path})):
        body["detail"] += f"; {hint}"
    return Response(problem.status, body, headers, xml_root="problem")


def _hint(named: Mapping[str, str]) -> str | None:
    """What to do instead, for a name that is none of our keys: we have made none without their prefixes."""
    wrong = (name for name, (prefix, _) in _KEYS.items() if not named.get(name, prefix).startswith(prefix))
    return next((f"{name} begins with {_KEYS[name][0]}: {_KEYS[name][1]}" for name in wrong), None)


def _encode(request: Request, response: Response) -> dict[str, Any]:
    headers = {
        "Cache-Control": "no-store",
        "X-Request-Id": request.id,
        "X-Content-Type-Options": "nosniff",
        "Strict-Transport-Security": "max-age=31536000",
        "Vary": "Accept",
        **versions.deprecation(*request.route),
    }
    if response.body is None:
        text = ""
    elif isinstance(response.body, str):
        text = response.body
    elif content.prefers_xml(request.headers.get("accept", "")):
        from tillgate.api.http import xml  # rarely asked for

        problem = response.headers.get("Content-Type", "").startswith("application/problem")
        text = xml.to_xml(response.xml_root, response.body)
        media = "application/problem+xml" if problem else "application/xml"
        return _tagged(
            request,
            response,
            headers | dict(response.headers) | {"Content-Type": f"{media}; charset=utf-8"},
            text,
        )
    else:
        text = content.to_json(response.body)
        headers["Content-Type"] = "application/json"
    return _tagged(request, response, headers | dict(response.headers), text)


def _tagged(request: Request, response: Response, headers: dict[str, str], text: str) -> dict[str, Any]:
    """Adds the ETag of an order; 304 if the caller has this version."""
    if response.xml_root == "order" and response.status < 300:
        tag = versions.etag(response.body["version"], text)
        headers["ETag"] = tag
        if request.event.get("httpMethod") == "GET" and versions.is_known(request.headers, tag):
            return _proxy(304, {name: value for name, value in headers.items() if name != "Content-Type"}, "")
    return _proxy(response.status, headers, text)


def _proxy(status: int, headers: Mapping[str, str], body: str) -> dict[str, Any]:
    return {"statusCode": status, "headers": dict(headers), "body": body, "isBase64Encoded": False}


def _keys(path: Mapping[str, str]) -> dict[str, str]:
    return {name: path[name] for name in ("order_key", "payment_id", "connector") if name in path}
